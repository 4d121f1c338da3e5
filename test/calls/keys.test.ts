import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { chatAnswer, refusal, startCallVendor, type VendorAnswer } from '../support/call-vendor.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { beginCall, headOf, type RawAnswer, rawCall, readAnswer } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const GOOD = 'sk-good-fixture-aaaa-bbbb-cccc'
const BAD = 'sk-bad-fixture-dddd-eeee-ffff'
const OTHER = 'sk-other-fixture-gggg-hhhh-iiii'
let token: string
let now = Date.now()

const vendor = useStarted(startCallVendor)
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' }, clock: () => new Date(now) })
const writer = writerOf(gateway)
beforeAll(async () => {
  token = await callToken(gateway)
})
beforeEach(() => {
  vendor.requests.length = 0
})

/** Makes a provider with these keys; returns how to call it. */
async function withKeys(keys: readonly Readonly<Record<string, unknown>>[], more: Readonly<Record<string, unknown>> = {}) {
  const name = uniqueName('keys')
  await writer.created({ name, type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys: keys, ...more })
  const request = (model = 'gpt-5', headers: Readonly<Record<string, string>> = {}, body: string | Buffer = JSON.stringify({ model })) => ({
    path: `/ai/${name}/v1/${headers['content-type'] === undefined ? 'chat/completions' : 'audio/transcriptions'}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body,
  })
  return { call: (...given: Parameters<typeof request>) => rawCall(gateway.url, request(...given)), request }
}

const keyOf = ({ headers }: { headers: Readonly<Record<string, string | undefined>> }) =>
  headers.authorization?.replace('Bearer ', '') ?? ''
/** Answers by the key that a request carries; others get a chat. */
const byKey =
  (answers: Readonly<Record<string, VendorAnswer>>): VendorAnswer =>
  (request, response) =>
    (answers[request.headers.authorization?.replace('Bearer ', '') ?? ''] ?? chatAnswer)(request, response, async () => Buffer.alloc(0))
const sentKeys = () => vendor.requests.map(keyOf)
const codeOf = ({ status, body }: RawAnswer) => [status, JSON.parse(body.toString()).error.code]

const UNAUTHORIZED = refusal(401, { error: { message: `Incorrect API key provided: ${BAD}.` } })
const LIMITED = refusal(429, { error: { message: 'Rate limit reached.' } }, { 'retry-after': '7' })

describe('a key that the vendor refuses', () => {
  test('is passed over for the next one, and is not tried by the next call', async () => {
    vendor.answerWith(byKey({ [BAD]: UNAUTHORIZED }))
    const { call } = await withKeys([
      { credential: { value: BAD }, weight: 1_000_000 },
      { credential: { value: GOOD }, weight: 0.000_001 },
    ])
    const first = await call()
    expect([first.status, first.headers['x-gateway-attempts']]).toEqual([200, '2'])
    expect((await call()).status).toBe(200)
    expect(sentKeys()).toEqual([BAD, GOOD, GOOD])
  })

  test('when it is the last one, is told as a fault of the gateway that nobody should try again, without the words of the vendor', async () => {
    vendor.answerWith(byKey({ [BAD]: UNAUTHORIZED }))
    const { call } = await withKeys([{ credential: { value: BAD } }])
    const answer = await call()
    expect(codeOf(answer)).toEqual([502, 'upstream_credentials_refused'])
    expect(answer.headers['x-should-retry']).toBe('false')
    expect(answer.body.toString()).not.toContain('Incorrect')
    // While it rests, nothing is sent.
    expect(codeOf(await call())).toEqual([502, 'upstream_credentials_refused'])
    expect(vendor.requests).toHaveLength(1)
  })

  test('is tried again by one call when its rest is over', async () => {
    let release: () => void = () => {}
    vendor.answerWith(byKey({ [BAD]: UNAUTHORIZED }))
    const { call, request } = await withKeys([{ credential: { value: BAD } }])
    await call()
    now += 61_000
    vendor.answerWith(async (incoming, response) => {
      await new Promise<void>((resolve) => {
        release = resolve
      })
      chatAnswer(incoming, response)
    })
    const probe = beginCall(gateway.url, request())
    await vendor.until(() => vendor.requests.length === 2)
    expect((await call()).status).toBe(502)
    release()
    expect((await readAnswer(await headOf(probe))).status).toBe(200)
    vendor.answerWith(chatAnswer)
    expect((await call()).status).toBe(200)
    expect(vendor.requests).toHaveLength(3)
  })

  test('with an upload that cannot be sent again', async () => {
    vendor.answerWith(byKey({ [BAD]: UNAUTHORIZED }))
    const { call } = await withKeys([
      { credential: { value: BAD }, weight: 1_000_000 },
      { credential: { value: GOOD }, weight: 0.000_001 },
    ])
    const upload = [{ 'content-type': 'multipart/form-data; boundary=x' }, Buffer.alloc(2_000_000)] as const
    expect(codeOf(await call('gpt-5', ...upload))).toEqual([502, 'upstream_credentials_refused'])
    expect((await call('gpt-5', ...upload)).status).toBe(200)
    expect(sentKeys()).toEqual([BAD, GOOD])
  })

  test('does not count for much when eight callers find it out at once', async () => {
    vendor.answerWith(byKey({ [BAD]: UNAUTHORIZED }))
    const { call } = await withKeys([
      { credential: { value: BAD }, weight: 1_000_000 },
      { credential: { value: GOOD }, weight: 0.000_001 },
    ])
    const answers = await Promise.all(Array.from({ length: 8 }, () => call()))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(sentKeys().filter((key) => key === BAD).length).toBeLessThanOrEqual(8)
    now += 61_000
    vendor.requests.length = 0
    await Promise.all(Array.from({ length: 8 }, () => call()))
    expect(sentKeys().filter((key) => key === BAD)).toHaveLength(1)
  })
})

describe('a key whose rate is limited', () => {
  test('is passed over, for its model', async () => {
    vendor.answerWith(byKey({ [OTHER]: LIMITED }))
    const { call } = await withKeys([
      { credential: { value: OTHER }, weight: 1_000_000 },
      { credential: { value: GOOD }, weight: 0.000_001 },
    ])
    expect((await call('gpt-5')).status).toBe(200)
    expect((await call('gpt-5')).status).toBe(200)
    expect(sentKeys()).toEqual([OTHER, GOOD, GOOD])
    vendor.answerWith(chatAnswer)
    await call('gpt-4')
    expect(sentKeys().at(-1)).toBe(OTHER)
  })

  test.each([
    ['no wait', { 'retry-after': '0' }],
    ['a wait until a time that is past', { 'retry-after': 'Tue, 01 Dec 2020 00:00:00 GMT' }],
  ])('is no refused one when the vendor asks for %s', async (_title, headers) => {
    vendor.answerWith(byKey({ [OTHER]: refusal(429, { error: { message: 'Slow down.' } }, headers), [BAD]: UNAUTHORIZED }))
    const { call } = await withKeys([{ credential: { value: OTHER } }, { credential: { value: BAD } }])
    const answer = await call()
    expect(codeOf(answer)).toEqual([429, 'all_keys_rate_limited'])
    expect([answer.headers['retry-after'], answer.headers['x-should-retry']]).toEqual(['1', undefined])
    expect(answer.body.toString()).toContain('Slow down.')
    vendor.answerWith(chatAnswer)
    expect((await call()).status).toBe(200)
  })

  test('when all are, tells how long to wait for the first of them, and what the vendor said', async () => {
    vendor.answerWith(byKey({ [OTHER]: LIMITED, [GOOD]: refusal(429, { error: { message: 'Slow down.' } }, { 'retry-after-ms': '3500' }) }))
    const { call } = await withKeys([{ credential: { value: OTHER } }, { credential: { value: GOOD } }])
    const answer = await call()
    expect(codeOf(answer)).toEqual([429, 'all_keys_rate_limited'])
    expect([answer.headers['retry-after'], answer.headers['retry-after-ms'], answer.headers['x-should-retry']]).toEqual([
      '4',
      '3500',
      undefined,
    ])
    expect(answer.body.toString()).toMatch(/Rate limit reached|Slow down/)
    expect(vendor.requests).toHaveLength(2)
    now += 3_501
    vendor.answerWith(chatAnswer)
    expect((await call()).status).toBe(200)
    expect(sentKeys().at(-1)).toBe(GOOD)
  })

  test('one limited and one refused: waiting helps', async () => {
    vendor.answerWith(byKey({ [OTHER]: LIMITED, [BAD]: UNAUTHORIZED }))
    const { call } = await withKeys([{ credential: { value: OTHER } }, { credential: { value: BAD } }])
    expect(codeOf(await call())).toEqual([429, 'all_keys_rate_limited'])
  })
})

describe('a vendor in trouble', () => {
  const trouble: VendorAnswer = refusal(503, { error: { message: 'Overloaded.' } })

  test('is not called again unless the provider asks for it', async () => {
    vendor.answerWith(trouble)
    const { call } = await withKeys([{ credential: { value: GOOD } }, { credential: { value: OTHER } }])
    expect((await call()).status).toBe(503)
    expect(vendor.requests).toHaveLength(1)
  })

  test('is called again as often as the provider asks for, with another key where there is one', async () => {
    vendor.answerWith(trouble)
    const network = { maxRetries: 2, retryBackoffInitialMs: 1, retryBackoffMaxMs: 2 }
    const { call } = await withKeys([{ credential: { value: GOOD } }, { credential: { value: OTHER } }], { network })
    const answer = await call()
    expect([answer.status, answer.headers['x-gateway-attempts']]).toEqual([503, '3'])
    const [first, second, third] = sentKeys()
    expect([first === second, second === third, vendor.requests.length]).toEqual([false, false, 3])
  })
})

describe('without a key', () => {
  test('a provider that needs one takes no calls', async () => {
    const { call } = await withKeys([])
    const answer = await call()
    expect([...codeOf(answer), answer.headers['x-should-retry']]).toEqual([503, 'no_api_key', 'false'])
    expect(vendor.requests).toEqual([])
  })

  test('a provider whose keys are all disabled takes none', async () => {
    const { call } = await withKeys([{ credential: { value: GOOD }, enabled: false }])
    expect(codeOf(await call())).toEqual([503, 'no_api_key'])
  })

  test('an OpenAI-compatible server is called without a credential', async () => {
    vendor.answerWith(chatAnswer)
    const { call } = await withKeys([], { type: 'OPENAI_COMPAT' })
    expect((await call()).status).toBe(200)
    expect(vendor.requests[0]?.headers.authorization).toBeUndefined()
  })
})

describe('a refusal that shows the key', () => {
  test('reaches the caller without it, in the body and in the headers', async () => {
    const leak = { error: { message: `No model for ${GOOD} or ${GOOD.toUpperCase()}`, n: 1 } }
    vendor.answerWith(refusal(400, leak, { 'x-echo': `key=${GOOD}`, 'x-fine': 'yes' }))
    const { call } = await withKeys([{ credential: { value: GOOD } }])
    const answer = await call()
    expect(answer.status).toBe(400)
    expect(answer.body.toString()).not.toContain('fixture-aaaa')
    expect(JSON.parse(answer.body.toString()).error.n).toBe(1)
    expect([answer.headers['x-echo'], answer.headers['x-fine']]).toEqual([undefined, 'yes'])
  })

  test.each([304, 400])('reaches the caller without it in a name of a header, or beside an answer %i', async (status) => {
    vendor.answerWith((_request, response) => void response.writeHead(status, { etag: `"${GOOD}"`, [GOOD]: 'x', 'x-fine': 'yes' }).end())
    const { call } = await withKeys([{ credential: { value: GOOD } }])
    const answer = await call()
    expect([answer.status, answer.headers['x-fine'], answer.rawHeaders.join('').includes('fixture-aaaa')]).toEqual([status, 'yes', false])
  })
})
