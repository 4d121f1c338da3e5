import { Anchor, PasswordInput, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import type { ProviderType } from '../generated/documents.ts'
import { Section } from '../parts/section.tsx'
import { VendorPicker } from '../parts/vendor-picker.tsx'
import { BedrockFields } from './bedrock-fields.tsx'
import { type Issue, issueAt } from './issues.ts'
import { NetworkFields } from './network-fields.tsx'
import { type ProviderDraft, takesKey, usesBedrock } from './provider-draft.ts'
import { chooseVendor, type TypeCatalogue, vendorKeyOf, vendorsOf } from './vendors.ts'

export interface FieldsProps {
  readonly draft: ProviderDraft
  readonly onChange: (change: Partial<ProviderDraft>) => void
  /** Called with the path of a field that somebody has left. */
  readonly onLeave: (path: string) => void
  readonly issues: readonly Issue[]
}

export interface ProviderFieldsProps extends FieldsProps {
  readonly types: TypeCatalogue
  /** For a provider that exists: its type and name stay. */
  readonly isStored: boolean
  /** Whether an access key pair is stored already. */
  readonly hasAccessKey: boolean
  readonly hasProxyPassword: boolean
}

/** All fields of a provider; which ones there are follows its type. */
export function ProviderFields(props: ProviderFieldsProps) {
  return (
    <Stack>
      <IdentityFields {...props} />
      <EndpointFields {...props} />
      <NetworkFields {...props} />
    </Stack>
  )
}

function IdentityFields(props: ProviderFieldsProps) {
  const { draft, onChange, onLeave, issues, isStored } = props
  return (
    <Section title="General">
      <Stack gap="md">
        {!isStored && <VendorField {...props} />}
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label="Name"
            description={isStored ? 'It cannot be changed.' : 'Lowercase words joined by hyphens, e.g. openai-eu.'}
            value={draft.name}
            readOnly={isStored}
            variant={isStored ? 'filled' : 'default'}
            required={!isStored}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
            onBlur={() => onLeave('name')}
            error={issueAt(issues, 'name')}
          />
          <TextInput
            label="Display name"
            description="Shown instead of the name. Optional."
            value={draft.displayName}
            onChange={(event) => onChange({ displayName: event.currentTarget.value })}
            onBlur={() => onLeave('displayName')}
            error={issueAt(issues, 'displayName')}
          />
        </SimpleGrid>
        <TextInput
          label="Icon"
          description="An emoji, or a URL that other tools show."
          value={draft.icon}
          onChange={(event) => onChange({ icon: event.currentTarget.value })}
          onBlur={() => onLeave('icon')}
          error={issueAt(issues, 'icon')}
        />
        <Switch
          label="Enabled: tools should use this provider"
          checked={draft.enabled}
          onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
          error={issueAt(issues, 'enabled')}
        />
      </Stack>
    </Section>
  )
}

/** What the endpoint looks like where each customer has another one. */
const EXAMPLES: Partial<Record<ProviderType, string>> = {
  AZURE: 'Endpoint of your resource, e.g. https://my-resource.openai.azure.com.',
  BEDROCK: 'Endpoint of your region, e.g. https://bedrock-runtime.us-east-1.amazonaws.com.',
  OPENAI_COMPAT: 'Base URL of the API, e.g. https://models.example.com/v1.',
}

function EndpointFields(props: ProviderFieldsProps) {
  const { draft, onChange, onLeave, issues, types, isStored } = props
  const info = types.find(({ type }) => type === draft.type)
  return (
    <Section title="Connection" aside={info !== undefined && <DocumentationLink url={info.documentationUrl} name={info.displayName} />}>
      <Stack gap="md">
        <TextInput
          label="Base URL"
          description={
            info?.defaultBaseUrl ? `The vendor's own is ${info.defaultBaseUrl}.` : (EXAMPLES[draft.type] ?? 'Absolute URL of the API.')
          }
          type="url"
          inputMode="url"
          value={draft.baseUrl}
          required
          onChange={(event) => onChange({ baseUrl: event.currentTarget.value })}
          onBlur={() => onLeave('baseUrl')}
          error={issueAt(issues, 'baseUrl')}
        />
        {takesKey(draft) && <KeyField {...props} />}
        {draft.type === 'ANTHROPIC' && (
          <Switch
            label="Through Amazon Bedrock"
            checked={draft.viaBedrock}
            disabled={isStored && props.hasAccessKey}
            onChange={(event) => onChange({ viaBedrock: event.currentTarget.checked })}
          />
        )}
        {usesBedrock(draft) && <BedrockFields {...props} />}
      </Stack>
    </Section>
  )
}

/** Leads away from the gateway, and only when somebody follows it. */
function DocumentationLink({ url, name }: { readonly url: string; readonly name: string }) {
  return (
    <Anchor href={url} target="_blank" rel="noreferrer" fz="sm">
      API of {name}
    </Anchor>
  )
}

function KeyField({ draft, onChange, onLeave, issues, isStored }: ProviderFieldsProps) {
  return (
    <PasswordInput
      label={isStored ? 'Key to test with' : 'API key'}
      description={
        isStored
          ? 'For a test before you save. Stored keys cannot be read, so enter one here. It is not stored.'
          : 'Encrypted when saved, and never shown again. You can add more keys later.'
      }
      value={draft.apiKey}
      onChange={(event) => onChange({ apiKey: event.currentTarget.value })}
      onBlur={() => onLeave('apiKeys.0.credential.value')}
      error={issueAt(issues, 'apiKeys', '0', 'credential', 'value') ?? issueAt(issues, 'apiKeys') ?? issueAt(issues, 'apiKey')}
    />
  )
}

/** A new provider takes the vendor's name and endpoint, where nobody has typed something else. */
function VendorField({ draft, onChange, types }: ProviderFieldsProps) {
  const vendors = vendorsOf(types)
  return (
    <VendorPicker
      label="Vendor"
      description="Fills in name and endpoint. You cannot change it later."
      vendors={vendors}
      value={vendorKeyOf(draft, vendors)}
      onChange={(vendor) => vendor !== null && onChange(chooseVendor(draft, vendor, vendors))}
    />
  )
}
