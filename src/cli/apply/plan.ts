import { isDeepStrictEqual } from 'node:util'
import { loadKeyComparison, loadPartComparison } from '../../api-keys/compare-secrets.ts'
import { GATEWAY_RULES } from '../../auth/caller-rules.ts'
import { secretVariables } from '../../config.ts'
import { createUpstream } from '../../create-upstream.ts'
import { canonicalUrl } from '../../destination/canonical-url.ts'
import { ValidationError } from '../../errors.ts'
import type { ApiKey, Provider } from '../../generated/prisma-sqlite/client.ts'
import { readCallHeaders, toStoredCallHeaders } from '../../providers/call-settings.ts'
import { readNetworkConfig } from '../../providers/network-config.ts'
import { checkMaskedHeaders } from '../../providers/network-input.ts'
import type { ProviderDeps } from '../../providers/provider-deps.ts'
import { checkProviderChanges, type NewProvider, type ProviderChanges } from '../../providers/provider-input.ts'
import { type ProviderWarning, warningsOf } from '../../providers/provider-warnings.ts'
import { planNetwork } from '../../providers/store-network.ts'
import { prepareChange } from '../../providers/update-provider.ts'
import { PartialFailure } from '../failure.ts'
import type { OpenWithKeys } from '../open.ts'
import { allOf } from '../pages.ts'
import { showPath } from './file-problems.ts'
import { madeByApply } from './made-by-apply.ts'
import { planNewProvider, warningsOfNew } from './plan-creation.ts'
import { planEach } from './plan-each.ts'
import { planKeys } from './plan-keys.ts'
import { changesBedrock, describeNetworkChanges, freshSecrets, toBedrockInput, toExtensionFields, toNetworkInput } from './plan-parts.ts'
import { type FileProvider, ofThisCommand } from './providers-file.ts'
import type { ReadSecret } from './read-secret.ts'

/** What is to happen to one provider. `said` and `warnings` are for people: masks only. */
export type PlanStep =
  | {
      readonly action: 'create'
      readonly name: string
      readonly said: readonly string[]
      readonly warnings: readonly string[]
      readonly provider: NewProvider
    }
  | {
      readonly action: 'change'
      readonly name: string
      readonly said: readonly string[]
      readonly warnings: readonly string[]
      readonly id: string
      readonly version: number
      readonly changes: ProviderChanges
    }
  | { readonly action: 'delete'; readonly name: string; readonly said: readonly string[]; readonly id: string; readonly version: number }
  | { readonly action: 'keep'; readonly name: string; readonly said: readonly string[] }

type StoredProvider = Provider & { readonly apiKeys: readonly ApiKey[] }

/** What the domain's commands need, under the policy that the server has. */
export function providerDeps({ config, database, keyring, clock }: OpenWithKeys): ProviderDeps {
  const outbound = createUpstream(config)
  if (config.PORT !== 0) outbound.addOwnSocket({ host: config.HOST, port: config.PORT })
  return { database, keyring, clock, readSecretVariable: secretVariables(config), ...outbound.deps }
}

/**
 * Compares the file with what is stored. Changes nothing.
 * @throws PartialFailure with the problems of all providers.
 */
export async function planProviders(
  open: OpenWithKeys,
  wanted: readonly FileProvider[],
  prune: boolean,
  read: ReadSecret,
): Promise<PlanStep[]> {
  const deps = providerDeps(open)
  const steps = await planEach(wanted, (provider) => planProvider(open, deps, provider, read))
  return prune ? [...steps, ...(await planPruning(open, wanted))] : steps
}

async function planProvider(open: OpenWithKeys, deps: ProviderDeps, wanted: FileProvider, read: ReadSecret): Promise<PlanStep> {
  const stored = await open.database.prisma.provider.findFirst({
    where: { name: wanted.name, deletedAt: null },
    include: { apiKeys: { orderBy: { number: 'asc' } } },
  })
  return stored === null ? planCreation(open, deps, wanted, read) : planChange(open, deps, wanted, stored, read)
}

async function planCreation(open: OpenWithKeys, deps: ProviderDeps, wanted: FileProvider, read: ReadSecret): Promise<PlanStep> {
  const provider = await planNewProvider(deps, open.caller, wanted, read)
  const keys = provider.apiKeys.length
  const said = [`${provider.type} at ${provider.baseUrl || 'no endpoint yet'}, ${keys === 1 ? '1 API key' : `${keys} API keys`}`]
  return { action: 'create', name: wanted.name, said, warnings: warningsOfNew(deps, provider).map(wordingOf), provider }
}

function wordingOf({ path, message }: ProviderWarning): string {
  return `${showPath(path)}: ${ofThisCommand(message)}`
}

