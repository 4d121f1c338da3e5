import { apiKeyOpener, type OpenedKey } from '../api-keys/open-api-keys.ts'
import type { StoredKeys } from '../api-keys/plan-key-changes.ts'
import { openField } from '../api-keys/provider-secrets.ts'
import { readStoredProvider, type StoredProvider } from '../api-keys/read-stored-provider.ts'
import { Secret } from '../crypto/secret.ts'
import type { Database } from '../database/client.ts'
import { toUnavailable } from '../database/failures.ts'
import type { ApiKey, Provider } from '../generated/prisma-sqlite/client.ts'
import type { NetworkSettings } from '../upstream/client/network-settings.ts'
import type { AwsCredential, Credential } from '../upstream/vendors/credential.ts'
import { readBedrockSettings } from './bedrock-settings.ts'
import { regionalEndpoint } from './key-endpoint.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { ProviderRef } from './provider-input.ts'
import { networkOpener } from './store-network.ts'

/** What one call to an upstream is made with. */
export interface OpenedForCall {
  /** Where the call goes: the key's own endpoint, or the provider's. Empty for none. */
  readonly baseUrl: string
  readonly credential: Credential
  readonly network: NetworkSettings
}

/**
 * Reads everything that a test or a call of a live provider needs, in one state of the data: at the moment of use, not when
 * it was asked for. Null when there is none. May be kept for as long as that state lasts; secrets are opened for each attempt.
 * @throws Fault SERVICE_UNAVAILABLE.
 */
export async function readProviderForUse({ prisma }: Database, ref: ProviderRef): Promise<StoredProvider | null> {
  try {
    return await readStoredProvider(prisma, ref)
  } catch (error) {
    throw toUnavailable(error)
  }
}

/**
 * Opens what one attempt needs: with one of the keys, or, with null, with what the provider itself has.
 * @throws UnreadableSecretError when a secret was stored for another destination, or cannot be read; SecretVariableError.
 */
export function openForCall(deps: OpenForCallDeps, use: StoredProvider, key: ApiKey | null): OpenedForCall {
  return callOpener(deps, use, key)()
}

type OpenForCallDeps = Pick<ProviderDeps, 'keyring' | 'readSecretVariable'>

/** Opens what an attempt needs each time that it is called, as `openForCall` does: nothing that it has opened is kept. */
export function callOpener(
  { keyring, readSecretVariable }: OpenForCallDeps,
  { provider, stored }: StoredProvider,
  key: ApiKey | null,
): () => OpenedForCall {
  const openKey = key === null ? null : apiKeyOpener(keyring, stored, key, readSecretVariable)
  const openNetwork = networkOpener(keyring, stored)
  return () => {
    const opened = openKey?.() ?? null
    const credential = opened === null ? ownCredential(keyring, provider, stored) : credentialOf(provider, opened)
    const baseUrl = opened?.endpoint || provider.baseUrl || regionalEndpoint(provider.type, opened)
    return { baseUrl, credential, network: openNetwork() }
  }
}

function credentialOf({ type }: Provider, { value, parts }: OpenedKey): Credential {
  if (type !== 'BEDROCK') return value === null ? { kind: 'none' } : { kind: 'apiKey', apiKey: value }
  const text = (name: string) => parts.get(name)?.reveal() ?? null
  return {
    kind: 'aws',
    keyPair: keyPairOf(parts.get('aws.accessKeyId'), parts.get('aws.secretAccessKey'), parts.get('aws.sessionToken')),
    apiKey: value,
    region: text('aws.region'),
    roleArn: text('aws.roleArn'),
    externalId: text('aws.externalId'),
  }
}

function ownCredential(keyring: ProviderDeps['keyring'], provider: Provider, { rows, sealed }: StoredKeys): Credential {
  const settings = readBedrockSettings(provider.settings)
  if (settings === null) return { kind: 'none' }
  const [accessKey, accessKeySecret] = [
    openField(keyring, rows, sealed, 'bedrock.accessKey'),
    openField(keyring, rows, sealed, 'bedrock.accessKeySecret'),
  ]
  return {
    kind: 'aws',
    keyPair: keyPairOf(accessKey, accessKeySecret),
    apiKey: null,
    region: settings.region ?? null,
    roleArn: settings.roleArn ?? null,
    externalId: settings.externalId ?? null,
  }
}

/** Half a pair, which some dialects accept, stays half: the test says which half is missing. */
function keyPairOf(
  accessKey: Secret = NOTHING,
  accessKeySecret: Secret = NOTHING,
  sessionToken: Secret = NOTHING,
): AwsCredential['keyPair'] {
  const isNone = accessKey.reveal() === '' && accessKeySecret.reveal() === ''
  return isNone ? null : { accessKey, accessKeySecret, sessionToken }
}

const NOTHING = new Secret('')
