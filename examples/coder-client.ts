/**
 * A client of Coder's API for AI providers, pointed at the gateway: the calls that Coder's own Go client makes, in its words.
 * The two variables are those of Coder's own command line.
 *
 *   CODER_URL=http://127.0.0.1:4000 CODER_SESSION_TOKEN=gw_... npx tsx examples/coder-client.ts
 */

interface AIProvider {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly api_keys: readonly { readonly id: string; readonly masked: string }[]
}
interface CreateAIProviderRequest {
  readonly type: string
  readonly name: string
  readonly base_url: string
  readonly enabled: boolean
  readonly api_keys: readonly string[]
}
interface UpdateAIProviderRequest {
  readonly enabled?: boolean
  /** The whole set: an id keeps a key, an api_key adds one. */
  readonly api_keys?: readonly ({ readonly id: string } | { readonly api_key: string })[]
}

class CoderClient {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  aiProviders = () => this.#send<AIProvider[]>('GET', '')
  createAIProvider = (request: CreateAIProviderRequest) => this.#send<AIProvider>('POST', '', request)
  updateAIProvider = (idOrName: string, request: UpdateAIProviderRequest) => this.#send<AIProvider>('PATCH', `/${idOrName}`, request)
  deleteAIProvider = (idOrName: string) => this.#send<null>('DELETE', `/${idOrName}`)

  async #send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v2/ai/providers${path}`, {
      method,
      headers: { 'coder-session-token': this.#token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = text === '' ? null : JSON.parse(text)
    if (!response.ok) throw new Error(answer.message)
    return answer
  }
}

const { CODER_URL = 'http://127.0.0.1:4000', CODER_SESSION_TOKEN = '' } = process.env
const client = new CoderClient(CODER_URL, CODER_SESSION_TOKEN)
const show = ({ name, enabled, api_keys }: AIProvider) =>
  process.stdout.write(`${name}: ${enabled ? 'enabled' : 'disabled'}, ${api_keys.map(({ masked }) => masked).join(', ')}\n`)

const created = await client.createAIProvider({
  type: 'anthropic',
  name: 'made-by-coder',
  base_url: 'https://api.anthropic.com',
  enabled: true,
  api_keys: ['sk-ant-example-key-0001'],
})
show(created)
const kept = created.api_keys.map(({ id }) => ({ id }))
show(await client.updateAIProvider(created.id, { api_keys: [...kept, { api_key: 'sk-ant-example-key-0002' }] }))
const all = await client.aiProviders()
process.stdout.write(`${all.filter(({ name }) => name === 'made-by-coder').length} in the list\n`)
await client.deleteAIProvider('made-by-coder')
