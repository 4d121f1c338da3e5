import { describe, expect, test } from 'vitest'
import type { Header } from '../../../src/upstream/client/network-settings.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { presetByHost, presetByName, VENDOR_PRESETS } from '../../../src/upstream/vendors/vendor-presets.ts'
import { type Host, startInternet } from '../../support/upstream/internet.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { type RecordedAnswer, type RecordedRequest, startRecorder } from '../../support/upstream/recorder.ts'
import { startVendor } from '../../support/upstream/vendors.ts'

const GOOD = 'vendor-key-4f9a2c71d0e83b56'
const LISTED =
  'groq mistral cohere perplexity xai cerebras nebius fireworks together deepseek ollama vllm sgl huggingface elevenlabs replicate parasail runway'

describe('the catalogue', () => {
  test.each(LISTED.split(' '))('%s is known by name, with a base URL that can be parsed', (name) => {
    const preset = presetByName(name)
    expect(preset?.name).toBe(name)
    expect(new URL(preset?.defaultBaseUrl ?? '').protocol).toBe(preset?.needsKey ? 'https:' : 'http:')
  })

  test('names are unique and found in any letter case; an unknown name is null', () => {
    expect(new Set(VENDOR_PRESETS.map(({ name }) => name)).size).toBe(VENDOR_PRESETS.length)
    expect(presetByName('GROQ')?.name).toBe('groq')
    expect(presetByName('acme')).toBeNull()
  })

  test('a vendor is found by its host, and by no host that only looks like it', () => {
    expect(presetByHost('https://api.groq.com/openai/v1')?.name).toBe('groq')
    expect(presetByHost('https://API.GROQ.COM./openai/v1')?.name).toBe('groq')
    expect(presetByHost('https://api.groq.com.evil.example/v1')).toBeNull()
    expect(presetByHost('no url')).toBeNull()
  })
})

interface VendorCase {
  readonly name: string
  readonly host: string
  readonly path: string
  readonly header: readonly [string, string]
  readonly good: RecordedAnswer
  readonly models: readonly string[]
}

const list = (body: unknown): RecordedAnswer => ({ status: 200, body })
const MODELS = list({ object: 'list', data: [{ id: 'model-a', object: 'model' }] })
const BEARER = ['authorization', `Bearer ${GOOD}`] as const
const CASES: readonly VendorCase[] = [
  { name: 'groq', host: 'api.groq.com', path: '/openai/v1/models', header: BEARER, good: MODELS, models: ['model-a'] },
  { name: 'deepseek', host: 'api.deepseek.com', path: '/v1/models', header: BEARER, good: MODELS, models: ['model-a'] },
  { name: 'zai', host: 'api.z.ai', path: '/api/paas/v4/models', header: BEARER, good: MODELS, models: ['model-a'] },
  { name: 'together', host: 'api.together.xyz', path: '/v1/models', header: BEARER, good: list([{ id: 'model-a' }]), models: ['model-a'] },
  {
    name: 'cohere',
    host: 'api.cohere.com',
    path: '/v1/models?page_size=1000',
    header: BEARER,
    good: list({ models: [{ name: 'command-a', endpoints: ['chat'] }] }),
    models: ['command-a'],
  },
  {
    name: 'elevenlabs',
    host: 'api.elevenlabs.io',
    path: '/v1/user',
    header: ['xi-api-key', GOOD],
    good: list({ subscription: {} }),
    models: [],
  },
  {
    name: 'replicate',
    host: 'api.replicate.com',
    path: '/v1/account',
    header: BEARER,
    good: list({ type: 'user', username: 'acme' }),
    models: [],
  },
  {
    name: 'runway',
    host: 'api.dev.runwayml.com',
    path: '/v1/organization',
    header: BEARER,
    good: list({ tier: {}, creditBalance: 10 }),
    models: [],
  },
  {
    name: 'deepgram',
    host: 'api.deepgram.com',
    path: '/v1/projects',
    header: ['authorization', `Token ${GOOD}`],
    good: list({ projects: [] }),
    models: [],
  },
  {
    name: 'assemblyai',
    host: 'api.assemblyai.com',
    path: '/v2/transcript?limit=1',
    header: ['authorization', GOOD],
    good: list({ transcripts: [] }),
    models: [],
  },
  { name: 'ai21', host: 'api.ai21.com', path: '/studio/v1/library/files', header: BEARER, good: list([]), models: [] },
  {
    name: 'cloudflare',
    host: 'api.cloudflare.com',
    path: '/client/v4/user/tokens/verify',
    header: BEARER,
    good: list({ success: true, result: { id: 'x', status: 'active' } }),
    models: [],
  },
]

