import { Modal, type ModalProps } from '@mantine/core'
import { createContext, useCallback, useContext, useLayoutEffect, useRef } from 'react'
import { rememberFocus, useReturnFocus } from './return-focus.ts'

export type DialogProps = Omit<ModalProps, 'opened' | 'returnFocus'>

const BusyContext = createContext<(isBusy: boolean) => void>(() => {})

/**
 * A dialog that is there for as long as it is open, so that nothing of what was typed into it outlives it. The library gives the
 * focus back only from dialogs that stay; this one does so when it goes. While it is busy it stays open.
 */
export function Dialog({ onClose, ...props }: DialogProps) {
  const isBusy = useRef(false)
  useReturnFocus()
  const setBusy = useCallback((busy: boolean) => {
    isBusy.current = busy
  }, [])
  return (
    <BusyContext value={setBusy}>
      <Modal {...props} opened returnFocus={false} onClose={() => isBusy.current || onClose()} />
    </BusyContext>
  )
}

/** For what is in a dialog: it shows what comes of its work, a new token or a refusal, so it is not closed before; and it keeps the focus. */
export function useBusyDialog(isBusy: boolean): void {
  const setBusy = useContext(BusyContext)
  useLayoutEffect(() => {
    setBusy(isBusy)
    return isBusy ? rememberFocus() : undefined
  }, [isBusy, setBusy])
}
