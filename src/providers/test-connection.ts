import { checkSecretValue } from '../api-keys/api-key-input.ts'
import type { Caller } from '../auth/principal.ts'
import type { Secret } from '../crypto/secret.ts'
import { ProviderNotFoundError, ValidationError } from '../errors.ts'
import type { ConnectionTest, Provider } from '../generated/prisma-sqlite/client.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import type { Credential } from '../upstream/credential.ts'
import { DEFAULT_NETWORK } from '../upstream/network-settings.ts'
import { type Outcome, worstOf } from '../upstream/outcome.ts'
import type { ProbeRequest } from '../upstream/test-connection.ts'
import { acceptsBedrockSettings, type BedrockSettingsInput, checkBedrockSettings } from './bedrock-settings.ts'
import { storeTests, toRow } from './connection-test-store.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { checkBaseUrl, type ProviderRef, settingsNotSupported } from './provider-input.ts'
import { type Attempt, planAttempts, unreadableMessage } from './test-attempts.ts'

/** What a test needs besides what all commands do: one real call to an upstream, under the limits for all of them. */
export interface TestDeps extends ProviderDeps {
  /** Never throws for a reason of the upstream's. */
  readonly probe: (request: ProbeRequest) => Promise<Outcome>
  /** Runs a test of `queue` after the other tests of it, when there is room; null when none became free in time. */
  readonly inTestQueue: <Result>(queue: string, work: () => Promise<Result>) => Promise<Result | null>
}

/** Values to test that are not saved. */
export interface ConnectionDraft {
  readonly type: ProviderType
  readonly baseUrl: string
  readonly apiKey: Secret | undefined
  readonly settings: BedrockSettingsInput | undefined
}

/** What a test found: one row per key tried, and the worst of them, which stands for all. */
export interface TestedConnection {
  readonly worst: ConnectionTest
  readonly tests: readonly ConnectionTest[]
  /** Null for a draft. */
  readonly providerId: string | null
}

/** How many keys of one provider are tried at the same time. */
const KEYS_AT_ONCE = 4

/**
 * Calls the upstream of a stored provider with the key asked for, or with each enabled one, and stores what it found.
 * A refusal by the upstream is a result.
 * @throws ProviderNotFoundError, ApiKeyNotFoundError.
 */
export async function testSavedConnection(
  deps: TestDeps,
  caller: Caller,
  ref: ProviderRef,
  apiKeyId: string | undefined,
): Promise<TestedConnection> {
  const provider = await deps.database.prisma.provider.findFirst({ where: { ...ref, deletedAt: null } })
  if (provider === null) throw new ProviderNotFoundError()
  const attempts = await planAttempts(deps.database.prisma, deps.keyring, provider, apiKeyId)
  const now = deps.clock()
  const tests =
    'notTestable' in attempts
      ? [toRow(ownOutcome('NOT_TESTABLE', attempts.notTestable), provider.id, null, now)]
      : ((await deps.inTestQueue(provider.id, () => tryAll(deps, provider, attempts, now))) ?? [toRow(busy(), provider.id, null, now)])
  await storeTests(deps.database, caller, provider, tests, now)
  return summarize(tests, provider.id)
}

/**
 * Calls the upstream with values that are not saved; nothing is stored.
 * @throws ValidationError.
 */
export async function testDraftConnection(deps: TestDeps, caller: Caller, draft: ConnectionDraft): Promise<TestedConnection> {
  const issues = [
    ...checkBaseUrl(draft.baseUrl, caller.channel, deps.checkEndpoint),
    ...(draft.apiKey === undefined ? [] : checkSecretValue(draft.apiKey, ['apiKey'], caller.channel === 'coder')),
    ...(draft.settings === undefined ? [] : checkBedrockSettings(draft.settings, caller.channel === 'coder')),
    ...(draft.settings !== undefined && !acceptsBedrockSettings(draft.type) ? [settingsNotSupported()] : []),
  ]
  if (issues.length > 0) throw new ValidationError(issues)
  const request = {
    type: draft.type,
    baseUrl: draft.baseUrl,
    vendorPreset: null,
    credential: draftCredential(draft),
    network: DEFAULT_NETWORK,
  }
  const outcome = (await deps.inTestQueue(`draft of ${caller.principal.tokenId}`, () => deps.probe(request))) ?? busy()
  return summarize([toRow(outcome, '', null, deps.clock())], null)
}

async function tryAll(deps: TestDeps, provider: Provider, attempts: readonly Attempt[], now: Date): Promise<ConnectionTest[]> {
  const rows: ConnectionTest[] = []
  for (let start = 0; start < attempts.length; start += KEYS_AT_ONCE) {
    const batch = attempts.slice(start, start + KEYS_AT_ONCE)
    rows.push(
      ...(await Promise.all(
        batch.map(async (attempt) => toRow(await tryOne(deps, provider, attempt), provider.id, attempt.apiKeyId, now)),
      )),
    )
  }
  return rows
}

async function tryOne(deps: TestDeps, provider: Provider, attempt: Attempt): Promise<Outcome> {
  let credential: Credential
  try {
    credential = await attempt.credential()
  } catch (error) {
    return ownOutcome('NOT_TESTABLE', unreadableMessage(error))
  }
  const { type, baseUrl, vendorPreset } = provider
  return deps.probe({ type, baseUrl, vendorPreset, credential, network: DEFAULT_NETWORK })
}

function draftCredential({ apiKey, settings }: ConnectionDraft): Credential {
  if (settings === undefined) return apiKey === undefined ? { kind: 'none' } : { kind: 'apiKey', apiKey }
  const { accessKey, accessKeySecret, region, roleArn, externalId } = settings
  return {
    kind: 'aws',
    keyPair: accessKey && accessKeySecret ? { accessKey, accessKeySecret } : null,
    apiKey: apiKey ?? null,
    region: region ?? null,
    roleArn: roleArn ?? null,
    externalId: externalId ?? null,
  }
}

function ownOutcome(status: Outcome['status'], message: string): Outcome {
  return { status, message, httpStatus: null, keyVerified: false, models: [], durationMs: 0 }
}

function busy(): Outcome {
  return ownOutcome('RATE_LIMITED', 'Too many connection tests are under way at the gateway. Try again in a few seconds.')
}

function summarize(tests: readonly ConnectionTest[], providerId: string | null): TestedConnection {
  const worst = worstOf(tests)
  if (worst === null) throw new Error('A connection test has at least one result.')
  return { worst, tests, providerId }
}
