import { describe, expect, test } from 'vitest'
import { DEFAULT_NETWORK, type Header } from '../../../src/upstream/client/network-settings.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { API_REFUSALS, BLOCK_PAGES } from '../../support/upstream/block-pages.ts'
import { startInternet } from '../../support/upstream/internet.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import type { RecordedAnswer, RecordedRequest } from '../../support/upstream/recorder.ts'
import { GOOD, KEYED_TYPES, LIST, useProbe } from '../../support/upstream/use-probe.ts'

/** What a success of each type looks like. */
const SUCCESS: Readonly<Record<string, RecordedAnswer>> = {
  BEDROCK: { status: 200, body: { modelSummaries: [{ modelId: 'model-a' }] } },
  OPENROUTER: { status: 200, body: { data: { label: 'x' } } },
  VERCEL: { status: 200, body: { balance: '1', total_used: '0' } },
}

const { probe, requests } = useProbe()

const isGood = ({ headers }: RecordedRequest) => Object.values(headers).some((value) => value.includes(GOOD))

const withHeaders = (...extraHeaders: Header[]) => ({
  credential: { kind: 'none' } as const,
  network: { ...DEFAULT_NETWORK, extraHeaders },
})

describe("an answer that is not the API's own says nothing about the key", () => {
  describe.each([200, 401, 403, 407, 429, 503])('%i', (status) => {
    test.each(BLOCK_PAGES)('from $from', async ({ answer }) => {
      for (const type of KEYED_TYPES) {
        const outcome = await probe(() => answer(status), { type })
        // An upstream that is down, and says nothing, is down; an empty list of an API is JSON.
        expect({ type, ...outcome }).toMatchObject({
          type,
          status: 'UNEXPECTED_RESPONSE',
          httpStatus: status,
          keyVerified: false,
          models: [],
        })
      }
    })
  })

  test('the words say what came, who sent it and what to check', async () => {
    const challenge = BLOCK_PAGES[0]?.answer(403) ?? LIST
    const outcome = await probe(() => challenge)
    expect(outcome.message).toContain('answered 403 with a web page titled "Just a moment..."')
    expect(outcome.message).toContain('sent by "cloudflare"')
    expect(outcome.message).toContain('A firewall or proxy may stand between. This says nothing about the key.')
  })

  test('a page that shows the key is quoted without it', async () => {
    const outcome = await probe(({ headers }) => ({
      status: 403,
      headers: { server: GOOD },
      body: `<title>${headers.authorization}</title>`,
    }))
    expect(outcome.status).toBe('UNEXPECTED_RESPONSE')
    expect(outcome.message).not.toContain('0123456789')
  })

  test('404 of a web server is still "no such API"', async () => {
    expect(await probe(() => ({ status: 404, body: '<html><title>404</title></html>' }))).toMatchObject({ status: 'NOT_FOUND' })
  })
})

describe("an API's own refusal is told from a block, whoever's API it is and whatever type the provider has", () => {
  test.each(API_REFUSALS)('$from', async ({ answer }) => {
    for (const type of KEYED_TYPES) {
      const refused = await probe(() => answer, { type })
      expect({ type, ...refused }).toMatchObject({ type, status: 'UNAUTHORIZED', httpStatus: answer.status, keyVerified: false })
      // A random key that is refused so proves the good one.
      const verified = await probe((request) => (isGood(request) ? (SUCCESS[type] ?? LIST) : answer), { type })
      expect({ type, ...verified }).toMatchObject({ type, status: 'OK', keyVerified: true })
    }
  })
})

