import type { BedrockSettingsInput } from '../../providers/bedrock-settings.ts'
import type { CallRoutes as CallRoutesValue } from '../../providers/call-routes.ts'
import type {
  ExpectedState,
  NewProvider,
  ProviderChanges,
  TestAfterWrites as TestAfterWritesValue,
} from '../../providers/provider-input.ts'
import { builder } from '../builder.ts'
import { ApiKeyChangeInput, NewApiKeyInput, toApiKeyChange, toNewApiKey } from './api-key-inputs.ts'
import { EXTENSIONS, SEALED_EXTENSIONS, SealedExtensionInput, toExtensions } from './extensions.ts'
import { given } from './given.ts'
import { NetworkConfigInput, toNetwork } from './network-inputs.ts'
import { CallRoutes, ProviderRefInput, ProviderType, TestAfterWrites } from './provider.ts'

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]

/** What every write of a provider can state, beside what makes it this one. */
export const fieldsOfEveryWrite = (t: InputFields) => ({
  modelsPath: t.string({ description: "A path below the base URL that lists models, in place of the type's own; empty for that." }),
  authentication: t.string({
    description: 'How the key is sent: `DEFAULT` as the type does, `BEARER`, or the name of the header that carries it.',
  }),
  testAfterWrites: t.field({
    type: TestAfterWrites,
    description: 'Which writes get a test, of those that ask for one or create a provider; `WITH_KEYS` for a new one.',
  }),
  callRoutes: t.field({
    type: CallRoutes,
    description: 'Which routes of the vendor model calls may use; `ALL` may be given by an admin only.',
  }),
  callHeaders: t.stringList({
    description:
      'The whole list of more headers that callers may send to the vendor, at most 50 names; those of the SDKs pass anyway. Part of where keys go: may be changed by an admin only.',
  }),
  testAfterwards: t.boolean({
    description:
      'True tests the enabled keys of what was stored before the answer, when there is something to test; the outcome is in `lastConnectionTest`.',
  }),
  extensions: t.field({ type: 'JSON', description: EXTENSIONS }),
  sealedExtensions: t.field({ type: [SealedExtensionInput], description: SEALED_EXTENSIONS }),
})

const BedrockSettingsInputType = builder.inputType('BedrockSettingsInput', {
  description: 'Replaces the stored settings, except that an omitted secret keeps its stored value; an empty one deletes it.',
  fields: (t) => ({
    region: t.string({ description: 'AWS region, e.g. `us-east-1`.' }),
    model: t.string({ description: 'The main model.' }),
    smallFastModel: t.string({ description: 'The model for small, quick tasks.' }),
    roleArn: t.string({ description: 'The IAM role to assume, e.g. `arn:aws:iam::123456789012:role/BedrockRole`.' }),
    externalId: t.string({ description: 'May repeat the stored value; the gateway generates it.' }),
    protocol: t.string({ description: 'The protocol of some tools: `invoke-model` or `mantle`.' }),
    accessKey: t.field({ type: 'Secret', description: 'Access key id of the pair.' }),
    accessKeySecret: t.field({ type: 'Secret', description: 'Secret access key of the pair.' }),
  }),
})

export const ProviderSettingsInput = builder.inputType('ProviderSettingsInput', {
  isOneOf: true,
  description: 'Type-specific settings: exactly one kind.',
  fields: (t) => ({ bedrock: t.field({ type: BedrockSettingsInputType, description: 'For the types BEDROCK and ANTHROPIC.' }) }),
})

export const CreateProviderInput = builder.inputType('CreateProviderInput', {
  description: 'A provider to create.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Unique and immutable: lowercase words joined by hyphens, e.g. `openai-eu`.' }),
    type: t.field({ type: ProviderType, required: true, description: 'The protocol of the upstream; immutable.' }),
    baseUrl: t.string({
      required: true,
      description:
        'Absolute URL of the API, e.g. `https://api.openai.com/v1`. Stored exactly as given. Empty when an enabled key has an endpoint of its own.',
    }),
    displayName: t.string({ description: 'Display name; `name` when omitted.' }),
    icon: t.string({ description: 'URL or emoji.' }),
    enabled: t.boolean({ required: true, defaultValue: true, description: 'Whether tools should use the provider.' }),
    settings: t.field({ type: ProviderSettingsInput, description: 'Type-specific settings.' }),
    network: t.field({ type: NetworkConfigInput, description: 'How the gateway reaches the upstream; the defaults when omitted.' }),
    apiKeys: t.field({ type: [NewApiKeyInput], description: 'The keys, at most 100.' }),
    ...fieldsOfEveryWrite(t),
  }),
})

