import { checkSecretValue } from '../api-keys/api-key-input.ts'
import { checkPastedKey } from '../api-keys/pasted-key.ts'
import { DRAFT_TESTED, recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { Secret } from '../crypto/secret.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import { DEFAULT_NETWORK, type NetworkSettings } from '../upstream/client/network-settings.ts'
import { tooManyWaiting } from '../upstream/test/limiter.ts'
import type { Credential } from '../upstream/vendors/credential.ts'
import { acceptsBedrockSettings, type BedrockSettingsInput, checkBedrockSettings, checkKeyPair } from './bedrock-settings.ts'
import { toRow } from './connection-test-store.ts'
import { completeNetwork } from './network-config.ts'
import type { NetworkInput } from './network-input.ts'
import { checkBaseUrl, checkFreshNetwork, settingsNotSupported } from './provider-input.ts'
import { planNetwork } from './store-network.ts'
import { summarize, type TestCaller, type TestDeps, type TestedConnection } from './test-saved-connection.ts'

/** Values to test that are not saved. */
export interface ConnectionDraft {
  readonly type: ProviderType
  readonly baseUrl: string
  readonly apiKey: Secret | undefined
  readonly settings: BedrockSettingsInput | undefined
  readonly network: NetworkInput | undefined
}

/**
 * Calls the upstream with values that are not saved; nothing that is stored is used, and nothing is stored but the audit
 * event of who called which host.
 * @throws ValidationError; Fault when the client has left.
 */
export async function testDraftConnection(deps: TestDeps, caller: TestCaller, draft: ConnectionDraft): Promise<TestedConnection> {
  const issues = checkDraft(deps, caller, draft)
  if (issues.length > 0) throw new ValidationError(issues.map((issue) => ({ ...issue, path: ['draft', ...issue.path] })))
  const { type, baseUrl } = draft
  const done = deps.admitTest(caller.principal.tokenId)
  if (done === null) return summarize([toRow(tooManyWaiting(), '', null, deps.clock())], null)
  const request = { type, baseUrl, vendorPreset: null, credential: draftCredential(draft), network: draftNetwork(draft) }
  const of = { provider: null, token: caller.principal.tokenId, left: caller.left }
  const outcomes = await deps.runTests(of, [() => deps.probe(request, caller.left)]).finally(done)
  const now = deps.clock()
  const tests = outcomes.map((outcome) => toRow(outcome, '', null, now))
  const changes = { type, endpoint: new URL(baseUrl).origin, tests: tests.map(({ status }) => ({ status })) }
  const event = { action: DRAFT_TESTED, subjectType: 'provider', subjectId: '', changes } as const
  await deps.database.write((transaction) => recordAudit(transaction, caller, event, now))
  return summarize(tests, null)
}

function checkDraft(deps: TestDeps, { rules }: Caller, { type, baseUrl, apiKey, settings, network }: ConnectionDraft): ValidationIssue[] {
  const anyText = rules.keyCharacters === 'any'
  return [
    ...checkBaseUrl(baseUrl, rules, deps, network),
    ...(rules.refusesPastedText ? [...checkPastedKey(apiKey, ['apiKey']), ...checkKeyPair(settings, null)] : []),
    ...(apiKey === undefined ? [] : checkSecretValue(apiKey, ['apiKey'], anyText)),
    ...(settings === undefined ? [] : checkBedrockSettings(settings, anyText)),
    ...(settings !== undefined && !acceptsBedrockSettings(type) ? [settingsNotSupported()] : []),
    ...(network === undefined ? [] : checkFreshNetwork(network, deps)),
  ]
}

function draftNetwork({ network }: ConnectionDraft): NetworkSettings {
  if (network === undefined) return DEFAULT_NETWORK
  const { config, fresh } = planNetwork(network, null)
  return completeNetwork(config, fresh)
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
