/** Every kind of change that has to do with where a provider's secrets go, over every channel, with what each may lead to. */
import type { Change, State, Who } from './destination-states.ts'
import { changed, putBack, stateOf } from './destination-states.ts'
import type { Sent } from './interleavings.ts'
import { graphql } from './interleavings.ts'

/** A provider that is raced for, and what was read of it when it was made. */
export interface Victim {
  readonly number: number
  readonly name: string
  readonly id: string
  readonly uuid: string
  readonly keyId: string
  readonly keyUuid: string
  /** The sealed text of its first key. */
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
}

export interface Kind {
  readonly who: Who
  /** Whether it was done; one of two steps must never be half done. */
  readonly run: (world: World, victim: Victim, tag: string) => Promise<boolean>
  /** The states that it passes, when it is done. */
  readonly passes: (state: State, victim: Victim, tag: string) => readonly State[]
}

/** A secret of this change alone, so that it can be told from all others wherever it is seen. */
export const secretOf = (what: 'key' | 'relay', { number }: Pick<Victim, 'number'>, tag: string) =>
  `sk-${what}-${number}-${tag}-0123456789abcdef`

export const pathOf = (number: number, part = 'a') => `/t${number}/${part}/v1`

const mutation = (field: string, input: object): Sent => {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
  return graphql(`mutation ($input: ${type}!) { result: ${field}(input: $input) { __typename } }`, { input })
}
const updating = ({ id }: Victim, input: object) => mutation('updateProvider', { provider: { id }, ...input })

/** The network as it is, with parts of it in other words. */
function network({ relay, team }: Victim, parts: { relay?: string; team?: string; proxy?: string } = {}) {
  const headers = [
    { name: 'X-Relay-Token', value: parts.relay ?? masked(relay) },
    { name: 'X-Team', value: parts.team ?? team },
  ].filter(({ value }) => value !== '')
  return { extraHeaders: headers, ...(parts.proxy === undefined ? {} : { proxy: { type: 'HTTP', url: parts.proxy } }) }
}

/** As the gateway shows a sealed header: it stands for the stored value. */
const masked = (text: string) => (text === '' ? '' : `${text.slice(0, 4)}...${text.slice(-4)}`)

type Request = (world: World, victim: Victim, tag: string) => Sent
type Changes = (victim: Victim, tag: string) => Change

/** One request, and the change that it makes. */
function one(who: Who, request: Request, change: Changes): Kind {
  return {
    who,
    run: (world, victim, tag) => world.send(who, request(world, victim, tag)),
    passes: (state, victim, tag) => [changed(state, who, change(victim, tag))],
  }
}

/** The same, of a request that makes the provider when it is not there. */
function upsert(who: Who, request: Request, change: Changes): Kind {
  const kind = one(who, request, change)
  const fresh = (victim: Victim, { origin, keys }: Change) => (origin === undefined ? null : made(victim, keys?.[0] ?? null))
  return {
    ...kind,
    passes: (state, victim, tag) => (state === null ? [fresh(victim, change(victim, tag))] : kind.passes(state, victim, tag)),
  }
}

const base = ({ origins }: World, { number }: Victim, part?: string) => `${origins.new}${pathOf(number, part)}`
const key = (victim: Victim, tag: string) => secretOf('key', victim, tag)
const relay = (victim: Victim, tag: string) => (victim.relay === '' ? undefined : secretOf('relay', victim, tag))
const toNew = ({ number }: Victim): Change => ({ origin: 'new', path: pathOf(number) })
const newKeys = (victim: Victim, tag: string): Change => ({ keys: [key(victim, tag)] })
const withoutNetwork = { relay: null, team: '', isProxied: false } as const

