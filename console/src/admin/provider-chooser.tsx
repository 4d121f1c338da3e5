import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type RefObject, useState } from 'react'
import { useQuery } from 'urql'
import { ProvidersToChooseDocument } from '../generated/documents.ts'
import type { ChosenProvider } from './call-scope-draft.ts'

const TYPING_PAUSE_MS = 300

export interface ProviderChooserProps {
  readonly chosen: readonly ChosenProvider[]
  /** The field to search in: it takes the focus from a button that goes with its line. */
  readonly field: RefObject<HTMLInputElement | null>
  readonly onChoose: (provider: ChosenProvider) => void
}

/** Finds providers by a part of their names, and adds them one by one. */
export function ProviderChooser({ chosen, field, onChoose }: ProviderChooserProps) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MS)
  const [{ data }] = useQuery({ query: ProvidersToChooseDocument, variables: { search } })
  const found = (data?.providers.nodes ?? []).filter((provider) => !chosen.some(({ id }) => id === provider.id))
  return (
    <>
      <TextInput
        ref={field}
        aria-label="Find a provider"
        placeholder="Find a provider"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ul className="chosen-list chosen-list-found" aria-label="Providers to add">
        {found.map((provider) => (
          <li key={provider.id}>
            {provider.displayName}
            <Button
              size="compact-xs"
              variant="subtle"
              className="touch-target"
              aria-label={`Add ${provider.displayName}`}
              onClick={() => {
                onChoose({ id: provider.id, name: provider.name, displayName: provider.displayName })
                field.current?.focus()
              }}
            >
              Add
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}
