import { z } from 'zod'
import { readExtensions } from '../../api-keys/extensions.ts'
import { sealedExtensionOf } from '../../api-keys/secret-binding.ts'
import type { BedrockSettings, NetworkConfig } from '../../destination/stored-rows.ts'
import type { ApiKey, Provider } from '../../generated/prisma-sqlite/client.ts'
import { readBedrockSettings } from '../../providers/bedrock-settings.ts'
import { readCallRoutes } from '../../providers/call-routes.ts'
import { readCallHeaders } from '../../providers/call-settings.ts'
import { type ProxyConfig, readNetworkConfig, type StoredHeader } from '../../providers/network-config.ts'
import { vendorDefaults } from '../../providers/vendor-defaults.ts'
import { DEFAULT_NETWORK } from '../../upstream/client/network-settings.ts'
import { inWords, toFileConfiguration } from '../apply/key-configuration.ts'
import type { FileApiKey, FileBedrock, FileNetwork, FileProvider } from '../apply/providers-file.ts'

/** What is read of a provider to print it. */
export const EXPORTED = {
  apiKeys: { orderBy: { number: 'asc' }, include: { secret: { select: { fingerprint: true } } } },
  secrets: { select: { field: true } },
} as const

/** A provider as it is stored. Of its secrets there is only which ones there are. */
export interface ExportedRow extends Provider {
  readonly apiKeys: readonly (ApiKey & { readonly secret: { readonly fingerprint: string } | null })[]
  readonly secrets: readonly { readonly field: string }[]
}

const testAfterWritesOf = z.enum(['NEVER', 'WITH_KEYS', 'ALWAYS'])

/** A stored provider as a file states it, complete but for its secrets, its ids, its dates and its tests. What has its default is left out. */
export function toFileProvider(row: ExportedRow, nameVariable: NameVariable): FileProvider {
  const { name, type, baseUrl, icon, enabled, modelsPath, authentication } = row
  const bedrock = readBedrockSettings(row.settings)
  const variable: NameVariable = (...words) => nameVariable(name, ...words)
  const numberOf = (index: number) => (row.apiKeys.length === 1 ? [] : [String(index + 1)])
  const keys = row.apiKeys.map((key, index) => toFileKey(key, (...words) => variable('api_key', ...numberOf(index), ...words)))
  const testAfterWrites = testAfterWritesOf.parse(row.testAfterWrites)
  return {
    ...{ name, type },
    ...(baseUrl === '' ? { placeholder: true } : { baseUrl }),
    ...toFileDisplayName(row),
    ...(icon === '' ? {} : { icon }),
    enabled,
    ...(modelsPath === null ? {} : { modelsPath }),
    ...(authentication === 'DEFAULT' ? {} : { authentication }),
    ...(testAfterWrites === 'WITH_KEYS' ? {} : { testAfterWrites }),
    ...toFileCallSettings(row),
    ...(bedrock === null ? {} : { settings: { bedrock: toFileBedrock(bedrock, row, variable) } }),
    ...(row.network === null ? {} : { network: toFileNetwork(readNetworkConfig(row.network), variable) }),
    ...toFileExtensions(row, variable),
    ...(keys.length === 0 ? {} : { apiKeys: keys }),
  }
}

function toFileCallSettings(row: Provider): Pick<FileProvider, 'callRoutes' | 'callHeaders'> {
  const [callRoutes, callHeaders] = [readCallRoutes(row.callRoutes), readCallHeaders(row.callHeaders)]
  return {
    ...(callRoutes === 'STANDARD' ? {} : { callRoutes }),
    ...(callHeaders.length === 0 ? {} : { callHeaders: [...callHeaders] }),
  }
}

/** An empty one is told where the vendor's would take its place. */
function toFileDisplayName({ name, displayName }: Provider): { readonly displayName?: string } {
  return displayName === '' && vendorDefaults(name) === null ? {} : { displayName }
}

