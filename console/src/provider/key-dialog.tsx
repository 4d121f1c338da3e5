import { Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { DialogButtons, DialogIssues } from '../form/dialog-end.tsx'
import type { Issue } from '../form/issues.ts'
import { Dialog } from '../parts/dialog.tsx'

export interface KeyDialogProps {
  readonly title: string
  readonly action: string
  readonly isBusy: boolean
  /** A test has shown that what would be stored does not work. */
  readonly isAgainstTest?: boolean
  /** What is wrong that no field of the dialog shows. */
  readonly issues: readonly Issue[]
  readonly onSubmit: () => void
  /** Called whenever something is typed: what was wrong may be right by now. */
  readonly onType: () => void
  readonly onClose: () => void
  /** Stands above the buttons. */
  readonly extra?: ReactNode
  readonly children: ReactNode
}

/** The frame of the small forms about one key. */
export function KeyDialog({
  title,
  action,
  isBusy,
  isAgainstTest = false,
  issues,
  onSubmit,
  onType,
  onClose,
  extra,
  children,
}: KeyDialogProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Dialog onClose={onClose} title={title} closeOnClickOutside={false}>
      <form onSubmit={submit} onChange={onType} method="post" noValidate>
        <Stack gap="md">
          {children}
          <DialogIssues issues={issues} />
          {extra}
          <DialogButtons action={action} isBusy={isBusy} isAgainstTest={isAgainstTest} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}
