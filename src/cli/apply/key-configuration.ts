import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { isColumnPart, VALUE_PART, variablesOf } from '../../api-keys/credential-parts.ts'
import { changesTo, type Extensions, readExtensions } from '../../api-keys/extensions.ts'
import type { CredentialPartInput, KeyConfigurationInput, SecretSource } from '../../api-keys/key-configuration.ts'
import { Secret } from '../../crypto/secret.ts'
import { isShownPart, readCredentialParts } from '../../destination/stored-rows.ts'
import type { ApiKey } from '../../generated/prisma-sqlite/client.ts'
import type { FileApiKey } from './providers-file.ts'
import type { ReadSecret } from './read-secret.ts'

/** The fields of a key in a file that say what it has besides its value. Where one is given, they state all of it. */
const FIELDS = [
  'endpoint',
  'endpointVariable',
  'region',
  'roleArn',
  'externalId',
  'credentialParts',
  'models',
  'exceptModels',
  'extensions',
] as const

const texts = z.array(z.string())

/** What a key of a file has besides its value, all of it. */
export interface WholeConfiguration extends KeyConfigurationInput {
  readonly parts: readonly CredentialPartInput[]
  readonly models: readonly string[] | null
  readonly exceptModels: readonly string[] | null
  readonly extensions: Extensions
}

/** Whether the value of a part is the stored one. */
export type IsPartOf = (apiKeyId: string, part: string, value: Secret) => boolean

/** What a key of the file has besides its value; undefined when the file says nothing of it. */
export function toConfiguration(key: FileApiKey, read: ReadSecret): WholeConfiguration | undefined {
  if (FIELDS.every((field) => key[field] === undefined)) return undefined
  const plain = { endpoint: key.endpoint, 'aws.region': key.region, 'aws.roleArn': key.roleArn, 'aws.externalId': key.externalId }
  const at = (...path: string[]) => ({ at: path })
  const parts: CredentialPartInput[] = Object.entries(plain).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: new Secret(value), environmentVariable: undefined, ...at(name.replace(/^aws\./, '')) }],
  )
  if (key.endpointVariable !== undefined)
    parts.push({ name: 'endpoint', value: undefined, environmentVariable: key.endpointVariable, ...at('endpointVariable') })
  const credentials = (key.credentialParts ?? []).map((part, index) => ({
    ...{ name: part.name, ...readSource(part, read) },
    ...at('credentialParts', String(index)),
  }))
  return {
    parts: [...parts, ...credentials],
    models: key.models ?? null,
    exceptModels: key.exceptModels ?? null,
    extensions: key.extensions ?? {},
  }
}

/** The text that the file has or refers to, or the variable that it names: the file has one of them at most. */
export function readSource(
  {
    value,
    valueFrom,
    environmentVariable,
  }: Pick<FileApiKey, 'valueFrom' | 'environmentVariable'> & { readonly value?: string | undefined },
  read: ReadSecret,
): SecretSource {
  if (value !== undefined) return { value: new Secret(value), environmentVariable: undefined }
  if (valueFrom !== undefined) return { value: read(valueFrom), environmentVariable: undefined }
  return { value: undefined, environmentVariable }
}

/** What it takes to configure a stored key so; undefined when it is already. */
export function configurationFor(
  configuration: WholeConfiguration | undefined,
  row: ApiKey,
  isPartOf: IsPartOf,
): KeyConfigurationInput | undefined {
  if (configuration === undefined || isConfigured(configuration, row, isPartOf)) return undefined
  return { ...configuration, extensions: changesTo(readExtensions(row.extensions), configuration.extensions) }
}

/** Whether a stored key has all of it already. */
function isConfigured(configuration: WholeConfiguration, row: ApiKey, isPartOf: IsPartOf): boolean {
  const { parts, models, exceptModels, extensions } = configuration
  const stored = readCredentialParts(row.credentialParts).filter(({ name }) => name !== VALUE_PART)
  const column = (name: string) => parts.find((part) => part.name === name)?.value?.reveal() || null
  const variables = Object.fromEntries(
    parts.flatMap(({ name, environmentVariable }) =>
      environmentVariable === undefined || name === 'endpoint' ? [] : [[name, environmentVariable] as const],
    ),
  )
  const sealed = parts.filter(({ name }) => !isColumnPart(name))
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).sort()
  return (
    column('endpoint') === row.endpoint &&
    (parts.find(({ name }) => name === 'endpoint')?.environmentVariable ?? null) === row.endpointVariable &&
    column('aws.region') === row.region &&
    column('aws.roleArn') === row.roleArn &&
    column('aws.externalId') === row.externalId &&
    isDeepStrictEqual(models, row.models) &&
    isDeepStrictEqual(exceptModels, row.exceptModels) &&
    isDeepStrictEqual(extensions, readExtensions(row.extensions)) &&
    isDeepStrictEqual(variables, variablesOf(stored)) &&
    isDeepStrictEqual(names(sealed), names(stored.filter(({ name }) => !isColumnPart(name)))) &&
    sealed.every(({ name, value }) => value === undefined || isPartOf(row.id, name, value))
  )
}

/** A name of joined words as a variable has it, e.g. `client_Secret` for `clientSecret`. */
export function inWords(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2')
}

/** A stored key's configuration as a file states it; nothing for a key that has none. */
export function toFileConfiguration(
  key: ApiKey,
  variable: (...words: readonly string[]) => { readonly env: string } | null,
): Partial<FileApiKey> {
  const parts = readCredentialParts(key.credentialParts)
  const { endpoint, endpointVariable, region, roleArn, externalId, models, exceptModels, extensions } = key
  const isPlain = [endpoint, endpointVariable, region, roleArn, externalId, models, exceptModels, extensions].every((one) => one === null)
  if (isPlain && parts.length === 0) return {}
  const credentials = parts
    .filter(({ name }) => name !== VALUE_PART)
    .map(({ name, masked, environmentVariable }) => {
      if (environmentVariable !== null) return { name, environmentVariable }
      if (isShownPart(name, masked)) return { name, value: masked }
      const valueFrom = variable(inWords(name))
      return valueFrom === null ? { name, masked } : { name, valueFrom }
    })
  return {
    ...(endpoint === null ? {} : { endpoint }),
    ...(endpointVariable === null ? {} : { endpointVariable }),
    ...(region === null ? {} : { region }),
    ...(roleArn === null ? {} : { roleArn }),
    ...(externalId === null ? {} : { externalId }),
    credentialParts: credentials,
    ...(models === null ? {} : { models: texts.parse(models) }),
    ...(exceptModels === null ? {} : { exceptModels: texts.parse(exceptModels) }),
    ...(extensions === null ? {} : { extensions: readExtensions(extensions) }),
  }
}