const IN_GRAPHQL: Readonly<Record<string, Kind>> = {
  'an admin moves the base URL': one('admin', (world, victim) => updating(victim, { baseUrl: base(world, victim) }), toNew),
  'an admin moves the path': one(
    'admin',
    ({ origins }, victim) => updating(victim, { baseUrl: `${origins.old}${pathOf(victim.number, 'b')}` }),
    ({ number }) => ({ origin: 'old', path: pathOf(number, 'b') }),
  ),
  'an editor moves with all secrets given again': one(
    'editor',
    (world, victim, tag) => {
      const again = relay(victim, tag)
      const given = { baseUrl: base(world, victim), apiKeys: [{ add: { value: key(victim, tag) } }] }
      return updating(victim, { ...given, network: network(victim, again === undefined ? {} : { relay: again }) })
    },
    (victim, tag) => ({
      ...newKeys(victim, tag),
      ...toNew(victim),
      relay: relay(victim, tag) ?? null,
      team: victim.team,
      isProxied: false,
    }),
  ),
  'an editor moves and keeps': one('editor', (world, victim) => updating(victim, { baseUrl: base(world, victim) }), toNew),
  'an editor moves and keeps the key by its id': one(
    'editor',
    (world, victim) => updating(victim, { baseUrl: base(world, victim), apiKeys: [{ keep: { id: victim.keyId } }] }),
    toNew,
  ),
  'an editor puts a proxy in between': one(
    'editor',
    ({ origins }, victim) => updating(victim, { network: network(victim, { proxy: origins.proxy }) }),
    ({ team }) => ({ isProxied: true, team }),
  ),
  'an admin gives the key another value': one(
    'admin',
    (_world, victim, tag) => updating(victim, { apiKeys: [{ keep: { id: victim.keyId, value: key(victim, tag) } }] }),
    (victim, tag) => ({ firstKey: key(victim, tag) }),
  ),
  'an editor replaces all keys': one(
    'editor',
    (_world, victim, tag) => updating(victim, { apiKeys: [{ add: { value: key(victim, tag) } }] }),
    newKeys,
  ),
  'an editor upserts a key': upsert(
    'editor',
    (_world, victim, tag) => mutation('upsertProvider', { name: victim.name, apiKeys: [{ value: key(victim, tag) }] }),
    newKeys,
  ),
  'an admin upserts the base URL': upsert(
    'admin',
    (world, victim) => mutation('upsertProvider', { name: victim.name, baseUrl: base(world, victim) }),
    toNew,
  ),
  'an admin puts a proxy in between': one(
    'admin',
    ({ origins }, victim) => updating(victim, { network: network(victim, { proxy: origins.proxy }) }),
    ({ team }) => ({ isProxied: true, team }),
  ),
  'an admin takes the proxy away and gives another key': one(
    'admin',
    (_world, victim, tag) => updating(victim, { network: network(victim), apiKeys: [{ add: { value: key(victim, tag) } }] }),
    (victim, tag) => ({ ...newKeys(victim, tag), isProxied: false, team: victim.team }),
  ),
  'an admin changes the sealed header': one(
    'admin',
    (_world, victim, tag) => updating(victim, { network: network(victim, { relay: secretOf('relay', victim, tag) }) }),
    (victim, tag) => ({ relay: secretOf('relay', victim, tag), team: victim.team, isProxied: false }),
  ),
  'an admin changes the plain header': one(
    'admin',
    (_world, victim, tag) => updating(victim, { network: network(victim, { team: `team-${tag}` }) }),
    (_victim, tag) => ({ team: `team-${tag}`, isProxied: false }),
  ),
  'an admin drops the network': one(
    'admin',
    (_world, victim) => updating(victim, { network: {} }),
    () => withoutNetwork,
  ),
  'an admin changes the header of the key': one(
    'admin',
    (_world, victim) => updating(victim, { authentication: 'X-Own-Key' }),
    () => ({ authentication: 'x-own-key' }),
  ),
  'an admin changes where models are listed': one(
    'admin',
    (_world, victim) => updating(victim, { modelsPath: '/catalog' }),
    () => ({ modelsPath: '/catalog' }),
  ),
}