describe('a random key proves nothing unless an API refuses it', () => {
  const CONTROLS: readonly [string, RecordedAnswer | null, string][] = [
    ['404', { status: 404, body: { error: { message: 'no' } } }, 'A random key got 404, so nothing was proven'],
    ['422', { status: 422, body: { detail: [{ msg: 'bad' }] } }, 'A random key got 422, so nothing was proven'],
    ['429', { status: 429, body: { error: { message: 'slow down' } } }, 'A random key got 429, so nothing was proven'],
    ['500', { status: 500, body: { error: { message: 'oops' } } }, 'A random key got 500, so nothing was proven'],
    ['503 without a body', { status: 503, body: '' }, 'A random key got 503, so nothing was proven'],
    ['a redirect', { status: 302, headers: { location: '/login' }, body: '' }, 'A random key got a redirect, so nothing was proven'],
    ['a web page with 403', { status: 403, body: '<html><title>Blocked</title></html>' }, 'A random key got 403 and no answer of an API'],
    ['a web page with 401', { status: 401, body: '<html></html>' }, 'A random key got 401 and no answer of an API'],
    ['an error in a success', { status: 200, body: { error: { message: 'bad key' } } }, 'A random key got 200 with an error in the body'],
    ['the same list', LIST, 'It did not refuse a random key'],
  ]
  test.each(CONTROLS)('%s', async (_name, control, words) => {
    const outcome = await probe((request) => (isGood(request) ? LIST : control))
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: false, models: ['model-a'] })
    expect(outcome.message).toContain(words)
  })

  test('no answer in time', async () => {
    const outcome = await probe((request) => (isGood(request) ? LIST : null), { network: { ...DEFAULT_NETWORK, timeoutMs: 1_000 } })
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: false })
    expect(outcome.message).toContain('A random key got no answer in time, so nothing was proven')
  })

  test('an open list behind a firewall that blocks keys without looking at them', async () => {
    let count = 0
    const outcome = await probe(() => (count++ === 0 ? LIST : { status: 403, body: '<!doctype html><title>Blocked</title>' }), {
      credential: apiKey('sk-total-garbage-000'),
    })
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: false })
  })
})

describe('a credential in an extra header', () => {
  const authorization = { name: 'Authorization', value: `Bearer ${GOOD}` }

  test.each(KEYED_TYPES)('%s is tested with it, and told so', async (type) => {
    const refused = { status: 401, body: { error: { message: 'no' } } }
    const outcome = await probe((request) => (isGood(request) ? (SUCCESS[type] ?? LIST) : refused), { type, ...withHeaders(authorization) })
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: false })
    expect(outcome.message).toContain('Its header authenticates.')
    expect(requests()[0]?.headers.authorization).toBe(`Bearer ${GOOD}`)
    expect(requests()[1]?.headers.authorization).toMatch(/^Bearer sk-[0-9a-f]{48}$/)
  })

  test('one that is refused is not told to be a missing key', async () => {
    const outcome = await probe(() => ({ status: 401, body: { error: { message: 'no' } } }), withHeaders(authorization))
    expect(outcome).toMatchObject({ status: 'UNAUTHORIZED' })
    expect(outcome.message).toContain('The credential is an extra header of the provider.')
  })

  test('one that nobody looks at is told so', async () => {
    const outcome = await probe(() => LIST, withHeaders({ name: 'x-api-key', value: GOOD }))
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: false })
    expect(outcome.message).toContain('It needs no header.')
  })

  test('a header that carries no credential stands in for no key', async () => {
    expect(await probe(() => LIST, { type: 'OPENAI', ...withHeaders({ name: 'x-title', value: 'us' }) })).toMatchObject({
      status: 'NOT_TESTABLE',
    })
  })
})

describe('a relay that keeps its list from everybody', () => {
  const RELAYS = [
    [
      'ANTHROPIC',
      '/v1/messages',
      { type: 'error', error: { type: 'invalid_request_error', message: 'messages: at least one is required' } },
    ],
    ['OPENAI_COMPAT', '/v1/chat/completions', { error: { message: 'messages must not be empty', type: 'invalid_request_error' } }],
  ] as const
  describe.each(RELAYS)('%s', (type, route, complaint) => {
    test.each([
      ['401', { status: 401, body: { error: { message: 'no' } } }],
      ['403', { status: 403, body: { error: { message: 'no' } } }],
      ['403 with a page', { status: 403, body: '<html><title>Forbidden</title></html>' }],
      ['404', { status: 404, body: '' }],
    ])('%s: the key is tried with a call that cannot run', async (_name, listing) => {
      const onCall = (request: RecordedRequest) =>
        isGood(request) ? { status: 400, body: complaint } : { status: 401, body: { error: 'bad key' } }
      const outcome = await probe((request) => (request.path === route ? onCall(request) : listing), { type })
      expect(outcome).toMatchObject({ status: 'OK', keyVerified: true, models: [] })
      expect(requests().filter(isGood)).toHaveLength(2)
    })

    test('a header that stands in for a key is tried there too, and told so', async () => {
      const onCall = (request: RecordedRequest) =>
        isGood(request) ? { status: 400, body: complaint } : { status: 401, body: { error: 'bad key' } }
      const respond = (request: RecordedRequest) => (request.path === route ? onCall(request) : { status: 404, body: '' })
      const outcome = await probe(respond, { type, ...withHeaders({ name: 'Authorization', value: `Bearer ${GOOD}` }) })
      expect(outcome).toMatchObject({ status: 'OK', keyVerified: false })
      expect(outcome.message).toContain('Its header authenticates.')
    })

    test('a bad key is refused there too', async () => {
      const outcome = await probe(() => ({ status: 401, body: { error: { message: 'bad key' } } }), { type })
      expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401 })
    })
  })
})