/** A host that knows one key and one route. */
function vendor(one: VendorCase): Host {
  return (request) => {
    if (request.headers[one.header[0]] !== one.header[1]) return { status: 401, body: { error: { message: 'Invalid API key' } } }
    return request.path === one.path ? one.good : { status: 404, body: { error: { message: 'Not found' } } }
  }
}

async function probeOnInternet(
  name: string,
  hosts: Readonly<Record<string, Host>>,
  key: string | null = GOOD,
  extraHeaders: Header[] = [],
) {
  const internet = await startInternet(hosts)
  const network = { ...internet.network, extraHeaders }
  const credential = key === null ? ({ kind: 'none' } as const) : apiKey(key)
  const baseUrl = presetByName(name)?.defaultBaseUrl ?? ''
  const request = probeRequest({ type: 'OPENAI_COMPAT', baseUrl, vendorPreset: name, credential, network })
  const outcome = await probeConnection(request, outboundDeps()).finally(() => internet.close())
  return { outcome, requests: internet.requests }
}

describe('on the vendors own hosts', () => {
  test.each(CASES)('$name: a good key is OK and proven on $path, a bad one UNAUTHORIZED', async (one) => {
    const { outcome, requests } = await probeOnInternet(one.name, { [one.host]: vendor(one) })
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: true, models: one.models })
    expect(requests.map(({ path }) => path)).toEqual([one.path, one.path])
    expect(requests.filter(({ headers }) => headers[one.header[0]] === one.header[1])).toHaveLength(1)
    const bad = await probeOnInternet(one.name, { [one.host]: vendor(one) }, 'vendor-key-wrongwrongwrong')
    expect(bad.outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401 })
    expect(bad.outcome.message).toContain(`Create a new key at ${presetByName(one.name)?.keyPageUrl}`)
  })

  test('Runway is told which version of its API is meant', async () => {
    const { requests } = await probeOnInternet('runway', { 'api.dev.runwayml.com': () => list({ tier: {} }) })
    expect(requests[0]?.headers['x-runway-version']).toBe('2024-11-06')
  })

  test("Hugging Face's key is tried where it is known, and its open list is read without it", async () => {
    const hosts: Record<string, Host> = {
      'huggingface.co': ({ headers }) =>
        headers.authorization === `Bearer ${GOOD}`
          ? list({ name: 'acme' })
          : { status: 401, body: { error: 'Invalid username or password.' } },
      'router.huggingface.co': () => MODELS,
    }
    const { outcome, requests } = await probeOnInternet('huggingface', hosts, GOOD, [{ name: 'x-team-token', value: 'team-secret' }])
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: true, models: ['model-a'] })
    expect(requests.map(({ headers, path }) => `${headers.host}${path}`)).toEqual([
      'huggingface.co/api/whoami-v2',
      'huggingface.co/api/whoami-v2',
      'router.huggingface.co/v1/models',
    ])
    expect(requests[2]?.headers).not.toHaveProperty('authorization')
    // Extra headers are for the endpoint itself: the vendor's other hosts do not get them.
    expect(requests.map(({ headers }) => headers['x-team-token'])).toEqual([undefined, undefined, 'team-secret'])
  })

  test.each(['perplexity', 'sambanova', 'jina'])(
    '%s cannot be tested without cost: the key is not sent, the open list is shown',
    async (name) => {
      const host = new URL(presetByName(name)?.defaultBaseUrl ?? '').hostname
      const { outcome, requests } = await probeOnInternet(name, { [host]: () => MODELS })
      expect(outcome).toMatchObject({ status: 'NOT_TESTABLE', keyVerified: false, models: ['model-a'] })
      expect(JSON.stringify(requests)).not.toContain(GOOD)
    },
  )

  test('a vendor that needs a key is NOT_TESTABLE without one', async () => {
    const { outcome, requests } = await probeOnInternet('groq', { 'api.groq.com': () => MODELS }, null)
    expect(outcome).toMatchObject({ status: 'NOT_TESTABLE' })
    expect(requests).toEqual([])
  })
})

