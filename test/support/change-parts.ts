/** What the kinds of changes in `destination-changes.ts` are made of. */
import type { Change, Route, State, Who } from './destination-states.ts'
import { changed, stateOf } from './destination-states.ts'
import type { Sent } from './interleavings.ts'
import { graphql } from './interleavings.ts'

/** What a provider is: each kind of change is made for those of one family. */
export type Family = 'OpenAI' | 'Azure' | 'Bedrock by keys' | 'Bedrock by settings'

/** A provider that is raced for, and what was read of it when it was made. */
export interface Victim {
  readonly number: number
  readonly family: Family
  readonly name: string
  readonly id: string
  readonly uuid: string
  readonly keyId: string
  readonly keyUuid: string
  /** The sealed text of its first key; empty when it has none. */
  readonly sealed: string
  readonly first: State
  /** The values of its sealed and of its plain header; empty for none. */
  readonly relay: string
  readonly team: string
}

/** What changes need from the world around: where the servers are, and ways besides HTTP. */
export interface World {
  /** `http://127.0.0.1:<port>` of the two destinations, and of the proxy. */
  readonly origins: Readonly<Record<'old' | 'new' | 'proxy', string>>
  /** Whether it was accepted. */
  readonly send: (who: Who, sent: Sent) => Promise<boolean>
  readonly byHand: (statement: string) => Promise<void>
  readonly rotate: () => Promise<void>
  /** `gateway apply` of this file. Whether it was done. */
  readonly apply: (file: string) => Promise<boolean>
  /** Custom CA certificates, in PEM. */
  readonly caCertificate: string
}

export interface Kind {
  readonly who: Who
  /** Whether it was done; one of two steps must never be half done. */
  readonly run: (world: World, victim: Victim, tag: string) => Promise<boolean>
  /** The states that it passes, when it is done. */
  readonly passes: (state: State, victim: Victim, tag: string) => readonly State[]
}

/** A secret of this change alone, so that it can be told from all others wherever it is seen. */
export const secretOf = (what: 'key' | 'relay' | 'password' | 'draft', { number }: Pick<Victim, 'number'>, tag: string) =>
  `sk-${what}-${number}-${tag}-0123456789abcdef`

/** It means the same to each vendor. */
export const pathOf = (number: number, part = 'a') => `/t${number}/${part}/openai/v1`

/** Where drafts go that say they were of this provider. */
export const draftPathOf = (number: number) => `/draft${number}/v1`

export const mutation = (field: string, input: object): Sent => {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
  return graphql(`mutation ($input: ${type}!) { result: ${field}(input: $input) { __typename } }`, { input })
}
export const updating = ({ id }: Victim, input: object) => mutation('updateProvider', { provider: { id }, ...input })

/** The network as it is, with parts of it in other words. */
export function network(
  { relay, team }: Victim,
  parts: { relay?: string; team?: string; proxy?: string; password?: string; ca?: string; isUnverified?: boolean } = {},
) {
  const headers = [
    { name: 'X-Relay-Token', value: parts.relay ?? masked(relay) },
    { name: 'X-Team', value: parts.team ?? team },
  ].filter(({ value }) => value !== '')
  const login = parts.password === undefined ? {} : { username: PROXY_USER, password: parts.password }
  return {
    extraHeaders: headers,
    ...(parts.proxy === undefined ? {} : { proxy: { type: 'HTTP', url: parts.proxy, ...login } }),
    ...(parts.ca === undefined ? {} : { caCertificate: parts.ca }),
    ...(parts.isUnverified === undefined ? {} : { insecureSkipVerify: parts.isUnverified }),
  }
}

export const PROXY_USER = 'racer'

/** As the gateway shows a sealed header: it stands for the stored value. */
const masked = (text: string) => (text === '' ? '' : `${text.slice(0, 4)}...${text.slice(-4)}`)

type Request = (world: World, victim: Victim, tag: string) => Sent
type Changes = (victim: Victim, tag: string) => Change

/** One request, and the change that it makes. */
export function one(who: Who, request: Request, change: Changes): Kind {
  return {
    who,
    run: (world, victim, tag) => world.send(who, request(world, victim, tag)),
    passes: (state, victim, tag) => [changed(state, who, change(victim, tag))],
  }
}

/** The same, of a request that makes the provider when it is not there. */
export function upsert(who: Who, request: Request, change: Changes): Kind {
  const kind = one(who, request, change)
  const fresh = (victim: Victim, { origin, keys }: Change) => (origin === undefined ? null : made(victim, keys?.[0] ?? null))
  return {
    ...kind,
    passes: (state, victim, tag) => (state === null ? [fresh(victim, change(victim, tag))] : kind.passes(state, victim, tag)),
  }
}

export const base = ({ origins }: World, { number }: Victim, part?: string) => `${origins.new}${pathOf(number, part)}`
export const key = (victim: Victim, tag: string) => secretOf('key', victim, tag)
export const relay = (victim: Victim, tag: string) => (victim.relay === '' ? undefined : secretOf('relay', victim, tag))
export const toNew = ({ number }: Victim): Change => ({ origin: 'new', path: pathOf(number) })
export const newKeys = (victim: Victim, tag: string): Change => ({ keys: [key(victim, tag)] })
/** What a network configuration leaves of another one that it does not have. */
const direct = { isProxied: false, proxyUser: '', password: null, ca: '', isUnverified: false } as const
/** A new network configuration has the sealed header only where the change names it. */
export const replaced = ({ relay, team }: Victim) => ({ ...direct, team, ...(relay === '' ? { relay: null } : {}) })
export const withoutNetwork = { ...direct, relay: null, team: '' } as const
export const own = ({ number }: Victim) => ({ origin: 'new', path: pathOf(number, 'own') }) as const
/** What stands in environment variables of the gateway; endpoints do too, one for each provider. */
export const VARIABLES = {
  key: { name: 'RACES_KEY', value: 'sk-key-in-a-variable-0123456789abcdef' },
  region: { name: 'RACES_REGION', value: 'zz-races-2' },
  endpointOf: (number: number) => `RACES_ENDPOINT_${number}`,
} as const
export const ownEndpoint = (world: World, victim: Victim) => [{ name: 'endpoint', credential: { value: base(world, victim, 'own') } }]

/** But for the endpoint, of a provider without network settings. */
export const FIRST_ROUTE: Omit<Route, 'origin' | 'path'> = {
  ...{ isProxied: false, proxyUser: '', ca: '', isUnverified: false, callHeader: '', team: '', region: '', role: '' },
  ...{ authentication: 'authorization', modelsPath: '/models', callPath: '/chat/completions' },
}

/** As one is made again: elsewhere, and with this key alone. */
export function made({ number }: Victim, value: string | null): State {
  return stateOf({ ...FIRST_ROUTE, path: pathOf(number), origin: 'new' }, value, null)
}
