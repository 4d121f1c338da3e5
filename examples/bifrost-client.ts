/**
 * A client of Bifrost's management API, pointed at the gateway: a base URL and a token, and no other change.
 *
 *   BIFROST_URL=http://127.0.0.1:4000/bifrost BIFROST_API_KEY=gw_... npx tsx examples/bifrost-client.ts
 */

interface Secret {
  readonly value: string
}
interface Key {
  readonly id: string
  readonly name: string
  readonly value: Secret
  readonly models: readonly string[]
  readonly weight: number
}
type NewKey = Omit<Key, 'id' | 'value'> & { readonly value: string }
interface NewProvider {
  readonly provider: string
  readonly network_config?: { readonly base_url: string }
  readonly custom_provider_config?: {
    readonly base_provider_type: string
    readonly allowed_requests?: Readonly<Record<string, boolean>>
  }
}
interface Provider {
  readonly name: string
  readonly provider_status: string
}

class BifrostClient {
  readonly #url: string
  readonly #apiKey: string

  constructor(url: string, apiKey: string) {
    this.#url = url
    this.#apiKey = apiKey
  }

  createProvider = (provider: NewProvider) => this.#send<Provider>('POST', '', provider)
  deleteProvider = (name: string) => this.#send<Provider>('DELETE', `/${name}`)
  listKeys = (name: string) => this.#send<{ keys: Key[] }>('GET', `/${name}/keys`)
  createKey = (name: string, key: NewKey) => this.#send<Key>('POST', `/${name}/keys`, key)
  updateKey = (name: string, key: Key) => this.#send<Key>('PUT', `/${name}/keys/${key.id}`, key)

  async #send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/providers${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.error.message)
    return answer
  }
}

const { BIFROST_URL = 'http://127.0.0.1:4000/bifrost', BIFROST_API_KEY = '' } = process.env
const client = new BifrostClient(BIFROST_URL, BIFROST_API_KEY)

const provider = await client.createProvider({
  provider: 'made-by-bifrost',
  network_config: { base_url: 'https://api.example.com' },
  custom_provider_config: { base_provider_type: 'openai', allowed_requests: { chat_completion: true } },
})
process.stdout.write(`${provider.name}: ${provider.provider_status}\n`)
const name = provider.name
await client.createKey(name, { name: 'bifrost-main', value: 'sk-example-of-bifrost-0001', models: ['*'], weight: 1 })
// What a form does: it reads the key, changes one field, and sends all of it back, with the mask in the place of the value.
const {
  keys: [key],
} = await client.listKeys(name)
if (key === undefined) throw new Error('The key is not there.')
const changed = await client.updateKey(name, { ...key, weight: 0.5 })
process.stdout.write(`${changed.name}: ${changed.value.value}, weight ${changed.weight}\n`)
await client.deleteProvider(name)