describe("a vendor's page for new keys", () => {
  const refusal: RecordedAnswer = { status: 401, body: { error: { message: 'Incorrect API key provided' } } }
  test.each([
    ['OPENAI', 'api.openai.com', 'https://platform.openai.com/api-keys'],
    ['ANTHROPIC', 'api.anthropic.com', 'https://console.anthropic.com/settings/keys'],
    ['OPENAI_COMPAT', 'api.groq.com', 'https://console.groq.com/keys'],
  ] as const)('%s: is named on the own host alone', async (type, host, page) => {
    const internet = await startInternet({ [host]: () => refusal })
    const own = await probeConnection(
      probeRequest({ type, baseUrl: `https://${host}/v1`, credential: apiKey(GOOD), network: internet.network }),
      outboundDeps(),
    ).finally(() => internet.close())
    expect(own.message).toContain(`Create a new key at ${page}.`)
    const other = await probe(() => refusal, { type, vendorPreset: type === 'OPENAI_COMPAT' ? 'groq' : null })
    expect(other).toMatchObject({ status: 'UNAUTHORIZED' })
    expect(other.message).not.toContain('https://')
  })
})

describe('the list of models', () => {
  const list = (data: unknown) =>
    probe((request) => (isGood(request) ? { status: 200, body: { data } } : { status: 401, body: { error: 'no' } }))

  test('any printable Unicode name is kept', async () => {
    const names = ['模型-一', '[官转]gpt-4o', 'späti', 'ओम-1', 'نموذج', '🚀 rocket', 'a b', "o'neill"]
    expect((await list(names.map((id) => ({ id })))).models).toEqual(names)
  })

  test('names that are invisible or turn the writing round are left out and counted', async () => {
    const bad = ['a\u202eb', 'a\u200bb', '\u0007', 'a\u2028b', ' ', 'x'.repeat(201), '\ud800']
    const outcome = await list([...bad, 'good'].map((id) => ({ id })))
    expect(outcome.models).toEqual(['good'])
    expect(outcome.message).toContain(`${bad.length} entries have no usable name and are left out`)
  })

  test('5,000 models are told, and the first 1,000 kept', async () => {
    const outcome = await list(Array.from({ length: 5_000 }, (_, index) => ({ id: `model-${index}` })))
    expect(outcome.models).toHaveLength(1_000)
    expect(outcome.message).toContain('It lists 5,000 models, the first 1,000 are kept.')
  })

  test('an entry without a name does not spoil the others', async () => {
    const outcome = await list([{ id: 'a' }, { object: 'model' }, null, 7, { id: 'b' }])
    expect(outcome).toMatchObject({ status: 'OK', models: ['a', 'b'] })
    expect(outcome.message).toContain('It lists 2 models. 3 entries have no usable name and are left out.')
  })

  test.each([
    ['in `data`', { data: ['gpt-a', 'gpt-b'] }],
    ['in `models`', { models: ['gpt-a', 'gpt-b'] }],
    ['bare', ['gpt-a', 'gpt-b']],
  ])('plain strings %s are names', async (_name, body) => {
    expect(await probe((request) => (isGood(request) ? { status: 200, body } : { status: 401, body: {} }))).toMatchObject({
      status: 'OK',
      keyVerified: true,
      models: ['gpt-a', 'gpt-b'],
    })
  })

  test('20,000 entries above 1 MiB are read, and more than 8 MiB are not', async () => {
    const long = await list(
      Array.from({ length: 20_000 }, (_, index) => ({ id: `model-${index}`, object: 'model', owned_by: 'organization-owner' })),
    )
    expect(long).toMatchObject({ status: 'OK' })
    expect(long.message).toContain('It lists 20,000 models')
    const endless = await list([{ id: 'x'.repeat(8 * 1_048_576) }])
    expect(endless).toMatchObject({ status: 'UNEXPECTED_RESPONSE' })
    expect(endless.message).toContain('more than 8 MiB')
  })

  test('a body that is small and would be large in memory is not parsed', async () => {
    const outcome = await list(Array.from({ length: 400_000 }, () => ({})))
    expect(outcome).toMatchObject({ status: 'UNEXPECTED_RESPONSE', models: [] })
  })
})
