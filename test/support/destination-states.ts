/**
 * What may be sent for a provider, in a few plain rules of their own: a secret goes where it was stored for, or where an admin
 * moved it, and nowhere else. The races of changes against tests and calls are held to it.
 */

/** A secret, and the destination that it was last bound to. */
interface Held {
  readonly value: string
  readonly bound: string
}

/** A key; `isFirst` for the row that the provider was made with. */
interface HeldKey extends Held {
  readonly isFirst: boolean
}

/** Where a provider's secrets go. */
export interface Route {
  readonly origin: 'old' | 'new'
  /** The path of the base URL. */
  readonly path: string
  readonly isProxied: boolean
  /** Which header has the key. */
  readonly authentication: 'authorization' | 'x-own-key'
  readonly modelsPath: string
  /** A plain header that belongs to the destination; empty for none. */
  readonly team: string
}

/** A provider as a race finds it; null when it is deleted. */
export type State = (Route & { readonly keys: readonly HeldKey[]; readonly relay: Held | null }) | null

/** One request as a recorder saw it, or as it may be. Empty texts stand for headers that are not there. */
export interface Seen {
  readonly origin: 'old' | 'new'
  readonly isProxied: boolean
  readonly path: string
  readonly keyHeader: string
  readonly key: string
  readonly relay: string
  readonly team: string
}

/** A change. Secrets left out stay; `null` for the header that is sealed is none. */
export interface Change extends Partial<Route> {
  readonly keys?: readonly string[]
  /** Replaces the value of the first key alone. */
  readonly firstKey?: string
  readonly relay?: string | null
}

/** Who changes: an admin takes the secrets along, an editor does not, and neither does who writes to the database. */
export type Who = 'admin' | 'editor' | 'hand'

/** A new provider, perhaps with a key, and perhaps with a sealed header. */
export function stateOf(route: Route, key: string | null, relay: string | null): State {
  const made = { ...route, relay: relay === null ? null : { value: relay, bound: '' } }
  const keys = key === null ? [] : [{ value: key, bound: destinationOfKeys(made), isFirst: true }]
  return { ...made, keys, relay: made.relay && { ...made.relay, bound: destinationOfRelay(made) } }
}

export function changed(state: State, who: Who, change: Change): State {
  if (state === null) return null
  const { keys: freshKeys, firstKey, relay: freshRelay, ...route } = change
  const relay = freshRelay === undefined ? state.relay : freshRelay === null ? null : { value: freshRelay, bound: '' }
  const after = { ...state, ...route, relay }
  const [keysNow, relayNow] = [destinationOfKeys(after), destinationOfRelay(after)]
  const taken = (held: Held, before: string, now: string) => (who === 'admin' && held.bound === before ? now : held.bound)
  const keys =
    freshKeys?.map((value) => ({ value, bound: keysNow, isFirst: false })) ??
    state.keys.map((held) =>
      firstKey !== undefined && held.isFirst
        ? { ...held, value: firstKey, bound: keysNow }
        : { ...held, bound: taken(held, destinationOfKeys(state), keysNow) },
    )
  const isRelayFresh = freshRelay !== undefined && relay !== null
  const bound = relay === null ? '' : isRelayFresh ? relayNow : taken(relay, destinationOfRelay(state), relayNow)
  return { ...after, keys, relay: relay && { ...relay, bound } }
}

/** The sealed text of another state is put back into the row of the first key. */
export function putBack(state: State, from: State): State {
  const old = from?.keys.find(({ isFirst }) => isFirst)
  if (state === null || old === undefined) return state
  return { ...state, keys: state.keys.map((held) => (held.isFirst ? old : held)) }
}

/** All that may be sent in a state: with each key that opens, and nothing at all when the sealed header does not. */
export function sendable(state: State): Seen[] {
  if (state === null) return []
  const { origin, isProxied, path, authentication, modelsPath, team, relay, keys } = state
  if (relay !== null && relay.bound !== destinationOfRelay(state)) return []
  const open = keys.filter(({ bound }) => bound === destinationOfKeys(state)).map(({ value }) => value)
  const credentials = keys.length === 0 ? [{ keyHeader: '', key: '' }] : open.map((key) => ({ keyHeader: authentication, key }))
  const shared = { origin, isProxied, relay: relay?.value ?? '', team }
  return ['/chat/completions', modelsPath].flatMap((route) => credentials.map((one) => ({ ...shared, path: path + route, ...one })))
}

/** The states that the changes lead to, in every order, with those in between. The last ones are the ends. */
export function statesOf(first: State, steps: readonly ((state: State) => readonly State[])[]): { all: State[]; ends: State[] } {
  if (steps.length === 0) return { all: [first], ends: [first] }
  const branches = steps.map((step, index) => {
    const passed = step(first)
    const rest = statesOf(passed.at(-1) ?? null, steps.toSpliced(index, 1))
    return { all: [...passed, ...rest.all], ends: rest.ends }
  })
  return { all: [first, ...branches.flatMap(({ all }) => all)], ends: branches.flatMap(({ ends }) => ends) }
}

type Destined = Route & { readonly relay: Held | null }

function destinationOfRelay({ origin, path, isProxied, authentication, modelsPath, team }: Destined): string {
  return JSON.stringify([origin, path, isProxied, authentication, modelsPath, team])
}

function destinationOfKeys(state: Destined): string {
  return JSON.stringify([destinationOfRelay(state), state.relay?.value ?? null])
}
