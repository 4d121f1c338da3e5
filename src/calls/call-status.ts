import type { Database } from '../database/client.ts'
import { readTogether } from '../database/read-together.ts'
import { ENDPOINT_COLUMNS } from '../providers/key-endpoint.ts'
import { countKeys, type KeyCount } from './count-keys.ts'
import { type KeyAvailability, KeyStates } from './key-states.ts'
import { editionOf, identityOf, type KeyRow, type ReadProviderDeps, readProviderForCall, servingKeys } from './provider-for-call.ts'
import { createProviderSnapshots, type FindProvider } from './provider-snapshots.ts'

/** What calls know of providers and their keys, in this process: shared by those who call and those who ask how it goes. */
export interface CallStatus {
  readonly find: FindProvider
  readonly states: KeyStates
  /** Whether a call to the provider of this id would be forwarded now: it is enabled, and has a key that is free. */
  isCallable(id: string): Promise<boolean>
  /** How many stored keys there are, for the metrics. */
  countKeys(): Promise<readonly KeyCount[]>
  availabilityOf(key: KeyRow & { readonly enabled: boolean }): KeyAvailability
}

export interface CallStatusDeps extends ReadProviderDeps {
  readonly clock: () => Date
}

export function createCallStatus({ clock, ...deps }: CallStatusDeps): CallStatus {
  const states = new KeyStates(() => clock().getTime())
  const isCallable = readTogether((ids) => areCallable(deps.database, states, ids))
  return {
    find: createProviderSnapshots((name) => readProviderForCall(deps, name)),
    states,
    isCallable: async (id) => (await isCallable(id)) ?? false,
    countKeys: () => countKeys(deps.database, states),
    availabilityOf: (key) => states.availabilityOf({ id: key.id, enabled: key.enabled, edition: editionOf(key) }),
  }
}

const KEY = { ...ENDPOINT_COLUMNS, id: true, availabilityResets: true } as const

/** A provider without an endpoint is never enabled. A key that may find out whether its rest is over is free for the next call. */
async function areCallable({ prisma }: Database, states: KeyStates, ids: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
  const providers = await prisma.provider.findMany({
    where: { id: { in: [...ids] }, deletedAt: null },
    include: { apiKeys: { select: KEY } },
  })
  const isFree = (key: Parameters<KeyStates['readiness']>[0]) => states.readiness(key, null).kind !== 'resting'
  return new Map(
    providers.map((provider) => {
      const keys = servingKeys(provider, provider.apiKeys).map((key) => identityOf(provider, key))
      return [provider.id, provider.enabled && keys.some(isFree)]
    }),
  )
}
