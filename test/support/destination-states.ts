/**
 * What may be sent for a provider, in a few plain rules of their own: a secret goes where it was stored for, or where an admin
 * moved it, and nowhere else. The races of changes against tests and calls are held to it.
 */

/** A secret, and the destination that it was last bound to. */
interface Held {
  readonly value: string
  readonly bound: string
}

/** A key, or an access key of AWS; `isFirst` for the one that the provider was made with. */
interface HeldKey extends Held {
  readonly isFirst: boolean
  readonly own: Own
}

/** What a key has for itself, in place of the provider's. */
export type Own = Partial<Endpoint & { readonly region: string; readonly role: string; readonly variable: string }>

interface Endpoint {
  readonly origin: 'old' | 'new'
  readonly path: string
}

/** Where a provider's secrets go. Empty texts are none. */
export interface Route extends Endpoint {
  readonly isProxied: boolean
  /** Who the gateway is to the proxy; empty for nobody. */
  readonly proxyUser: string
  /** Custom CA certificates; empty for none. */
  readonly ca: string
  readonly isUnverified: boolean
  /** Which header has the key. */
  readonly authentication: 'authorization' | 'x-own-key' | 'api-key'
  readonly modelsPath: string
  readonly callPath: string
  /** The header that callers may send along. */
  readonly callHeader: string
  /** Of AWS; a role is assumed at AWS itself, which no test reaches. */
  readonly region: string
  readonly role: string
  /** A plain header that belongs to the destination; empty for none. */
  readonly team: string
}

/** A provider as a race finds it; null when it is deleted. */
export type State = (Route & { readonly keys: readonly HeldKey[]; readonly relay: Held | null; readonly password: Held | null }) | null

/** One request as a recorder saw it, or as it may be. Empty texts stand for headers that are not there. */
export interface Seen {
  readonly origin: 'old' | 'new'
  readonly isProxied: boolean
  readonly path: string
  readonly keyHeader: string
  readonly key: string
  /** That a signature is for. */
  readonly region: string
  readonly relay: string
  readonly team: string
}

/** A change. Secrets left out stay; `null` for the header that is sealed is none. */
export interface Change extends Partial<Route> {
  readonly keys?: readonly string[]
  /** Replaces the value of the first key alone. */
  readonly firstKey?: string
  /** Gives the first key something of its own in place of what it has. */
  readonly firstOwn?: Own | ((own: Own) => Own)
  readonly relay?: string | null
  /** Of the proxy. */
  readonly password?: string | null
}

/** Who changes: an admin takes the secrets along, an editor does not, and neither does who writes to the database. */
export type Who = 'admin' | 'editor' | 'hand'

/** A new provider, perhaps with a key, and perhaps with a sealed header. */
export function stateOf(route: Route, key: string | null, relay: string | null, own: Own = {}): State {
  const header = relay === null ? null : { value: relay, bound: '' }
  const made = { ...route, relay: header, password: null, keys: key === null ? [] : [{ value: key, bound: '', isFirst: true, own }] }
  const keys = made.keys.map((held) => ({ ...held, bound: destinationOfKey(made, held) }))
  return { ...made, keys, relay: header && { ...header, bound: destinationOfRelay(made) } }
}

export function changed(state: State, who: Who, change: Change): State {
  if (state === null) return null
  const { keys: freshKeys, firstKey, firstOwn, relay: freshRelay, password: freshPassword, ...route } = change
  const given = (fresh: string | null | undefined, stored: Held | null) =>
    fresh === undefined ? stored : fresh === null ? null : { value: fresh, bound: '' }
  const keys =
    freshKeys?.map((value) => ({ value, bound: '', isFirst: false, own: {} })) ??
    state.keys.map((held) => (firstOwn === undefined || !held.isFirst ? held : { ...held, own: ownOf(held.own, firstOwn) }))
  const after = { ...state, ...route, keys, relay: given(freshRelay, state.relay), password: given(freshPassword, state.password) }
  const taken = (held: Held, before: string, now: string) => (who === 'admin' && held.bound === before ? now : held.bound)
  const shared = (held: Held | null, isFresh: boolean, before: string, now: string) =>
    held && { ...held, bound: isFresh ? now : taken(held, before, now) }
  const keysNow = keys.map((held, index) => {
    const now = destinationOfKey(after, held)
    if (freshKeys !== undefined) return { ...held, bound: now }
    if (firstKey !== undefined && held.isFirst) return { ...held, value: firstKey, bound: now }
    const before = state.keys[index]
    return { ...held, bound: before === undefined ? now : taken(held, destinationOfKey(state, before), now) }
  })
  return {
    ...after,
    keys: keysNow,
    relay: shared(after.relay, freshRelay !== undefined, destinationOfRelay(state), destinationOfRelay(after)),
    password: shared(after.password, freshPassword !== undefined, destinationOfPassword(state), destinationOfPassword(after)),
  }
}

function ownOf(before: Own, change: Exclude<Change['firstOwn'], undefined>): Own {
  return typeof change === 'function' ? change(before) : change
}

/** The sealed text of another state is put back into the row of the first key. */
export function putBack(state: State, from: State): State {
  const old = from?.keys.find(({ isFirst }) => isFirst)
  if (state === null || old === undefined) return state
  return { ...state, keys: state.keys.map((held) => (held.isFirst ? { ...old, own: held.own } : held)) }
}

/** All that may be sent in a state: with each key that opens, and nothing at all when what the provider itself has does not. */
export function sendable(state: State): Seen[] {
  if (state === null) return []
  const { isProxied, authentication, modelsPath, callPath, team, relay, password, keys } = state
  if (relay !== null && relay.bound !== destinationOfRelay(state)) return []
  if (password !== null && password.bound !== destinationOfPassword(state)) return []
  const open = keys.filter((held) => held.bound === destinationOfKey(state, held))
  const shared = { isProxied, relay: relay?.value ?? '', team }
  const credentials =
    keys.length === 0
      ? [{ ...placeOf(state, {}), keyHeader: '', key: '' }]
      : open.map(({ value, own }) => ({ ...placeOf(state, own), keyHeader: authentication, key: value }))
  const reachable = credentials.filter(({ role }) => role === '')
  return [callPath, modelsPath].flatMap((route) =>
    reachable.map(({ origin, path, region, keyHeader, key }) => ({ ...shared, origin, region, keyHeader, key, path: path + route })),
  )
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

type Destined = Exclude<State, null>

const withoutEndpoint = ({ isProxied, proxyUser, ca, isUnverified, authentication, modelsPath, callHeader, team }: Destined) => [
  ...[isProxied, proxyUser, ca, isUnverified, authentication, modelsPath, callHeader, team],
]

function placeOf({ origin, path, region, role }: Destined, own: Own) {
  return { origin, path, region, role, ...own }
}

/** What the provider itself has goes to the endpoints of its keys as well. */
function destinationOfRelay(state: Destined): string {
  const own = state.keys.flatMap(({ own: { origin, path, variable } }) =>
    path === undefined ? [] : [JSON.stringify([origin, path, variable])],
  )
  return JSON.stringify([placeOf(state, {}), ...withoutEndpoint(state), [...new Set(own)].sort()])
}

function destinationOfPassword(state: Destined): string {
  return JSON.stringify([destinationOfRelay(state), state.relay?.value ?? null])
}

function destinationOfKey(state: Destined, { own }: HeldKey): string {
  return JSON.stringify([placeOf(state, own), ...withoutEndpoint(state), state.relay?.value ?? null])
}
