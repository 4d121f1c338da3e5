import { ENDPOINT_PATHS } from '../api-keys/bifrost-key.ts'
import { loadApiKeys, type UsableApiKey } from '../api-keys/open-api-keys.ts'
import { openProviderSecrets } from '../api-keys/provider-secrets.ts'
import type { SecretOwner } from '../api-keys/secret-owner.ts'
import { SecretVariableError } from '../api-keys/secret-variable.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { Secret } from '../crypto/secret.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { TransactionClient } from '../database/client.ts'
import { ApiKeyNotFoundError } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { isRegion } from '../upstream/vendors/bedrock-endpoint.ts'
import type { Credential } from '../upstream/vendors/credential.ts'
import { type BedrockSettings, readBedrockSettings } from './bedrock-settings.ts'
import type { ProviderDeps } from './provider-deps.ts'

/** One call that a test makes: with which stored key, if any, and how to open what it needs. */
export interface Attempt {
  readonly apiKeyId: string | null
  /** Opens the secrets, just before the call. @throws UnreadableSecretError, SecretVariableError. */
  open(): Promise<Opened>
}

/** What a call is made with. */
interface Opened {
  readonly credential: Credential
  /** The endpoint of the key alone; null for the provider's. */
  readonly baseUrl: string | null
}

/** Attempts to make, or why there is none to make. */
export type Attempts = readonly Attempt[] | { readonly notTestable: string }

/**
 * Decides what a test of a stored provider tries: the key asked for, even a disabled one; else every enabled key; else
 * what the settings hold.
 * @throws ApiKeyNotFoundError when the key asked for is not this provider's.
 */
export async function planAttempts(
  database: TransactionClient,
  { keyring, readSecretVariable }: Pick<ProviderDeps, 'keyring' | 'readSecretVariable'>,
  provider: Provider,
  apiKeyId: string | undefined,
): Promise<Attempts> {
  const owner = { providerId: provider.id, type: provider.type, baseUrl: provider.baseUrl }
  const keys = await loadApiKeys(database, keyring, owner, readSecretVariable)
  const asked = keys.find((key) => key.id === apiKeyId)
  if (apiKeyId !== undefined && asked === undefined) throw new ApiKeyNotFoundError(apiKeyId)
  if (provider.baseUrl === '' && keys.length === 0) return { notTestable: 'The provider has no endpoint yet. Give it a base URL first.' }
  const settings = readBedrockSettings(provider.settings)
  if (settings !== null)
    return [
      { apiKeyId: null, open: async () => ({ credential: await openAwsCredential(database, keyring, owner, settings), baseUrl: null }) },
    ]
  if (keys.length === 0) return [{ apiKeyId: null, open: async () => ({ credential: { kind: 'none' }, baseUrl: null }) }]
  const enabled = asked === undefined ? keys.filter((key) => key.enabled) : [asked]
  if (enabled.length === 0) return { notTestable: 'All keys of the provider are disabled. Enable one, or name the key to test.' }
  return enabled.map((key) => ({ apiKeyId: key.id, open: () => openKey(key, provider) }))
}

/** A key of Bifrost can have an endpoint of its own, and credentials beside its value (Bifrost contract, section 2.6). */
async function openKey(key: UsableApiKey, { type, baseUrl }: Provider): Promise<Opened> {
  const value = key.read()
  const config = await key.readConfig()
  const own = ENDPOINT_PATHS.map((path) => config.get(path)).find((url) => url !== undefined && url !== '') ?? null
  if (type !== 'BEDROCK') return { credential: value === null ? { kind: 'none' } : { kind: 'apiKey', apiKey: value }, baseUrl: own }
  const part = (name: string) => config.get(`bedrock_key_config.${name}`) ?? null
  const [accessKey, secretKey, region] = [part('access_key'), part('secret_key'), part('region')]
  const keyPair = accessKey && secretKey ? { accessKey: new Secret(accessKey), accessKeySecret: new Secret(secretKey) } : null
  const credential = { kind: 'aws', keyPair, apiKey: value, region, roleArn: part('role_arn'), externalId: part('external_id') } as const
  return { credential, baseUrl: baseUrl === '' && region !== null && isRegion(region) ? `https://bedrock.${region}.amazonaws.com` : null }
}

async function openAwsCredential(
  database: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  settings: BedrockSettings,
): Promise<Credential> {
  const secrets = await openProviderSecrets(database, keyring, owner)
  const accessKey = secrets.get('bedrock.accessKey')
  const accessKeySecret = secrets.get('bedrock.accessKeySecret')
  return {
    kind: 'aws',
    keyPair: accessKey !== undefined && accessKeySecret !== undefined ? { accessKey, accessKeySecret } : null,
    apiKey: null,
    region: settings.region ?? null,
    roleArn: settings.roleArn ?? null,
    externalId: settings.externalId ?? null,
  }
}

/** What to say when a secret is not to be had: nothing is sent then. */
export function unreadableMessage(error: unknown): string {
  if (error instanceof SecretVariableError) return error.message
  if (!(error instanceof UnreadableSecretError)) throw error
  return error.reason === 'UNKNOWN_KEY'
    ? 'A stored secret is sealed with an encryption key that is not configured here. Add that key to ENCRYPTION_KEYS, or store the secret again.'
    : 'A stored secret cannot be opened: it was changed outside of the gateway. Store it again.'
}
