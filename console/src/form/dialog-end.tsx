import { Alert, Button, Group } from '@mantine/core'
import { useBusyDialog } from '../parts/dialog.tsx'
import { SubmitButton } from '../parts/submit-button.tsx'
import type { Issue } from './issues.ts'

export interface DialogIssuesProps {
  /** What is wrong that no field of the dialog shows. */
  readonly issues: readonly Issue[]
  readonly title?: string
}

/** Says what is wrong with a form in a dialog; nothing when nothing is. */
export function DialogIssues({ issues, title }: DialogIssuesProps) {
  if (issues.length === 0) return null
  return (
    <Alert color="red" role="alert" title={title}>
      {issues.map(({ message }) => message).join(' ')}
    </Alert>
  )
}

export interface DialogButtonsProps {
  /** What the button says that sends the form. */
  readonly action: string
  readonly isBusy: boolean
  /** Whether it is sent although a test of it failed. */
  readonly isAgainstTest?: boolean
  readonly onClose: () => void
}

/** The buttons at the end of a form in a dialog. */
export function DialogButtons({ action, isBusy, isAgainstTest = false, onClose }: DialogButtonsProps) {
  useBusyDialog(isBusy)
  return (
    <Group gap="sm" justify="flex-end">
      <Button variant="default" disabled={isBusy} onClick={onClose}>
        Cancel
      </Button>
      <SubmitButton action={action} isBusy={isBusy} isAgainstTest={isAgainstTest} />
    </Group>
  )
}
