import { Autocomplete, Button, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type MouseEvent, useState } from 'react'
import { useQuery } from 'urql'
import { type Issue, issueAt } from '../form/issues.ts'
import { ModelsToChooseDocument, ProvidersToChooseDocument } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import type { TargetDraft, TargetProvider } from './route-draft.ts'

const TYPING_PAUSE_MS = 300
const SUGGESTIONS = 50

export interface TargetFieldsProps {
  readonly target: TargetDraft
  readonly index: number
  readonly count: number
  readonly issues: readonly Issue[]
  readonly onChange: (target: TargetDraft) => void
  /** Moves it by so many places. */
  readonly onMove: (by: 1 | -1) => void
  readonly onRemove: () => void
}

/** One target: which model of which provider, and when it is chosen. */
export function TargetFields({ target, index, count, issues, onChange, onMove, onRemove }: TargetFieldsProps) {
  const at = (field: string) => issueAt(issues, 'targets', String(index), field)
  return (
    <fieldset className="plain-fieldset target-fields">
      <legend>Target {index + 1}</legend>
      <div className="target-grid">
        <ProviderField
          provider={target.provider}
          error={at('provider')}
          onChange={(provider) => onChange({ ...target, provider, deletedProvider: null })}
        />
        <ModelField
          providerId={target.provider?.id ?? null}
          value={target.model}
          error={at('model') ?? issueAt(issues, 'targets', String(index))}
          onChange={(model) => onChange({ ...target, model })}
        />
        <TextInput
          label="Priority"
          description="The lowest is used first."
          inputMode="numeric"
          value={target.priority}
          onChange={(event) => onChange({ ...target, priority: event.currentTarget.value })}
          error={at('priority')}
        />
        <TextInput
          label="Weight"
          description="Share of calls among targets of equal priority."
          inputMode="decimal"
          value={target.weight}
          onChange={(event) => onChange({ ...target, weight: event.currentTarget.value })}
          error={at('weight')}
        />
      </div>
      {count > 1 && <TargetButtons {...{ index, count, onMove, onRemove }} />}
    </fieldset>
  )
}

function TargetButtons({ index, count, onMove, onRemove }: Pick<TargetFieldsProps, 'index' | 'count' | 'onMove' | 'onRemove'>) {
  const number = index + 1
  const move = (by: 1 | -1) => (event: MouseEvent<HTMLButtonElement>) => {
    onMove(by)
    keepFocus(event.currentTarget)
  }
  return (
    <Group gap="xs" mt="xs">
      <TargetButton label={`Move target ${number} up`} isOff={index === 0} onClick={move(-1)}>
        Move up
      </TargetButton>
      <TargetButton label={`Move target ${number} down`} isOff={number === count} onClick={move(1)}>
        Move down
      </TargetButton>
      <TargetButton label={`Remove target ${number}`} isOff={false} onClick={onRemove}>
        Remove
      </TargetButton>
    </Group>
  )
}

interface TargetButtonProps {
  readonly label: string
  readonly isOff: boolean
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void
  readonly children: string
}

function TargetButton({ label, isOff, onClick, children }: TargetButtonProps) {
  return (
    <Button size="compact-xs" variant="subtle" className="touch-target" disabled={isOff} aria-label={label} onClick={onClick}>
      {children}
    </Button>
  )
}

/** A target that is moved loses the focus, and at either end its button is off. */
function keepFocus(button: HTMLButtonElement): void {
  setTimeout(() => {
    const other = button.parentElement?.querySelector<HTMLButtonElement>('button:not(:disabled)')
    const next = button.disabled ? other : button
    next?.focus()
  })
}

interface ProviderFieldProps {
  readonly provider: TargetProvider | null
  readonly error: string | undefined
  readonly onChange: (provider: TargetProvider | null) => void
}

/** Finds a provider by a part of its name. The gateway searches: there may be a thousand of them. */
function ProviderField({ provider, error, onChange }: ProviderFieldProps) {
  const [typed, setTyped] = useState('')
  const wanted = provider !== null && typed === labelOf(provider) ? '' : typed.trim()
  const [search] = useDebouncedValue(wanted, TYPING_PAUSE_MS)
  const [{ data, fetching }] = useQuery({ query: ProvidersToChooseDocument, variables: { search } })
  const found = data?.providers.nodes ?? []
  const all = provider === null || found.some(({ id }) => id === provider.id) ? found : [provider, ...found]
  return (
    <Select
      label="Provider"
      placeholder="Find a provider"
      searchable
      openOnFocus={false}
      data={all.map((one) => ({ value: one.id, label: labelOf(one) }))}
      nothingFoundMessage={fetching || search !== wanted ? 'Searching' : 'No provider matches'}
      value={provider?.id ?? null}
      onChange={(chosen) => onChange(all.find(({ id }) => id === chosen) ?? null)}
      searchValue={typed}
      onSearchChange={setTyped}
      allowDeselect={false}
      error={error}
    />
  )
}

function labelOf({ name, displayName }: TargetProvider): string {
  return displayName === name ? name : `${isolated(displayName)} (${name})`
}

interface ModelFieldProps {
  readonly providerId: string | null
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (model: string) => void
}

/** Suggests what the latest good test of the provider has listed; any other name may be typed. */
function ModelField({ providerId, value, error, onChange }: ModelFieldProps) {
  const [{ data }] = useQuery({ query: ModelsToChooseDocument, variables: { id: providerId ?? '' }, pause: providerId === null })
  const models = providerId === null ? [] : (data?.provider?.models.nodes ?? [])
  return (
    <Autocomplete
      label="Model"
      placeholder="gpt-5"
      openOnFocus={false}
      data={[...new Set(models.map(({ name }) => name))]}
      limit={SUGGESTIONS}
      value={value}
      onChange={onChange}
      error={error}
    />
  )
}
