import { Button, SegmentedControl, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useRef } from 'react'
import { type Issue, issueAt } from '../form/issues.ts'
import type { CallScopeDraft, ChosenProvider } from './call-scope-draft.ts'
import { ProviderChooser } from './provider-chooser.tsx'

export interface CallScopeFieldsProps {
  readonly draft: CallScopeDraft
  /** Whether the token can do nothing else than make calls. */
  readonly isCaller: boolean
  readonly issues: readonly Issue[]
  readonly onChange: (draft: CallScopeDraft) => void
}

/** The paths of issues that these fields show. */
export const SCOPE_PATHS = ['calls', 'calls.providers', 'calls.models', 'calls.requestsPerMinute', 'calls.tokensPerDay'] as const

/** Which model calls a token may make. */
export function CallScopeFields({ draft, isCaller, issues, onChange }: CallScopeFieldsProps) {
  const mayCall = isCaller || draft.mayCall
  return (
    <Stack gap="md">
      <Switch
        label="Model calls"
        description={isCaller ? 'All that a caller can do.' : 'Allows model calls, which use the stored keys.'}
        checked={mayCall}
        disabled={isCaller}
        onChange={(event) => onChange({ ...draft, mayCall: event.currentTarget.checked })}
        error={issueAt(issues, 'calls')}
      />
      {mayCall && <Limits draft={draft} issues={issues} onChange={onChange} />}
    </Stack>
  )
}

function Limits({ draft, issues, onChange }: Omit<CallScopeFieldsProps, 'isCaller'>) {
  return (
    <>
      <ChosenProviders
        providers={draft.providers}
        error={issueAt(issues, 'calls', 'providers')}
        onChange={(providers) => onChange({ ...draft, providers })}
      />
      <Textarea
        label="Models"
        description="One per line; * matches any characters, e.g. gpt-*. Empty for all models."
        autosize
        minRows={1}
        value={draft.models}
        onChange={(event) => onChange({ ...draft, models: event.currentTarget.value })}
        error={modelIssues(issues)}
      />
      <TextInput
        label="Requests per minute"
        description="Per replica. Empty for no limit."
        inputMode="numeric"
        value={draft.requestsPerMinute}
        onChange={(event) => onChange({ ...draft, requestsPerMinute: event.currentTarget.value })}
        error={issueAt(issues, 'calls', 'requestsPerMinute')}
      />
      <TextInput
        label="Tokens per day"
        description="Input and output, in days of UTC, over all replicas. Empty for no limit."
        inputMode="numeric"
        value={draft.tokensPerDay}
        onChange={(event) => onChange({ ...draft, tokensPerDay: event.currentTarget.value })}
        error={issueAt(issues, 'calls', 'tokensPerDay')}
      />
    </>
  )
}

interface ChosenProvidersProps {
  readonly providers: readonly ChosenProvider[] | null
  readonly error: string | undefined
  readonly onChange: (providers: readonly ChosenProvider[] | null) => void
}

function ChosenProviders({ providers, error, onChange }: ChosenProvidersProps) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <Stack gap="xs" role="group" aria-label="Providers">
      <Text fz="sm" fw={600} component="span">
        Providers
      </Text>
      <SegmentedControl
        aria-label="Which providers"
        data={[
          { value: 'every', label: 'Every provider' },
          { value: 'some', label: 'Only these' },
        ]}
        value={providers === null ? 'every' : 'some'}
        onChange={(value) => onChange(value === 'every' ? null : (providers ?? []))}
      />
      {providers !== null && (
        <>
          <ul className="chosen-list">
            {providers.map((provider) => (
              <li key={provider.id}>
                {provider.displayName}
                <Button
                  size="compact-xs"
                  variant="subtle"
                  className="touch-target"
                  aria-label={`Remove ${provider.displayName}`}
                  onClick={() => {
                    onChange(providers.filter(({ id }) => id !== provider.id))
                    field.current?.focus()
                  }}
                >
                  Remove
                </Button>
              </li>
            ))}
          </ul>
          <ProviderChooser chosen={providers} field={field} onChoose={(provider) => onChange([...providers, provider])} />
        </>
      )}
      {error !== undefined && (
        <Text fz="sm" c="red" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  )
}

/** What is wrong with the list, or with any of its lines. */
function modelIssues(issues: readonly Issue[]): string | undefined {
  const found = issues.filter(({ path: [first, second] }) => first === 'calls' && second === 'models')
  return found.length === 0 ? undefined : [...new Set(found.map(({ message }) => message))].join(' ')
}
