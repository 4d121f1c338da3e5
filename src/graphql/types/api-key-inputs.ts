import { z } from 'zod'
import type { ApiKeyChange, NewApiKey } from '../../api-keys/api-key-input.ts'
import type { KeyConfigurationInput, SecretSource } from '../../api-keys/key-configuration.ts'
import { Fault } from '../../errors.ts'
import { builder } from '../builder.ts'
import { ApiKey } from './api-key.ts'
import { given } from './given.ts'

const CredentialInput = builder.inputType('CredentialInput', {
  isOneOf: true,
  description: 'Text to store, or the environment variable that holds it.',
  fields: (t) => ({
    value: t.field({ type: 'Secret', description: 'The text itself.' }),
    environmentVariable: t.string({
      description:
        'Name of the environment variable of the gateway that holds it, which is read at use and never stored. Only names that the operator lists in `SECRET_ENV_ALLOW`. Requires `admin`, unless the provider has this one already.',
    }),
  }),
})

const CredentialPartInput = builder.inputType('CredentialPartInput', {
  description: "A part of a key's credential.",
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'Which one: `endpoint` (a URL, in place of the base URL of the provider), `aws.accessKeyId`, `aws.secretAccessKey`, `aws.sessionToken`, `aws.region`, `aws.roleArn`, `aws.externalId`, `aws.sessionName`, `aws.arn`, `aws.batchRoleArn`, `aws.projectId`, `azure.clientId`, `azure.clientSecret`, `azure.tenantId`, `vertex.projectId`, `vertex.projectNumber`, `vertex.region`, `vertex.authCredentials`, or a name of your own that begins with your namespace and a dot.',
    }),
    credential: t.field({
      type: CredentialInput,
      description:
        'Its value, at most 64 KiB; the stored one stays when omitted. It is stored sealed, but for the endpoint, region, role and external id.',
    }),
  }),
})

const CREDENTIAL_PARTS =
  'The parts of its credential beside the value, at most 50. The whole list: stored parts that it does not name are deleted. An editor who changes a part that says where the key goes gives its secrets again.'
const MODELS = 'Models that it serves: names with `*` for any characters, at most 10,000; `["*"]` for every one.'
const EXCEPT_MODELS = 'Models that it does not serve, as names with `*`; `[]` for none.'
const EXTENSIONS =
  'What programs keep with it: an object by namespace. In a namespace given, each property replaces the stored one of its name, and `null` deletes it; at most 256 KiB.'

export const NewApiKeyInput = builder.inputType('NewApiKeyInput', {
  description: 'A new key.',
  fields: (t) => ({
    credential: t.field({
      type: CredentialInput,
      description: 'The key itself: 1 to 10,240 bytes of printable ASCII, stored sealed. With `credentialParts` it may be left out.',
    }),
    name: t.string({ description: 'What people call it.' }),
    enabled: t.boolean({ defaultValue: true, description: 'Whether tools should use it.' }),
    weight: t.float({ defaultValue: 1, description: 'Its share of the traffic among the enabled keys; 0 to 1,000,000.' }),
    uuid: t.field({ type: 'UUID', description: 'Its UUID; a new one when omitted.' }),
    credentialParts: t.field({ type: [CredentialPartInput], description: CREDENTIAL_PARTS }),
    models: t.stringList({ description: `${MODELS} Every one when omitted.` }),
    exceptModels: t.stringList({ description: `${EXCEPT_MODELS} None when omitted.` }),
    extensions: t.field({ type: 'JSON', description: EXTENSIONS }),
  }),
})

const KeepApiKeyInput = builder.inputType('KeepApiKeyInput', {
  description: 'A stored key that stays. Fields left out keep their value.',
  fields: (t) => ({
    id: t.globalID({ required: true, for: ApiKey, description: 'The key.' }),
    name: t.string({ description: 'A new name; empty for none.' }),
    enabled: t.boolean({ description: 'Whether tools should use it.' }),
    weight: t.float({ description: 'A new weight.' }),
    credential: t.field({ type: CredentialInput, description: 'A new key in place of the stored one.' }),
    credentialParts: t.field({ type: [CredentialPartInput], description: CREDENTIAL_PARTS }),
    models: t.stringList({ description: MODELS }),
    exceptModels: t.stringList({ description: EXCEPT_MODELS }),
    extensions: t.field({ type: 'JSON', description: EXTENSIONS }),
  }),
})

export const ApiKeyChangeInput = builder.inputType('ApiKeyChangeInput', {
  isOneOf: true,
  description:
    'One wanted key: keep a stored one and perhaps change it, or add a new one; or a key to remove. Stored keys that are not named are deleted, unless `keepOtherApiKeys` is given.',
  fields: (t) => ({
    keep: t.field({ type: KeepApiKeyInput, description: 'A stored key to keep.' }),
    add: t.field({ type: NewApiKeyInput, description: 'A new key.' }),
    remove: t.globalID({ for: ApiKey, description: 'A stored key to delete.' }),
  }),
})

export function toNewApiKey(input: typeof NewApiKeyInput.$inferInput): NewApiKey {
  const { credential, name, enabled, weight, uuid } = input
  return {
    id: given(uuid),
    configuration: toConfiguration(input),
    ...toSecretSource(credential),
    name: name || null,
    enabled: enabled ?? true,
    weight: weight ?? 1,
  }
}

export function toApiKeyChange({ keep, add, remove }: typeof ApiKeyChangeInput.$inferInput): ApiKeyChange {
  if (remove) return { remove: toApiKeyId(remove) }
  if (add) return { add: toNewApiKey(add) }
  if (keep) {
    const plain = { name: given(keep.name), enabled: given(keep.enabled), weight: given(keep.weight) }
    return { keep: { id: toApiKeyId(keep.id), ...plain, ...toSecretSource(keep.credential), configuration: toConfiguration(keep) } }
  }
  throw new Fault('BAD_USER_INPUT', 'Each entry of `apiKeys` has exactly one of `keep`, `add` and `remove`.')
}

/** Every key has a UUID: an id of another form was not given out, and no problem could name the key that it means. */
export function toApiKeyId({ id }: { readonly id: string }): string {
  if (z.guid().safeParse(id).success) return id
  throw new Fault('BAD_USER_INPUT', 'An id in the request is not the id of an API key.')
}

function toSecretSource(credential: typeof CredentialInput.$inferInput | null | undefined): SecretSource {
  if (credential?.value != null) return { value: credential.value, environmentVariable: undefined }
  return { value: undefined, environmentVariable: given(credential?.environmentVariable) }
}

type ConfigurationFields = Pick<typeof NewApiKeyInput.$inferInput, 'credentialParts' | 'models' | 'exceptModels' | 'extensions'>

function toConfiguration({ credentialParts, models, exceptModels, extensions }: ConfigurationFields): KeyConfigurationInput | undefined {
  if (credentialParts == null && models == null && exceptModels == null && extensions == null) return undefined
  return {
    parts: credentialParts?.map(({ name, credential }, index) => ({
      ...{ name, ...toSecretSource(credential) },
      at: ['credentialParts', String(index)],
    })),
    models: models?.length === 1 && models[0] === EVERY ? null : given(models),
    exceptModels: exceptModels?.length === 0 ? null : given(exceptModels),
    extensions: given(extensions),
  }
}

const EVERY = '*'
