import { Button } from '@mantine/core'

export interface SubmitButtonProps {
  /** A verb. */
  readonly action: string
  readonly isBusy: boolean
  /** A test has shown that what would be stored does not work. */
  readonly isAgainstTest: boolean
}

/** Stores what a form holds. After a test that failed it no longer is what a person is led to. */
export function SubmitButton({ action, isBusy, isAgainstTest }: SubmitButtonProps) {
  return (
    <Button type="submit" loading={isBusy} {...(isAgainstTest ? { variant: 'default', className: 'against-test' } : {})}>
      {isAgainstTest ? `${action} anyway` : action}
    </Button>
  )
}