export const UpdateProviderInput = builder.inputType('UpdateProviderInput', {
  description: 'A change to a provider. Fields left out, or `null`, stay as they are.',
  fields: (t) => ({
    provider: t.field({ type: ProviderRefInput, required: true, description: 'Which one.' }),
    displayName: t.string({ description: 'Display name; empty to use `name`.' }),
    icon: t.string({ description: 'URL or emoji; empty for none.' }),
    baseUrl: t.string({ description: 'A new endpoint. Stored keys do not move to another origin unless an admin allows it.' }),
    enabled: t.boolean({ description: 'Whether tools should use the provider.' }),
    settings: t.field({ type: ProviderSettingsInput, description: 'New settings in place of the stored ones.' }),
    network: t.field({
      type: NetworkConfigInput,
      description:
        'A new network configuration in place of the stored one. When keys are stored, only an admin may bring a proxy, a CA certificate, `insecureSkipVerify`, or a header that authenticates or says where a request goes, without giving them again.',
    }),
    apiKeys: t.field({
      type: [ApiKeyChangeInput],
      description: 'The whole set of wanted keys: stored ones that are not kept are deleted.',
    }),
    keepOtherApiKeys: t.boolean({ description: 'True makes `apiKeys` a list of changes to single keys: all others stay as they are.' }),
    ...fieldsOfEveryWrite(t),
    expectedVersion: t.int({ description: 'Refuse the change when the provider is at another version.' }),
    expectedUuid: t.field({ type: 'UUID', description: 'Refuse the change if the name now belongs to another provider.' }),
  }),
})

export const DeleteProviderInput = builder.inputType('DeleteProviderInput', {
  description: 'A provider to delete.',
  fields: (t) => ({
    provider: t.field({ type: ProviderRefInput, required: true, description: 'Which one.' }),
    force: t.boolean({ description: 'Delete it although model routes use it: their targets stay, and show that it was deleted.' }),
    expectedVersion: t.int({ description: 'Refuse the deletion when the provider is at another version.' }),
    expectedUuid: t.field({ type: 'UUID', description: 'Refuse the deletion if the name now belongs to another provider.' }),
  }),
})

export function toSettings(input: typeof ProviderSettingsInput.$inferInput | null | undefined): BedrockSettingsInput | undefined {
  if (!input?.bedrock) return undefined
  const { region, model, smallFastModel, roleArn, externalId, protocol, accessKey, accessKeySecret } = input.bedrock
  return {
    region: given(region),
    model: given(model),
    smallFastModel: given(smallFastModel),
    roleArn: given(roleArn),
    externalId: given(externalId),
    protocol: given(protocol),
    accessKey: given(accessKey),
    accessKeySecret: given(accessKeySecret),
  }
}

/** How the upstream is called, besides its endpoint and network. */
export function toRoute(input: {
  modelsPath?: string | null | undefined
  authentication?: string | null | undefined
  testAfterWrites?: TestAfterWritesValue | null | undefined
  callRoutes?: CallRoutesValue | null | undefined
  callHeaders?: readonly string[] | null | undefined
}) {
  const { modelsPath, authentication, testAfterWrites } = input
  const calls = { callRoutes: given(input.callRoutes), callHeaders: given(input.callHeaders) }
  return { modelsPath: given(modelsPath), authentication: given(authentication), testAfterWrites: given(testAfterWrites), ...calls }
}

export function toNewProvider(input: typeof CreateProviderInput.$inferInput): NewProvider {
  const { name, type, baseUrl, enabled } = input
  const texts = { displayName: input.displayName ?? '', icon: input.icon ?? '', ...toRoute(input) }
  const parts = {
    settings: toSettings(input.settings),
    network: toNetwork(input.network),
    ...toExtensions(input),
  }
  return { name, type, baseUrl, enabled, ...texts, ...parts, apiKeys: (input.apiKeys ?? []).map(toNewApiKey) }
}

export function toProviderChanges(input: typeof UpdateProviderInput.$inferInput): ProviderChanges {
  return {
    displayName: given(input.displayName),
    icon: given(input.icon),
    baseUrl: given(input.baseUrl),
    ...toRoute(input),
    enabled: given(input.enabled),
    settings: toSettings(input.settings),
    network: toNetwork(input.network),
    apiKeys: input.apiKeys?.map(toApiKeyChange),
    keepOtherApiKeys: input.keepOtherApiKeys ?? false,
    ...toExtensions(input),
  }
}

/** The state that a change is meant for; what is left out is not checked. */
export function toExpectedState(input: {
  expectedVersion?: number | null | undefined
  expectedUuid?: string | null | undefined
}): ExpectedState {
  return { version: given(input.expectedVersion), id: given(input.expectedUuid) }
}