const IN_DIALECTS: Readonly<Record<string, Kind>> = {
  "an editor replaces the keys in Coder's API": one(
    'editor',
    (_world, victim, tag) => ({
      ...{ method: 'PATCH', path: `/api/v2/ai/providers/${victim.name}`, body: { api_keys: [{ api_key: key(victim, tag) }] } },
    }),
    newKeys,
  ),
  "an admin moves in Coder's API": one(
    'admin',
    (world, victim) => ({ method: 'PATCH', path: `/api/v2/ai/providers/${victim.name}`, body: { base_url: base(world, victim) } }),
    toNew,
  ),
  "an editor gives the key another value in Bifrost's API": one(
    'editor',
    (_world, victim, tag) => ({
      method: 'PUT',
      path: `/bifrost/api/providers/${victim.name}/keys/${victim.keyUuid}`,
      body: { value: key(victim, tag), models: ['*'], weight: 1 },
    }),
    (victim, tag) => ({ firstKey: key(victim, tag) }),
  ),
  "an admin moves in Bifrost's API, which resets what it leaves out": upsert(
    'admin',
    (world, victim) => ({
      method: 'PUT',
      path: `/bifrost/api/providers/${victim.name}`,
      body: {
        custom_provider_config: { base_provider_type: 'openai' },
        network_config: { base_url: base(world, victim) },
        concurrency_and_buffer_size: { concurrency: 1, buffer_size: 9 },
      },
    }),
    (victim) => ({ ...toNew(victim), ...withoutNetwork }),
  ),
  "an editor gives another key in Respan's API": one(
    'editor',
    (_world, victim, tag) => ({ method: 'PATCH', path: `/respan/api/providers/${victim.name}/`, body: { api_key: key(victim, tag) } }),
    newKeys,
  ),
  "an admin moves in Respan's API, where headers stand beside the base URL": one(
    'admin',
    (world, victim) => ({
      method: 'PATCH',
      path: `/respan/api/providers/${victim.name}/`,
      body: { extra_kwargs: { base_url: base(world, victim) } },
    }),
    (victim) => ({ ...toNew(victim), relay: null, team: '' }),
  ),
  "an admin moves with a new key in Ziri's API": upsert(
    'admin',
    (world, victim, tag) => ({
      method: 'POST',
      path: '/ziri/api/providers',
      body: { name: victim.name, apiKey: key(victim, tag), metadata: { baseUrl: base(world, victim) } },
    }),
    (victim, tag) => ({ ...newKeys(victim, tag), ...toNew(victim) }),
  ),
}

const OTHERS: Readonly<Record<string, Kind>> = {
  'an editor deletes it and makes one of the same name elsewhere': {
    who: 'editor',
    run: async (world, victim, tag) => {
      const deleted = await world.send('editor', mutation('deleteProvider', { provider: { id: victim.id } }))
      if (!deleted) return false
      const input = { name: victim.name, type: 'OPENAI', baseUrl: base(world, victim), apiKeys: [{ value: key(victim, tag) }] }
      await world.send('editor', mutation('upsertProvider', input))
      return true
    },
    passes: (_state, victim, tag) => [null, made(victim, key(victim, tag))],
  },
  'an admin deletes it': {
    who: 'admin',
    run: ({ send }, { id }) => send('admin', mutation('deleteProvider', { provider: { id } })),
    passes: () => [null],
  },
  'the encryption key is rotated': {
    who: 'admin',
    run: async ({ rotate }) => {
      await rotate()
      return true
    },
    passes: (state) => [state],
  },
  'the base URL is changed in the database': {
    who: 'hand',
    run: async (world, victim) => {
      await world.byHand(`UPDATE providers SET base_url = '${base(world, victim)}', version = version + 1 WHERE id = '${victim.uuid}'`)
      return true
    },
    passes: (state, victim) => [changed(state, 'hand', toNew(victim))],
  },
  'the old sealed text is put back in the database': {
    who: 'hand',
    run: async ({ byHand }, { sealed, keyUuid }) => {
      await byHand(`UPDATE api_key_secrets SET sealed = '${sealed}' WHERE api_key_id = '${keyUuid}'`)
      return true
    },
    passes: (state, { first }) => [putBack(state, first)],
  },
}

/** As one is made again: elsewhere, and with this key alone. */
function made({ number }: Victim, value: string | null): State {
  const route = { path: pathOf(number), isProxied: false, authentication: 'authorization', modelsPath: '/models', team: '' } as const
  return stateOf({ ...route, origin: 'new' }, value, null)
}

/** By what each is called in a failure. */
export const KINDS: ReadonlyMap<string, Kind> = new Map(Object.entries({ ...IN_GRAPHQL, ...IN_DIALECTS, ...OTHERS }))

/** Those that an editor may never do to a provider with stored secrets. */
export const THEFTS: readonly string[] = [
  'an editor moves and keeps',
  'an editor moves and keeps the key by its id',
  'an editor puts a proxy in between',
]
