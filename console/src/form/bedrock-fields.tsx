import { PasswordInput, SimpleGrid, TextInput } from '@mantine/core'
import { issueAt } from './issues.ts'
import type { BedrockDraft } from './provider-draft.ts'
import type { ProviderFieldsProps } from './provider-fields.tsx'

const PLAIN = [
  ['region', 'Region', 'e.g. us-east-1'],
  ['roleArn', 'Role', 'e.g. arn:aws:iam::123456789012:role/BedrockRole'],
  ['model', 'Model', 'The main model.'],
  ['smallFastModel', 'Small model', 'For small, quick tasks.'],
] as const

const SECRET = [
  ['accessKey', 'Access key ID'],
  ['accessKeySecret', 'Secret access key'],
] as const

/** The settings with which a provider reaches models on Amazon Bedrock. */
export function BedrockFields({ draft, onChange, onLeave, issues, hasAccessKey }: ProviderFieldsProps) {
  const set = (change: Partial<BedrockDraft>) => onChange({ bedrock: { ...draft.bedrock, ...change } })
  const about = (field: keyof BedrockDraft) => ({
    value: draft.bedrock[field],
    onBlur: () => onLeave(`settings.bedrock.${field}`),
    error: issueAt(issues, 'settings', 'bedrock', field),
  })
  return (
    <fieldset className="plain-fieldset">
      <legend>Amazon Bedrock</legend>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {PLAIN.map(([field, label, description]) => (
          <TextInput
            key={field}
            label={label}
            description={description}
            {...about(field)}
            onChange={(event) => set({ [field]: event.currentTarget.value })}
          />
        ))}
        {SECRET.map(([field, label]) => (
          <PasswordInput
            key={field}
            label={label}
            description={hasAccessKey ? 'Empty keeps the stored one.' : 'Encrypted when saved, and never shown again.'}
            {...about(field)}
            onChange={(event) => set({ [field]: event.currentTarget.value })}
          />
        ))}
      </SimpleGrid>
      {issueAt(issues, 'settings') !== undefined && (
        <p className="field-error" role="alert">
          {issueAt(issues, 'settings')}
        </p>
      )}
    </fieldset>
  )
}
