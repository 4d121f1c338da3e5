import { isDeepStrictEqual } from 'node:util'
import { isStoredProviderSecret } from '../../api-keys/compare-secrets.ts'
import { readExtensions } from '../../api-keys/extensions.ts'
import type { SealedExtensionInput } from '../../api-keys/sealed-extensions.ts'
import { headerField, type ProviderSecretField, sealedExtensionField } from '../../api-keys/secret-binding.ts'
import { Secret } from '../../crypto/secret.ts'
import type { NetworkConfig } from '../../destination/stored-rows.ts'
import type { Provider } from '../../generated/prisma-sqlite/client.ts'
import { type BedrockSettingsInput, mergeBedrockSettings, readBedrockSettings } from '../../providers/bedrock-settings.ts'
import { PROXY_PASSWORD, readNetworkConfig } from '../../providers/network-config.ts'
import type { NetworkInput } from '../../providers/network-input.ts'
import type { ExtensionFields } from '../../providers/provider-input.ts'
import { changedNetworkFields, planNetwork } from '../../providers/store-network.ts'
import type { OpenWithKeys } from '../open.ts'
import type { FileBedrock, FileNetwork, FileProvider, SecretReference } from './providers-file.ts'
import type { ReadSecret } from './read-secret.ts'

/** The secret of a reference; undefined, which keeps the stored one, when it is that very one. */
type ReadFresh = (field: ProviderSecretField, reference: SecretReference | undefined) => Promise<Secret | undefined>

/** Secrets for a new provider. */
export function newSecrets(read: ReadSecret): ReadFresh {
  return async (_field, reference) => reference && read(reference)
}

/** Secrets for a provider that is stored. */
export function freshSecrets({ database, keyring }: OpenWithKeys, stored: Provider, read: ReadSecret): ReadFresh {
  return async (field, reference) => {
    if (reference === undefined) return undefined
    const value = read(reference)
    return (await isStoredProviderSecret(database.prisma, keyring, stored.id, field, value)) ? undefined : value
  }
}

/** The network configuration of the file as commands take it: a mask stands for a stored value that stays. */
export async function toNetworkInput(network: FileNetwork, stored: NetworkConfig | null, fresh: ReadFresh): Promise<NetworkInput> {
  const { extraHeaders, proxy, ...numbers } = network
  const headers: { name: string; value: Secret }[] = []
  for (const { name, value, masked, valueFrom } of extraHeaders ?? []) {
    const given = await fresh(headerField(name), valueFrom)
    const known = stored?.extraHeaders.find((header) => 'masked' in header && headerField(header.name) === headerField(name))
    const mask = known !== undefined && 'masked' in known ? known.masked : ''
    headers.push({ name, value: given ?? new Secret(value ?? masked ?? mask) })
  }
  return {
    ...defaulted(numbers),
    extraHeaders: extraHeaders && headers,
    proxy: proxy && {
      type: proxy.type,
      url: proxy.url,
      username: proxy.username,
      password: await fresh(PROXY_PASSWORD, proxy.passwordFrom),
    },
  }
}

function defaulted(numbers: Omit<FileNetwork, 'extraHeaders' | 'proxy'>): Omit<NetworkInput, 'extraHeaders' | 'proxy'> {
  const { timeoutMs, maxRetries, retryBackoffInitialMs, retryBackoffMaxMs, insecureSkipVerify, caCertificate, allowPrivateNetwork } =
    numbers
  return { timeoutMs, maxRetries, retryBackoffInitialMs, retryBackoffMaxMs, insecureSkipVerify, caCertificate, allowPrivateNetwork }
}

/** What the input would change about the stored network configuration, for people. */
export function describeNetworkChanges(input: NetworkInput, stored: Provider): string[] {
  const before = readNetworkConfig(stored.network)
  const after = planNetwork(input, before)
  return changedNetworkFields(before, after).map((field) => {
    const [old, now] = [plainValue(before, field), plainValue(after.config, field)]
    return old === null || now === null ? `network: new ${field}` : `network.${field}: ${old} → ${now}`
  })
}

/** Null for what is too long to show, or may be secret. */
function plainValue(config: NetworkConfig, field: string): number | boolean | null {
  const value: unknown = Reflect.get(config, field)
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** The Bedrock settings of the file as commands take them. */
export async function toBedrockInput(bedrock: FileBedrock, fresh: ReadFresh): Promise<BedrockSettingsInput> {
  const { region, model, smallFastModel, roleArn, externalId, protocol, accessKeyFrom, accessKeySecretFrom } = bedrock
  const accessKey = await fresh('bedrock.accessKey', accessKeyFrom)
  const accessKeySecret = await fresh('bedrock.accessKeySecret', accessKeySecretFrom)
  return { region, model, smallFastModel, roleArn, externalId, isExternalIdChosen: true, protocol, accessKey, accessKeySecret }
}

export function changesBedrock(input: BedrockSettingsInput, stored: Provider): boolean {
  const before = readBedrockSettings(stored.settings)
  const after = mergeBedrockSettings(input, before, before?.hasAccessKey ?? false)
  return input.accessKey !== undefined || input.accessKeySecret !== undefined || !isDeepStrictEqual(before, after)
}

/** What programs keep of a provider by the file, as far as it differs from what is stored. */
export async function toExtensionFields(
  { extensions = {}, sealedExtensions = [] }: Pick<FileProvider, 'extensions' | 'sealedExtensions'>,
  stored: Provider | null,
  fresh: ReadFresh,
): Promise<ExtensionFields> {
  const before = readExtensions(stored?.extensions)
  const different = Object.entries(extensions).flatMap(([namespace, properties]) => {
    const changed = Object.entries(properties).filter(([name, value]) => !isDeepStrictEqual(before[namespace]?.[name] ?? null, value))
    return changed.length === 0 ? [] : [[namespace, Object.fromEntries(changed)] as const]
  })
  const sealed: SealedExtensionInput[] = []
  for (const { namespace, name, valueFrom } of sealedExtensions) {
    const value = await fresh(sealedExtensionField({ namespace, name }), valueFrom)
    if (value !== undefined) sealed.push({ namespace, name, value })
  }
  return {
    extensions: different.length === 0 ? undefined : Object.fromEntries(different),
    sealedExtensions: sealed.length === 0 ? undefined : sealed,
  }
}
