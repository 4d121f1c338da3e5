import { describe, expect, it } from 'vitest'
import { useGateway } from '../support/use.ts'

/** Five languages for one registry: whatever one of them writes, all of them see at once, and none of them shows a secret. */

const BASE_URL = 'https://api.example.com/v1'
const answers: string[] = []
const keys: string[] = []

const gateway = useGateway()

async function send(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await gateway.fetch(path, {
    method,
    headers: { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  answers.push(text)
  return { status: response.status, text }
}

async function ask(query: string, input: unknown): Promise<string> {
  const { text } = await send('POST', '/graphql', { query, variables: { input } })
  return text
}

async function expectDone(sent: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await sent
  expect(status, text).toBeLessThan(300)
}

interface Language {
  create(name: string, key: string): Promise<void>
  /** What it shows of a provider; null when it knows none of the name. */
  read(name: string): Promise<string | null>
  changeKey(name: string, key: string): Promise<void>
  remove(name: string): Promise<void>
  readonly showsMasks: boolean
}

const found = async (sent: Promise<{ status: number; text: string }>): Promise<string | null> => {
  const { status, text } = await sent
  expect([200, 404]).toContain(status)
  return status === 404 ? null : text
}

const bifrostKey = (name: string, value: string) => ({ name: `key of ${name}`, value, models: ['*'], weight: 1 })
const bifrostKeys = async (name: string): Promise<{ id: string }[]> =>
  JSON.parse((await send('GET', `/bifrost/api/providers/${name}/keys`)).text).keys

const LANGUAGES: Readonly<Record<string, Language>> = {
  GraphQL: {
    showsMasks: true,
    create: async (name, key) => {
      const query = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
      expect(await ask(query, { name, type: 'OPENAI_COMPAT', baseUrl: BASE_URL, apiKeys: [{ credential: { value: key } }] })).toContain(
        'CreateProviderPayload',
      )
    },
    read: async (name) => {
      const text = await ask('query ($input: ProviderRef!) { provider(by: $input) { name apiKeys { nodes { masked } } } }', { name })
      return text.includes('"provider":null') ? null : text
    },
    changeKey: async (name, key) => {
      const query = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }'
      expect(await ask(query, { provider: { name }, apiKeys: [{ add: { credential: { value: key } } }] })).toContain(
        'UpdateProviderPayload',
      )
    },
    remove: async (name) => {
      const query = 'mutation ($input: DeleteProviderInput!) { deleteProvider(input: $input) { __typename } }'
      expect(await ask(query, { provider: { name } })).toContain('DeleteProviderPayload')
    },
  },
  Coder: {
    showsMasks: true,
    create: (name, key) =>
      expectDone(send('POST', '/api/v2/ai/providers', { name, type: 'openai-compat', base_url: BASE_URL, enabled: true, api_keys: [key] })),
    read: (name) => found(send('GET', `/api/v2/ai/providers/${name}`)),
    changeKey: (name, key) => expectDone(send('PATCH', `/api/v2/ai/providers/${name}`, { api_keys: [{ api_key: key }] })),
    remove: (name) => expectDone(send('DELETE', `/api/v2/ai/providers/${name}`)),
  },
  Bifrost: {
    showsMasks: true,
    create: async (name, key) => {
      const custom_provider_config = { base_provider_type: 'openai' }
      await expectDone(
        send('POST', '/bifrost/api/providers', { provider: name, network_config: { base_url: BASE_URL }, custom_provider_config }),
      )
      await expectDone(send('POST', `/bifrost/api/providers/${name}/keys`, bifrostKey(name, key)))
    },
    read: async (name) => {
      const provider = await found(send('GET', `/bifrost/api/providers/${name}`))
      return provider === null ? null : provider + (await send('GET', `/bifrost/api/providers/${name}/keys`)).text
    },
    changeKey: async (name, key) => {
      const [stored] = await bifrostKeys(name)
      await expectDone(send('PUT', `/bifrost/api/providers/${name}/keys/${stored?.id}`, bifrostKey(name, key)))
    },
    remove: (name) => expectDone(send('DELETE', `/bifrost/api/providers/${name}`)),
  },
  Respan: {
    showsMasks: false,
    create: (name, key) =>
      expectDone(
        send('POST', '/respan/api/providers/', {
          provider_id: name,
          provider_name: name,
          api_key: key,
          extra_kwargs: { base_url: BASE_URL },
        }),
      ),
    read: (name) => found(send('GET', `/respan/api/providers/${name}/`)),
    changeKey: (name, key) => expectDone(send('POST', '/respan/api/providers/', { provider_id: name, provider_name: name, api_key: key })),
    remove: (name) => expectDone(send('DELETE', `/respan/api/providers/${name}/`)),
  },
  ZIRI: {
    showsMasks: false,
    create: (name, key) => expectDone(send('POST', '/ziri/api/providers', { name, apiKey: key, metadata: { baseUrl: BASE_URL } })),
    read: (name) => found(send('GET', `/ziri/api/providers/${name}`)),
    changeKey: (name, key) => expectDone(send('POST', '/ziri/api/providers', { name, apiKey: key })),
    remove: (name) => expectDone(send('DELETE', `/ziri/api/providers/${name}`)),
  },
}
const languages = Object.entries(LANGUAGES)
/** Every maker meets every changer and every remover. */
const triples = languages.flatMap(([maker, made], m) =>
  languages.map(([changer, changed], c) => {
    const [remover = '', removed = made] = languages[(m + 2 * c) % languages.length] ?? []
    return { maker, made, changer, changed, remover, removed, code: `${m}${c}` }
  }),
)

/** A key whose first and last four characters no other key has. */
function newKey(code: string, round: number): string {
  const key = `k${code}${round}-the-middle-of-a-planted-key-${round}${code}z`
  keys.push(key)
  return key
}

describe('five languages see one registry', () => {
  it.each(triples)('made by $maker, its key changed by $changer, deleted by $remover', async (triple) => {
    const { made, changed, removed, maker, changer, code } = triple
    const name = `matrix-${maker}-${changer}`.toLowerCase()
    const [first, second] = [newKey(code, 1), newKey(code, 2)]
    await made.create(name, first)
    for (const [language, { read, showsMasks }] of languages) {
      const shown = await read(name)
      expect(shown, language).toContain(name)
      if (showsMasks) expect(shown, language).toContain(first.slice(-4))
    }
    await changed.changeKey(name, second)
    for (const [language, { read, showsMasks }] of languages) {
      if (!showsMasks) continue
      const shown = await read(name)
      expect(shown, language).toContain(second.slice(-4))
      expect(shown, language).not.toContain(first.slice(-4))
    }
    await removed.remove(name)
    for (const [language, { read }] of languages) expect(await read(name), language).toBeNull()
  })

  it.each(languages)(
    '%s takes a name that every object of JavaScript has for one like any other',
    async (_language, { create, remove }) => {
      await create('constructor', newKey('00', 3))
      for (const [language, { read }] of languages) expect(await read('constructor'), language).toContain('constructor')
      await remove('constructor')
    },
  )

  it('a placeholder that one of them made gets its endpoint, and is enabled, by another', async () => {
    const enabled = async () => JSON.parse((await send('GET', '/api/v2/ai/providers/placeholder')).text).enabled
    await expectDone(send('POST', '/ziri/api/providers', { name: 'placeholder', apiKey: newKey('00', 4) }))
    for (const [language, { read }] of languages) expect(await read('placeholder'), language).toContain('placeholder')
    expect(await enabled()).toBe(false)
    await expectDone(send('PATCH', '/respan/api/providers/placeholder/', { extra_kwargs: { base_url: BASE_URL } }))
    expect(await enabled()).toBe(true)
    expect(await LANGUAGES.ZIRI?.read('placeholder')).toContain(BASE_URL)
    expect(await LANGUAGES.Bifrost?.read('placeholder')).toContain(BASE_URL)
  })

  it('what one of them says of a provider, the others repeat', async () => {
    const name = 'repeated'
    await LANGUAGES.Respan?.create(name, newKey('00', 5))
    const said = { display_name: 'Said in Coder', base_url: 'https://coder.example.com/v1', enabled: false }
    await expectDone(send('PATCH', `/api/v2/ai/providers/${name}`, said))
    expect(JSON.parse((await send('GET', `/respan/api/providers/${name}`)).text).provider_name).toBe(said.display_name)
    const { displayName, baseUrl, enabled } = JSON.parse((await send('GET', `/ziri/api/providers/${name}`)).text).provider
    expect([displayName, baseUrl, enabled]).toEqual(Object.values(said))
    const bifrost = JSON.parse((await send('GET', `/bifrost/api/providers/${name}`)).text)
    expect(bifrost.network_config.base_url).toBe(said.base_url)
    await expectDone(send('PUT', `/ziri/api/providers/${name}`, { displayName: 'Said in ZIRI' }))
    expect(JSON.parse((await send('GET', `/api/v2/ai/providers/${name}`)).text)).toMatchObject({ ...said, display_name: 'Said in ZIRI' })
  })

  it('and none of their answers held a key', () => {
    expect(keys.length).toBeGreaterThan(triples.length * 2)
    expect(keys.filter((key) => answers.some((answer) => answer.includes(key)))).toEqual([])
  })
})
