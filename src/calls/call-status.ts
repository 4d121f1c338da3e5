import { type KeyAvailability, KeyStates } from './key-states.ts'
import { editionOf, type KeyRow, type ProviderForCall, type ReadProviderDeps, readProviderForCall } from './provider-for-call.ts'
import { createProviderSnapshots, type FindProvider } from './provider-snapshots.ts'

/** What calls know of providers and their keys, in this process: shared by those who call and those who ask how it goes. */
export interface CallStatus {
  readonly find: FindProvider
  readonly states: KeyStates
  /** Whether a call to the provider of this name would be forwarded now: it is enabled, and has a key that is free. */
  isCallable(name: string): Promise<boolean>
  availabilityOf(key: KeyRow & { readonly enabled: boolean }): KeyAvailability
}

export interface CallStatusDeps extends ReadProviderDeps {
  readonly clock: () => Date
}

export function createCallStatus({ clock, ...deps }: CallStatusDeps): CallStatus {
  const find = createProviderSnapshots((name) => readProviderForCall(deps, name))
  const states = new KeyStates(() => clock().getTime())
  return {
    find,
    states,
    isCallable: async (name) => {
      const provider = await find(name, await deps.database.currentState())
      return provider !== null && hasFreeKey(provider, states)
    },
    availabilityOf: (key) => states.availabilityOf({ id: key.id, enabled: key.enabled, edition: editionOf(key) }),
  }
}

/** A provider without an endpoint is never enabled. A key that may find out whether its rest is over is free for the next call. */
function hasFreeKey({ enabled, keys }: ProviderForCall, states: KeyStates): boolean {
  return enabled && keys.some((key) => states.readiness(key, null).kind !== 'resting')
}
