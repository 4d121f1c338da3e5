import { PasswordInput, SegmentedControl, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Issue, issueAt, issuesElsewhere } from '../form/issues.ts'
import { hasFailed, isGood, useDraftTest } from '../form/use-draft-test.ts'
import type { NewApiKeyInput, ProviderDetailsFragment } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { usePermissions } from '../session/session.ts'
import { DraftTest } from './draft-test.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { useChangeProvider } from './use-change-provider.ts'
import { isWeight, WEIGHT_ISSUE, WeightField } from './weight-field.tsx'

export interface AddKeyDialogProps {
  readonly provider: ProviderDetailsFragment
  readonly onClose: () => void
}

const PATH = ['apiKeys', '0', 'add']
const SHOWN = ['credential.value', 'credential.environmentVariable', 'name', 'weight'].map((field) => [...PATH, field].join('.'))

/** Stores another key, or names the environment variable that holds it. */
export function AddKeyDialog({ provider, onClose }: AddKeyDialogProps) {
  const { isBusy, change } = useChangeProvider(provider)
  const [isVariable, setVariable] = useState(false)
  const [secret, setSecretText] = useState('')
  const testing = useDraftTest()
  const [name, setName] = useState('')
  const [weight, setWeight] = useState('1')
  const [enabled, setEnabled] = useState(true)
  const [issues, setIssues] = useState<readonly Issue[]>([])

  const setSecret = (text: string) => {
    setSecretText(text)
    testing.forget()
  }
  const submit = async () => {
    if (!isWeight(weight)) return setIssues([{ path: [...PATH, 'weight'], message: WEIGHT_ISSUE }])
    const add: NewApiKeyInput = {
      credential: isVariable ? { environmentVariable: secret } : { value: secret },
      ...(name === '' ? {} : { name }),
      weight: Number(weight),
      enabled,
    }
    const outcome = await change(
      { keepOtherApiKeys: true, apiKeys: [{ add }], testAfterwards: isGood(testing.outcome) },
      'The key was added',
    )
    if (outcome === 'done') return onClose()
    setIssues(outcome?.__typename === 'ValidationError' ? outcome.issues : [])
  }
  const errorAt = (...field: readonly string[]) => issueAt(issues, ...PATH, ...field)

  return (
    <KeyDialog
      title={`Add a key to ${isolated(provider.displayName)}`}
      action="Add key"
      isAgainstTest={hasFailed(testing.outcome)}
      isBusy={isBusy}
      issues={issuesElsewhere(issues, SHOWN)}
      onSubmit={() => void submit()}
      onType={() => setIssues([])}
      onClose={onClose}
      extra={isVariable ? null : <DraftTest provider={provider} baseUrl={provider.baseUrl} apiKey={secret} testing={testing} />}
    >
      <KeyPlace {...{ isVariable, secret, errorAt }} onSecret={setSecret} onVariable={setVariable} />
      <TextInput
        label="Name"
        description="Optional, for people."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={errorAt('name')}
      />
      <WeightField value={weight} onChange={setWeight} error={errorAt('weight')} />
      <Switch label="Tools should use this key" checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
    </KeyDialog>
  )
}

interface KeyPlaceProps {
  readonly isVariable: boolean
  /** The key, or the name of the variable that holds it. */
  readonly secret: string
  readonly errorAt: (...field: readonly string[]) => string | undefined
  readonly onVariable: (isVariable: boolean) => void
  readonly onSecret: (secret: string) => void
}

/** The key itself; an admin may name a variable that holds it instead. */
function KeyPlace({ isVariable, secret, errorAt, onVariable, onSecret }: KeyPlaceProps) {
  const { mayAdminister } = usePermissions()
  return (
    <>
      {mayAdminister && (
        <SegmentedControl
          aria-label="Where the key is"
          data={[
            { value: 'stored', label: 'Stored here' },
            { value: 'variable', label: 'From a variable' },
          ]}
          value={isVariable ? 'variable' : 'stored'}
          onChange={(chosen) => {
            onVariable(chosen === 'variable')
            onSecret('')
          }}
        />
      )}
      {isVariable ? (
        <TextInput
          label="Environment variable"
          description="A variable of the gateway that the operator lists in SECRET_ENV_ALLOW."
          value={secret}
          onChange={(event) => onSecret(event.currentTarget.value)}
          error={errorAt('credential', 'environmentVariable')}
        />
      ) : (
        <PasswordInput
          label="API key"
          description="Encrypted when saved, and never shown again."
          value={secret}
          onChange={(event) => onSecret(event.currentTarget.value)}
          error={errorAt('credential', 'value')}
          data-autofocus
        />
      )}
    </>
  )
}
