import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { chatAnswer, refusal, useCallVendor } from '../support/call-vendor.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { type RawCall, rawCall } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-refused-request-fixture-aaaa'
let token: string
const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
beforeAll(async () => {
  token = await callToken(gateway)
})

async function created(type: string, base = ''): Promise<string> {
  const name = uniqueName('refused')
  await writerOf(gateway).created({ name, type, baseUrl: `${vendor.origin}${base}`, apiKeys: [{ credential: { value: KEY } }] })
  return name
}

async function call(name: string, { path, headers = {}, ...more }: RawCall) {
  const sent = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers }
  const answer = await rawCall(gateway.url, { ...more, path: `/ai/${name}${path}`, headers: sent })
  return { ...answer, code: String(answer.body) === '' ? null : JSON.parse(String(answer.body)).error?.code }
}

const CHAT: RawCall = { path: '/v1/chat/completions', body: '{"model":"gpt-5","messages":[]}' }
const MESSAGE: RawCall = { path: '/v1/messages', body: '{"model":"claude","messages":[]}' }
const GENERATE: RawCall = { path: '/v1beta/models/gemini:generateContent', body: '{}' }
const ofGoogle = (code: number, detail: object) => refusal(code, { error: { code, message: 'No.', details: [detail] } })
const says = (status: number, message: string, more = {}) => refusal(status, { error: { message, type: 'invalid_request_error', ...more } })

const QUOTES: readonly (readonly [string, string, RawCall, string])[] = [
  ['a value', 'OPENAI', { ...CHAT, body: '{"model":"m","role":"api key"}' }, "Invalid value: 'api key'. Supported values are: 'user'."],
  ['a value in escapes', 'OPENAI', { ...CHAT, body: '{"model":"m","role":"\\u0061pi\\tkey"}' }, "Invalid value: 'api\tkey'."],
  [
    'a member',
    'ANTHROPIC',
    { ...MESSAGE, body: '{"credit balance is too low":1}' },
    'credit balance is too low: Extra inputs are not permitted',
  ],
  [
    ...(['a header', 'ANTHROPIC', { ...MESSAGE, headers: { 'anthropic-beta': 'credit balance is too low' } }] as const),
    'Unexpected value(s) `credit balance is too low` for the `anthropic-beta` header.',
  ],
  ['what nobody here can read', 'OPENAI', { ...CHAT, headers: { 'content-encoding': 'zstd' } }, "Invalid value: 'api key'."],
  ['a parameter', 'OPENAI', { ...CHAT, path: `${CHAT.path}?invalid%20api%20key=1` }, 'Unknown parameter: invalid api key'],
]

describe('a key serves everybody on after one request of a caller', () => {
  test.each(QUOTES)('whose error quotes words about keys from %s of it', async (_title, type, request, message) => {
    const name = await created(type)
    vendor.answerWith(says(400, message))
    expect((await call(name, request)).status).toBe(400)
    vendor.answerWith(chatAnswer)
    expect((await call(name, type === 'OPENAI' ? CHAT : MESSAGE)).status).toBe(200)
  })

  test.each(['/v2/models', '/other/v1/models'])("for a list of Anthropic's models that does not exist: %s", async (path) => {
    const name = await created('ANTHROPIC')
    vendor.answerWith(refusal(404, { type: 'error', error: { type: 'not_found_error', message: 'Not Found' } }))
    expect((await call(name, { method: 'GET', path })).status).toBe(404)
    vendor.answerWith(chatAnswer)
    expect((await call(name, MESSAGE)).status).toBe(200)
  })

  test.each([
    ['an organization', { 'openai-organization': 'org-other' }, 'mismatched_organization'],
    ['a project', { 'openai-project': 'proj-other' }, 'mismatched_project'],
  ])('that names %s which is not its own', async (_title, headers, code) => {
    const name = await created('OPENAI')
    vendor.answerWith(says(401, 'The header should match the API key', { code }))
    const refused = await call(name, { ...CHAT, headers })
    expect([refused.status, refused.code]).toEqual([502, 'upstream_credentials_refused'])
    expect(String(refused.body)).toContain('`openai-organization`')
    vendor.answerWith(chatAnswer)
    expect((await call(name, CHAT)).status).toBe(200)
  })

  test.each([
    [429, 'Request too large for gpt-5 in organization org-1 on tokens per min (TPM): Limit 30000, Requested 30601.'],
    [402, 'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 30104.'],
    [402, 'Prompt tokens limit exceeded: 230799 > 91442.'],
  ])('that is larger than it may be: %i %s', async (status, message) => {
    const name = await created('OPENAI')
    vendor.answerWith(says(status, message))
    const refused = await call(name, CHAT)
    expect([refused.status, refused.code]).toEqual([429, 'all_keys_rate_limited'])
    expect(String(refused.body)).toContain(message.slice(0, 20))
    vendor.answerWith(chatAnswer)
    expect((await call(name, CHAT)).status).toBe(200)
  })

  test("that uses up Google's quota of one model for the day: for all other models", async () => {
    const name = await created('GOOGLE')
    const quotaId = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
    const details = [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] }]
    vendor.answerWith(refusal(429, { error: { code: 429, message: 'limit: 0', status: 'RESOURCE_EXHAUSTED', details } }))
    const of = (model: string) => call(name, { path: `/v1beta/models/${model}:generateContent`, body: '{}' })
    expect((await of('gemini-pro')).status).toBe(429)
    vendor.answerWith(chatAnswer)
    expect([(await of('gemini-flash')).status, (await of('gemini-pro')).status]).toEqual([200, 429])
  })
})

describe('a key that is refused rests', () => {
  test.each([
    ['in the words of a vendor', 'OPENAI', CHAT, says(400, 'Incorrect API key provided: sk-a***b.')],
    [
      'by a code, whatever the caller wrote',
      'OPENAI',
      { ...CHAT, body: '{"model":"m","x":"api key"}' },
      says(400, 'No.', { code: 'invalid_api_key' }),
    ],
    [
      "on Anthropic's list of models",
      'ANTHROPIC',
      { method: 'GET', path: '/v1/models' },
      says(404, 'Not Found', { type: 'not_found_error' }),
    ],
    ['when its restrictions keep the gateway out', 'GOOGLE', GENERATE, ofGoogle(403, { reason: 'API_KEY_HTTP_REFERRER_BLOCKED' })],
    [
      'for every model when not only the quota of one is used up',
      'GOOGLE',
      GENERATE,
      ofGoogle(429, { violations: [{ quotaId: 'RequestsPerDayPerProjectPerModel' }, { quotaId: 'RequestsPerDayPerProject' }] }),
    ],
    ['when no organization was named', 'OPENAI', CHAT, says(401, 'Mismatch', { code: 'mismatched_organization' })],
    ['without credit for anything', 'OPENAI', CHAT, says(402, 'You requested up to 9 tokens, but can only afford 0.')],
  ] as const)('%s', async (_title, type, request, answer) => {
    const name = await created(type)
    vendor.answerWith(answer)
    await call(name, request)
    vendor.answerWith(chatAnswer)
    const other = { OPENAI: CHAT, ANTHROPIC: MESSAGE, GOOGLE: { ...GENERATE, path: '/v1beta/models/other:generateContent' } }[type]
    expect([502, 429]).toContain((await call(name, other)).status)
  })
})
