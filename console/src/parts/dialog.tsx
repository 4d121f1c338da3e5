import { Modal, type ModalProps } from '@mantine/core'
import { useReturnFocus } from './return-focus.ts'

export type DialogProps = Omit<ModalProps, 'opened' | 'returnFocus'>

/**
 * A dialog that is there for as long as it is open, so that nothing of what was typed into it outlives it. The library gives the
 * focus back only from dialogs that stay; this one does so when it goes.
 */
export function Dialog(props: DialogProps) {
  useReturnFocus()
  return <Modal {...props} opened returnFocus={false} />
}
