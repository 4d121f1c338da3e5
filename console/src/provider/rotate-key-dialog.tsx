import { PasswordInput, Text } from '@mantine/core'
import { useState } from 'react'
import { type Issue, issueAt, issuesElsewhere } from '../form/issues.ts'
import { hasFailed, isGood, useDraftTest } from '../form/use-draft-test.ts'
import { DraftTest } from './draft-test.tsx'
import type { EditKeyDialogProps } from './edit-key-dialog.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { useChangeProvider } from './use-change-provider.ts'

const PATH = ['apiKeys', '0', 'keep', 'credential', 'value']

/** Puts a new value in the place of a stored one: the key keeps its name, its weight and its history. */
export function RotateKeyDialog({ provider, apiKey, onClose }: EditKeyDialogProps) {
  const { isBusy, change } = useChangeProvider(provider)
  const [value, setValue] = useState('')
  const testing = useDraftTest()
  const [issues, setIssues] = useState<readonly Issue[]>([])

  const submit = async () => {
    const outcome = await change(
      {
        keepOtherApiKeys: true,
        apiKeys: [{ keep: { id: apiKey.id, credential: { value } } }],
        testAfterwards: isGood(testing.outcome),
      },
      'The key was rotated',
    )
    if (outcome === 'done') return onClose()
    setIssues(outcome?.__typename === 'ValidationError' ? outcome.issues : [])
  }

  return (
    <KeyDialog
      title={`Rotate ${apiKey.masked}`}
      action="Rotate"
      isAgainstTest={hasFailed(testing.outcome)}
      isBusy={isBusy}
      issues={issuesElsewhere(issues, [PATH.join('.')])}
      onSubmit={() => void submit()}
      onType={() => setIssues([])}
      onClose={onClose}
      // An endpoint in a variable is known to the gateway alone, and no other place is to be sent the key.
      extra={
        apiKey.endpointVariable === null && (
          <DraftTest provider={provider} baseUrl={apiKey.endpoint ?? provider.baseUrl} apiKey={value} testing={testing} />
        )
      }
    >
      <Text fz="sm">Create a new key at the vendor, test it here, and replace the stored one. Then revoke the old key at the vendor.</Text>
      <PasswordInput
        label="New API key"
        value={value}
        onChange={(event) => {
          setValue(event.currentTarget.value)
          testing.forget()
        }}
        error={issueAt(issues, ...PATH)}
        data-autofocus
      />
    </KeyDialog>
  )
}