describe('what only one vendor says', () => {
  const answers: readonly (readonly [string, string, RecordedAnswer, string])[] = [
    [
      'xai',
      'api.x.ai',
      { status: 400, body: { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: ve***56.' } },
      'UNAUTHORIZED',
    ],
    ['xai', 'api.x.ai', { status: 403, body: { code: 'forbidden', error: 'Your team has run out of credits.' } }, 'FORBIDDEN'],
    [
      'elevenlabs',
      'api.elevenlabs.io',
      { status: 401, body: { detail: { status: 'missing_permissions', message: 'user_read' } } },
      'FORBIDDEN',
    ],
    [
      'elevenlabs',
      'api.elevenlabs.io',
      { status: 401, body: { detail: { status: 'invalid_api_key', message: 'Invalid' } } },
      'UNAUTHORIZED',
    ],
    ['voyage', 'api.voyageai.com', { status: 403, body: { detail: 'Feature not enabled.' } }, 'FORBIDDEN'],
    [
      'minimax',
      'api.minimax.io',
      { status: 200, body: { files: null, base_resp: { status_code: 1004, status_msg: 'login fail' } } },
      'UNAUTHORIZED',
    ],
    [
      'minimax',
      'api.minimax.io',
      { status: 200, body: { files: null, base_resp: { status_code: 1008, status_msg: 'balance' } } },
      'FORBIDDEN',
    ],
    ['cloudflare', 'api.cloudflare.com', { status: 200, body: { success: true, result: { status: 'expired' } } }, 'UNAUTHORIZED'],
    ['groq', 'api.groq.com', { status: 401, body: { error: { message: 'Missing scopes: models.read' } } }, 'FORBIDDEN'],
    ['groq', 'api.groq.com', { status: 429, body: { error: { code: 'insufficient_quota', message: 'quota' } } }, 'RATE_LIMITED'],
  ]
  test.each(answers)('%s: %j', async (name, host, answer, status) => {
    const { outcome } = await probeOnInternet(name, { [host]: () => answer })
    expect(outcome).toMatchObject({ status, httpStatus: answer.status, keyVerified: false })
  })
})

describe('servers that people run themselves', () => {
  const tags = (request: RecordedRequest): RecordedAnswer =>
    request.path === '/api/tags'
      ? list({ models: [{ name: 'llama3.2:latest', model: 'llama3.2:latest' }] })
      : { status: 404, body: '404 page not found' }

  test('Ollama is asked for its own list, and nothing is proven', async () => {
    const server = await startRecorder(tags)
    const request = probeRequest({ type: 'OPENAI_COMPAT', baseUrl: server.origin, vendorPreset: 'ollama' })
    const outcome = await probeConnection(request, outboundDeps()).finally(() => server.close())
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: false, models: ['llama3.2:latest'] })
  })

  test('Ollama under /v1 without the OpenAI mode is NOT_FOUND, since that mode is what callers would use', async () => {
    const server = await startRecorder(tags)
    const request = probeRequest({ type: 'OPENAI_COMPAT', baseUrl: `${server.origin}/v1`, vendorPreset: 'ollama' })
    expect(await probeConnection(request, outboundDeps()).finally(() => server.close())).toMatchObject({ status: 'NOT_FOUND' })
  })

  test('vLLM with nothing loaded is reachable', async () => {
    const server = await startVendor('openai-compat', { situation: 'acceptsAnyKey', models: [] })
    const request = probeRequest({ type: 'OPENAI_COMPAT', baseUrl: server.baseUrl, vendorPreset: 'vllm' })
    expect(await probeConnection(request, outboundDeps()).finally(() => server.close())).toMatchObject({ status: 'OK', models: [] })
  })

  test("a vendor's route is kept behind a proxy of one's own, under its path, with the vendor's header", async () => {
    const server = await startRecorder(({ headers }) =>
      headers['xi-api-key'] === GOOD ? list({ subscription: {} }) : { status: 401, body: {} },
    )
    const request = probeRequest({
      type: 'OPENAI_COMPAT',
      baseUrl: `${server.origin}/relay/v1`,
      vendorPreset: 'elevenlabs',
      credential: apiKey(GOOD),
    })
    expect(await probeConnection(request, outboundDeps()).finally(() => server.close())).toMatchObject({ status: 'OK', keyVerified: true })
    expect(server.requests[0]?.path).toBe('/relay/v1/user')
  })

  test("a relay that does not know the vendor's route is asked for its models instead", async () => {
    const server = await startVendor('openai-compat', { goodKeys: [GOOD] })
    const request = probeRequest({ type: 'OPENAI_COMPAT', baseUrl: server.baseUrl, vendorPreset: 'replicate', credential: apiKey(GOOD) })
    expect(await probeConnection(request, outboundDeps()).finally(() => server.close())).toMatchObject({ status: 'OK', keyVerified: true })
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/account', '/v1/models', '/v1/models'])
  })

  test("a vendor's other host is never asked when the base URL is not the vendor's", async () => {
    const server = await startVendor('openai-compat', { goodKeys: [GOOD] })
    const request = probeRequest({ type: 'OPENAI_COMPAT', baseUrl: server.baseUrl, vendorPreset: 'huggingface', credential: apiKey(GOOD) })
    expect(await probeConnection(request, outboundDeps()).finally(() => server.close())).toMatchObject({ status: 'OK', keyVerified: true })
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/models', '/v1/models'])
  })
})
