/** Every kind of change that has to do with where a provider's secrets go, over every channel, with what each may lead to. */

import {
  base,
  draftPathOf,
  type Family,
  type Kind,
  key,
  made,
  mutation,
  network,
  newKeys,
  one,
  pathOf,
  relay,
  replaced,
  secretOf,
  toNew,
  updating,
  upsert,
  withoutNetwork,
} from './change-parts.ts'
import { OF_KEYS_AND_NETWORK } from './changes-of-network.ts'
import { OF_AZURE, OF_BEDROCK_KEYS, OF_BEDROCK_SETTINGS } from './changes-of-vendors.ts'
import { changed, putBack } from './destination-states.ts'

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
      const given = { baseUrl: base(world, victim), apiKeys: [{ add: { credential: { value: key(victim, tag) } } }] }
      return updating(victim, { ...given, network: network(victim, again === undefined ? {} : { relay: again }) })
    },
    (victim, tag) => ({
      ...newKeys(victim, tag),
      ...toNew(victim),
      ...replaced(victim),
      relay: relay(victim, tag) ?? null,
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
    (victim) => ({ ...replaced(victim), isProxied: true }),
  ),
  'an admin gives the key another value': one(
    'admin',
    (_world, victim, tag) => updating(victim, { apiKeys: [{ keep: { id: victim.keyId, credential: { value: key(victim, tag) } } }] }),
    (victim, tag) => ({ firstKey: key(victim, tag) }),
  ),
  'an editor replaces all keys': one(
    'editor',
    (_world, victim, tag) => updating(victim, { apiKeys: [{ add: { credential: { value: key(victim, tag) } } }] }),
    newKeys,
  ),
  'an editor upserts a key': upsert(
    'editor',
    (_world, victim, tag) => mutation('upsertProvider', { name: victim.name, apiKeys: [{ credential: { value: key(victim, tag) } }] }),
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
    (victim) => ({ ...replaced(victim), isProxied: true }),
  ),
  'an admin takes the proxy away and gives another key': one(
    'admin',
    (_world, victim, tag) =>
      updating(victim, { network: network(victim), apiKeys: [{ add: { credential: { value: key(victim, tag) } } }] }),
    (victim, tag) => ({ ...newKeys(victim, tag), ...replaced(victim) }),
  ),
  'an admin changes the sealed header': one(
    'admin',
    (_world, victim, tag) => updating(victim, { network: network(victim, { relay: secretOf('relay', victim, tag) }) }),
    (victim, tag) => ({ ...replaced(victim), relay: secretOf('relay', victim, tag) }),
  ),
  'an admin changes the plain header': one(
    'admin',
    (_world, victim, tag) => updating(victim, { network: network(victim, { team: `team-${tag}` }) }),
    (victim, tag) => ({ ...replaced(victim), team: `team-${tag}` }),
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
    // A PUT has all that the key is to have: an endpoint of its own, too.
    (victim, tag) => ({ firstKey: key(victim, tag), firstOwn: {} }),
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
    (victim) => ({ ...toNew(victim), ...withoutNetwork, modelsPath: '/models' }),
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
      // Without a type, so that it passes too when an upsert of another API has made one meanwhile.
      const input = { name: victim.name, baseUrl: base(world, victim), apiKeys: [{ credential: { value: key(victim, tag) } }] }
      await world.send('editor', mutation('upsertProvider', input))
      return true
    },
    // In between, an upsert of somebody else may have made one without a key.
    passes: (_state, victim, tag) => [null, made(victim, null), made(victim, key(victim, tag))],
  },
  'an admin applies a file that moves it': {
    who: 'admin',
    run: (world, victim) => world.apply(`providers:\n  - { name: ${victim.name}, type: OPENAI, baseUrl: "${base(world, victim)}" }\n`),
    passes: (state, victim) => [state === null ? made(victim, null) : changed(state, 'admin', toNew(victim))],
  },
  'an editor tests a draft of it elsewhere': {
    who: 'editor',
    run: async (world, victim, tag) => {
      const draft = { type: 'OPENAI', baseUrl: world.origins.new + draftPathOf(victim.number), apiKey: secretOf('draft', victim, tag) }
      return world.send('editor', mutation('testConnection', { draft }))
    },
    passes: (state) => [state],
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

const OF_OPENAI = { ...IN_GRAPHQL, ...OF_KEYS_AND_NETWORK, ...IN_DIALECTS, ...OTHERS }

/** The same for another family, which has these in common with OpenAI's. */
function alsoFor(family: Family, names: readonly string[], own: Readonly<Record<string, Kind>>): [string, Kind & { family: Family }][] {
  const common = Object.entries(OF_OPENAI).filter(([name]) => names.includes(name))
  return [...common, ...Object.entries(own)].map(([name, kind]) => [`${family}: ${name}`, { ...kind, family }])
}

const COMMON = ['an admin moves the base URL', 'an editor moves and keeps', 'an admin deletes it', 'the encryption key is rotated']
const COMMON_WITH_AZURE = [
  ...['an admin moves the path', 'an editor moves with all secrets given again', 'an admin gives the key another value'],
  ...['an editor replaces all keys', 'an admin gives the key an endpoint of its own', 'the old sealed text is put back in the database'],
  ...['an editor gives the key an endpoint of its own and keeps it'],
  ...['an editor gives the key another value and an endpoint of its own', 'an admin lets the key come from a variable'],
]

const KEEPING = [
  ...['an editor moves and keeps', 'an editor moves and keeps the key by its id', 'an editor puts a proxy in between'],
  ...[
    'an editor gives the key an endpoint of its own and keeps it',
    'an editor gives CA certificates',
    'an editor skips the check of certificates',
  ],
  ...['an editor lets callers steer', 'an editor changes the region and keeps', 'an editor gives a role and keeps'],
]

/** By what each is called in a failure. */
export const KINDS: ReadonlyMap<string, Kind & { readonly family: Family }> = new Map([
  ...Object.entries(OF_OPENAI).map(([name, kind]): [string, Kind & { family: Family }] => [name, { ...kind, family: 'OpenAI' }]),
  ...alsoFor('Azure', [...COMMON, ...COMMON_WITH_AZURE], OF_AZURE),
  ...alsoFor('Bedrock by keys', COMMON, OF_BEDROCK_KEYS),
  ...alsoFor('Bedrock by settings', COMMON, OF_BEDROCK_SETTINGS),
])

/** Those that an editor may never do to a provider with stored secrets. */
export const THEFTS: readonly string[] = [...KINDS.keys()].filter((name) => KEEPING.some((theft) => name.endsWith(theft)))