async function planChange(
  open: OpenWithKeys,
  deps: ProviderDeps,
  wanted: FileProvider,
  stored: StoredProvider,
  read: ReadSecret,
): Promise<PlanStep> {
  const { id, name, version } = stored
  if (wanted.type !== undefined && wanted.type !== stored.type)
    throw new PartialFailure(`type: it is ${stored.type}, and the type of a provider cannot be changed. Give the new one another name.`)
  const comparison = {
    isValueOf: await loadKeyComparison(open.database.prisma, open.keyring, id),
    isPartOf: await loadPartComparison(open.database.prisma, open.keyring, id),
  }
  const keys = wanted.apiKeys && planKeys(wanted.apiKeys, stored.apiKeys, comparison, read)
  const changes: ProviderChanges = {
    displayName: different(wanted.displayName, stored.displayName),
    icon: different(wanted.icon, stored.icon),
    baseUrl: different(wanted.baseUrl, stored.baseUrl),
    enabled: different(wanted.enabled, stored.enabled),
    modelsPath: different(wanted.modelsPath, stored.modelsPath ?? ''),
    authentication: different(wanted.authentication, stored.authentication),
    testAfterWrites: wanted.testAfterWrites === stored.testAfterWrites ? undefined : wanted.testAfterWrites,
    callRoutes: wanted.callRoutes === stored.callRoutes ? undefined : wanted.callRoutes,
    callHeaders: sameHeaders(wanted.callHeaders, stored.callHeaders) ? undefined : wanted.callHeaders,
    asStored: wanted.asStored,
    ...(await planParts(wanted, stored, freshSecrets(open, stored, read))),
    apiKeys: keys?.changes,
  }
  const networkLines = changes.network === undefined ? [] : describeNetworkChanges(changes.network, stored)
  const maskIssues = changes.network === undefined ? [] : checkMaskedHeaders(changes.network, readNetworkConfig(stored.network))
  const issues = [...checkProviderChanges(changes, GATEWAY_RULES, deps), ...maskIssues]
  if (issues.length > 0) throw new ValidationError(issues)
  const keepsValues = keys === undefined ? stored.apiKeys.length > 0 : keys.keepsValues
  const said = [...describe(changes, stored, networkLines, keepsValues), ...(keys?.said ?? []).map((line) => `apiKeys: ${line}`)]
  if (said.length === 0) return { action: 'keep', name, said }
  await prepareChange(open.database.prisma, deps, open.caller, stored, changes, deps.clock())
  const network = changes.network ? planNetwork(changes.network, readNetworkConfig(stored.network)).config : stored.network
  const warnings = warningsOf(deps, { baseUrl: changes.baseUrl ?? stored.baseUrl, network }, []).map(wordingOf)
  return { action: 'change', name, said, warnings, id, version, changes }
}

function sameHeaders(wanted: readonly string[] | undefined, stored: unknown): boolean {
  return wanted === undefined || isDeepStrictEqual(toStoredCallHeaders(wanted), toStoredCallHeaders(readCallHeaders(stored)))
}

function different<Value>(wanted: Value | undefined, stored: Value): Value | undefined {
  return wanted === stored ? undefined : wanted
}

/** The parts that a file states as a whole, as far as they differ from what is stored. */
async function planParts(
  wanted: FileProvider,
  stored: StoredProvider,
  fresh: ReturnType<typeof freshSecrets>,
): Promise<Pick<ProviderChanges, 'settings' | 'network' | 'extensions' | 'sealedExtensions'>> {
  const settings = wanted.settings && (await toBedrockInput(wanted.settings.bedrock, fresh))
  const network = wanted.network && (await toNetworkInput(wanted.network, readNetworkConfig(stored.network), fresh))
  return {
    settings: settings !== undefined && changesBedrock(settings, stored) ? settings : undefined,
    network: network !== undefined && describeNetworkChanges(network, stored).length > 0 ? network : undefined,
    ...(await toExtensionFields(wanted, stored, fresh)),
  }
}

const TOLD = [
  ...(['displayName', 'icon', 'baseUrl', 'enabled', 'modelsPath', 'authentication', 'testAfterWrites'] as const),
  ...(['callRoutes', 'callHeaders'] as const),
] as const

function describe(changes: ProviderChanges, stored: Provider, networkLines: readonly string[], keepsValues: boolean): string[] {
  const fields = TOLD.flatMap((field) =>
    changes[field] === undefined ? [] : [`${field}: ${JSON.stringify(stored[field])} → ${JSON.stringify(changes[field])}`],
  )
  const isMoved = changes.baseUrl !== undefined && canonicalUrl(stored.baseUrl) !== canonicalUrl(changes.baseUrl)
  return [
    ...fields,
    ...(isMoved && keepsValues ? ['! the stored keys will be sent to the new address'] : []),
    ...(changes.settings === undefined ? [] : ['settings: new Bedrock settings']),
    ...networkLines,
    ...(changes.extensions === undefined ? [] : ['extensions: new values']),
    ...(changes.sealedExtensions === undefined ? [] : ['sealedExtensions: new values']),
  ]
}

/** Deletes what `apply` itself has created and the file no longer names: what people made in another way is theirs. */
async function planPruning({ database: { prisma } }: OpenWithKeys, wanted: readonly FileProvider[]): Promise<PlanStep[]> {
  const names = new Set(wanted.map(({ name }) => name))
  const select = { id: true, name: true, version: true } as const
  const stored = await allOf<Pick<Provider, keyof typeof select>>((last, take) =>
    prisma.provider.findMany({ where: { deletedAt: null, name: { gt: last?.name ?? '' } }, orderBy: { name: 'asc' }, take, select }),
  )
  const others = stored.filter(({ name }) => !names.has(name))
  const ids = others.map(({ id }) => id)
  const own = await madeByApply(prisma, 'provider.created', ids)
  return others.map(({ id, name, version }) =>
    own.has(id)
      ? { action: 'delete', name, said: ['no longer in the file'], id, version }
      : { action: 'keep', name, said: ['not in the file, and not made by apply: left alone'] },
  )
}
