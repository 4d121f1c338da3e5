import { PasswordInput, Stack, Text } from '@mantine/core'
import type { KeyFieldsFragment } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { Section } from '../parts/section.tsx'
import type { GivenKeys } from './provider-draft.ts'

export interface GivenKeysFieldsProps {
  readonly apiKeys: readonly KeyFieldsFragment[]
  readonly given: GivenKeys
  readonly onChange: (given: GivenKeys) => void
}

/** For a change that would send stored keys somewhere else: an editor proves to have them by giving them again. */
export function GivenKeysFields({ apiKeys, given, onChange }: GivenKeysFieldsProps) {
  return (
    <Section title="Enter the keys again">
      <Stack gap="md">
        <Text fz="sm" c="dimmed">
          This change would send the stored keys to another place. Enter each key again, or ask an admin to make the change.
        </Text>
        {apiKeys.map(({ id, masked, name }, index) => (
          <PasswordInput
            key={id}
            autoFocus={index === 0}
            label={name === null ? masked : `${isolated(name)} (${masked})`}
            value={given[id] ?? ''}
            onChange={(event) => onChange({ ...given, [id]: event.currentTarget.value })}
          />
        ))}
      </Stack>
    </Section>
  )
}
