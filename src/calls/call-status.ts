import type { Database } from '../database/client.ts'
import { readTogether } from '../database/read-together.ts'
import { ENDPOINT_COLUMNS } from '../providers/key-endpoint.ts'
import { Breakers } from '../routes/breaker.ts'
import { servesModel } from './choose-key.ts'
import { countKeys, type KeyCount } from './count-keys.ts'
import { type KeyAvailability, KeyStates } from './key-states.ts'
import {
  editionOf,
  identityOf,
  type KeyRow,
  modelGlobsOf,
  type ReadProviderDeps,
  readProviderForCall,
  servingKeys,
} from './provider-for-call.ts'
import { createSnapshots, type FindProvider } from './provider-snapshots.ts'

/** What calls know of providers and their keys, in this process: shared by those who call and those who ask how it goes. */
export interface CallStatus {
  readonly find: FindProvider
  readonly states: KeyStates
  /** Whether a call to the provider of this id would be forwarded now: it is enabled, and has a key that is free. */
  isCallable(id: string): Promise<boolean>
  /** How many stored keys there are, for the metrics. */
  countKeys(): Promise<readonly KeyCount[]>
  readonly breakers: Breakers
  /** Whether a call of a route would use the target now. */
  targetState(target: StatedTarget): Promise<TargetState>
  availabilityOf(key: KeyRow & { readonly enabled: boolean }): KeyAvailability
}

export type TargetState = 'READY' | 'NO_KEY' | 'BREAKER_OPEN' | 'PROVIDER_DISABLED' | 'PROVIDER_DELETED'

/** A target of a route, with what its provider's row says. */
export interface StatedTarget {
  readonly providerId: string
  readonly model: string
  readonly enabled: boolean
  readonly deletedAt: Date | null
}

export interface CallStatusDeps extends ReadProviderDeps {
  readonly clock: () => Date
}

export function createCallStatus({ clock, ...deps }: CallStatusDeps): CallStatus {
  const now = () => clock().getTime()
  const states = new KeyStates(now)
  const breakers = new Breakers(now)
  const isCallable = readTogether((asked) => areCallable(deps.database, states, asked))
  const targetState = async ({ providerId, model, enabled, deletedAt }: StatedTarget): Promise<TargetState> => {
    if (deletedAt !== null) return 'PROVIDER_DELETED'
    if (!enabled) return 'PROVIDER_DISABLED'
    if (breakers.state(providerId, model).kind === 'open') return 'BREAKER_OPEN'
    return (await isCallable(askedOf(providerId, model))) ? 'READY' : 'NO_KEY'
  }
  return {
    find: createSnapshots((name) => readProviderForCall(deps, name)),
    states,
    countKeys: () => countKeys(deps.database, states),
    breakers,
    targetState,
    isCallable: async (id) => (await isCallable(askedOf(id, null))) ?? false,
    availabilityOf: (key) => states.availabilityOf({ id: key.id, enabled: key.enabled, edition: editionOf(key) }),
  }
}

const KEY = { ...ENDPOINT_COLUMNS, id: true, availabilityResets: true, models: true, exceptModels: true } as const

/** A provider, and the model that it is asked for; null for any. */
function askedOf(id: string, model: string | null): string {
  return `${id} ${model ?? ''}`
}

/** A provider without an endpoint is never enabled. A key that may find out whether its rest is over is free for the next call. */
async function areCallable({ prisma }: Database, states: KeyStates, asked: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
  const pairs = asked.map((one) => [one, one.slice(0, one.indexOf(' ')), one.slice(one.indexOf(' ') + 1) || null] as const)
  const providers = await prisma.provider.findMany({
    where: { id: { in: [...new Set(pairs.map(([, id]) => id))] }, deletedAt: null },
    include: { apiKeys: { select: KEY } },
  })
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  const isCallable = (id: string, model: string | null) => {
    const provider = byId.get(id)
    if (!provider?.enabled) return false
    const fitting = servingKeys(provider, provider.apiKeys).filter((key) => key === null || servesModel(modelGlobsOf(key), model))
    return fitting.some((key) => states.readiness(identityOf(provider, key), model).kind !== 'resting')
  }
  return new Map(pairs.map(([one, id, model]) => [one, isCallable(id, model)]))
}
