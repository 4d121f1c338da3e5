import { Button, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Dialog, useBusyDialog } from './dialog.tsx'

export interface ConfirmDialogProps {
  readonly title: string
  readonly children: ReactNode
  /** What the button says: the deed itself, not "OK". */
  readonly action: string
  readonly isBusy: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before something is done that cannot be undone. */
export function ConfirmDialog({ title, children, ...buttons }: ConfirmDialogProps) {
  return (
    <Dialog onClose={buttons.onClose} title={title}>
      <Text fz="sm" component="div">
        {children}
      </Text>
      <Buttons {...buttons} />
    </Dialog>
  )
}

function Buttons({ action, isBusy, onConfirm, onClose }: Omit<ConfirmDialogProps, 'title' | 'children'>) {
  useBusyDialog(isBusy)
  return (
    <Group mt="lg" justify="flex-end">
      <Button variant="default" disabled={isBusy} onClick={onClose} data-autofocus>
        Cancel
      </Button>
      <Button color="red.9" loading={isBusy} onClick={onConfirm}>
        {action}
      </Button>
    </Group>
  )
}