/** Sealed texts are told where a variable shall hold them; in the same gateway they stay. */
function toFileExtensions(
  { extensions, secrets }: ExportedRow,
  variable: NameVariable,
): Pick<FileProvider, 'extensions' | 'sealedExtensions'> {
  const open = readExtensions(extensions)
  const sealed = secrets.flatMap(({ field }) => {
    const text = sealedExtensionOf(field)
    const valueFrom = text && variable(text.namespace, inWords(text.name))
    return text && valueFrom ? [{ ...text, valueFrom }] : []
  })
  return {
    ...(Object.keys(open).length === 0 ? {} : { extensions: open }),
    ...(sealed.length === 0 ? {} : { sealedExtensions: sealed }),
  }
}

/** The variable that shall hold a secret of the provider, e.g. `OPENAI_EU_API_KEY`; null when none is wanted. */
export type NameVariable = (...words: readonly string[]) => { readonly env: string } | null

/** With the external id, which the trust policy of the role names. */
function toFileBedrock({ hasAccessKey: _, ...settings }: BedrockSettings, { secrets }: ExportedRow, variable: NameVariable): FileBedrock {
  const has = (name: string) => secrets.some(({ field }) => field === `bedrock.${name}`)
  const accessKeyFrom = has('accessKey') ? variable('access_key') : null
  const accessKeySecretFrom = has('accessKeySecret') ? variable('access_key_secret') : null
  return {
    ...settings,
    ...(accessKeyFrom === null ? {} : { accessKeyFrom }),
    ...(accessKeySecretFrom === null ? {} : { accessKeySecretFrom }),
  }
}

/** With its id, by which clients may know it. */
function toFileKey(key: ApiKey, variable: NameVariable): FileApiKey {
  const { id, name, masked, environmentVariable, enabled, weight } = key
  const rest = {
    ...(enabled ? {} : { enabled }),
    ...(weight === 1 ? {} : { weight }),
    ...toFileConfiguration(key, variable),
  }
  const known = { ...(name === null ? {} : { name }), id }
  if (environmentVariable !== null) return { ...known, environmentVariable, ...rest }
  // Its parts hold the credential.
  if (masked === '') return { ...known, ...rest }
  const valueFrom = variable()
  return valueFrom === null ? { ...known, masked, ...rest } : { ...known, valueFrom, ...rest }
}

function toFileHeader(header: StoredHeader, variable: NameVariable): NonNullable<FileNetwork['extraHeaders']>[number] {
  if ('value' in header) return { name: header.name, value: header.value }
  const valueFrom = variable(header.name)
  return valueFrom === null ? { name: header.name, masked: header.masked } : { name: header.name, valueFrom }
}

/** What has its default is left out. */
function toFileNetwork(config: NetworkConfig, variable: NameVariable): FileNetwork {
  const { extraHeaders, proxy, caCertificate } = config
  const unusual = <Field extends keyof NetworkConfig & keyof FileNetwork>(field: Field) =>
    config[field] === DEFAULT_NETWORK[field] ? {} : { [field]: config[field] }
  return {
    ...unusual('timeoutMs'),
    ...unusual('maxRetries'),
    ...unusual('retryBackoffInitialMs'),
    ...unusual('retryBackoffMaxMs'),
    ...unusual('insecureSkipVerify'),
    ...unusual('allowPrivateNetwork'),
    ...(extraHeaders.length === 0 ? {} : { extraHeaders: extraHeaders.map((header) => toFileHeader(header, variable)) }),
    ...(caCertificate === null ? {} : { caCertificate }),
    ...(proxy === null ? {} : { proxy: toFileProxy(proxy, variable) }),
  }
}

function toFileProxy({ type, url, username, hasPassword }: ProxyConfig, variable: NameVariable): NonNullable<FileNetwork['proxy']> {
  const passwordFrom = hasPassword ? variable('proxy_password') : null
  return {
    type,
    ...(url === null ? {} : { url }),
    ...(username === null ? {} : { username }),
    ...(passwordFrom === null ? {} : { passwordFrom }),
  }
}
