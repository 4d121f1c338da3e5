import { describe, expect, it } from 'vitest'
import { storedText } from '../../support/dialect-client.ts'
import { uniqueName } from '../../support/providers.ts'
import { useGateway } from '../../support/use.ts'
import { PATH, respanClient, seenInGraphQL } from './client.ts'

const LOG: string[] = []
const gateway = useGateway({ log: (line) => LOG.push(line) })
const client = respanClient(gateway)

const KEY = 'a-key-0123456789-0123456789'
const BASE = { base_url: 'https://a.example.com' }
const fields = (more: Record<string, unknown> = {}) => ({ provider_id: uniqueName(), provider_name: 'Name', ...more })
const keysOf = async (name: string) => (await seenInGraphQL(gateway, name)).apiKeys.nodes.map(({ masked }) => masked)

describe('POST (Respan contract, "Details")', () => {
  it('keeps what is left out, and states the whole key set', async () => {
    const given = fields({ api_key: KEY, extra_kwargs: { ...BASE, timeout: 5 } })
    expect((await client.post(PATH, given)).status).toBe(201)
    const { provider_id } = given
    const silent = await client.post(PATH, { provider_id, provider_name: 'Other' })
    expect([silent.status, silent.body.provider_name]).toEqual([200, 'Other'])
    expect(await seenInGraphQL(gateway, provider_id)).toMatchObject({ baseUrl: BASE.base_url, network: { timeoutMs: 5_000 } })
    expect(await keysOf(provider_id)).toEqual(['a-ke...6789'])
    await client.post(PATH, { provider_id, provider_name: 'Other', api_key: 'other-key-0123456789' })
    expect(await keysOf(provider_id)).toEqual(['othe...6789'])
  })

  it.each([null, ''])('clears the key for %j', async (api_key) => {
    const given = fields({ api_key: KEY, extra_kwargs: BASE })
    await client.post(PATH, given)
    expect((await client.post(PATH, { ...given, api_key })).status).toBe(200)
    expect(await keysOf(given.provider_id)).toEqual([])
  })

  it('puts its key in place of all that another language gave', async () => {
    const name = uniqueName()
    const apiKeys = [{ credential: { value: 'first-key-0123456789' } }, { credential: { value: 'second-key-0123456789' } }]
    await gateway.ask('mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename } }', {
      input: { name, baseUrl: BASE.base_url, apiKeys },
    })
    await client.post(PATH, { provider_id: name, provider_name: 'Name' })
    expect(await keysOf(name)).toHaveLength(2)
    await client.post(PATH, { provider_id: name, provider_name: 'Name', api_key: KEY })
    expect(await keysOf(name)).toEqual(['a-ke...6789'])
  })

  it.each([null, {}, { base_url: null }, { base_url: '' }])(
    'replaces the extra settings as a whole by %j, and is a placeholder again',
    async (extra_kwargs) => {
      const given = fields({ api_key: KEY, extra_kwargs: { ...BASE, timeout: 5, headers: { 'x-team': 'blue' } } })
      await client.post(PATH, given)
      const { status } = await client.post(PATH, { provider_id: given.provider_id, provider_name: 'Name', extra_kwargs })
      const network = { timeoutMs: 30_000, extraHeaders: [] }
      expect([status, await seenInGraphQL(gateway, given.provider_id)]).toMatchObject([200, { baseUrl: '', enabled: false, network }])
      expect(await keysOf(given.provider_id)).toEqual(['a-ke...6789'])
    },
  )

  it.each([
    [600, 600_000],
    [1.5, 1_500],
    [0.0001, 1],
  ])('takes a timeout of %d seconds', async (timeout, timeoutMs) => {
    const given = fields({ extra_kwargs: { ...BASE, timeout } })
    expect((await client.post(PATH, given)).status).toBe(201)
    expect((await seenInGraphQL(gateway, given.provider_id)).network.timeoutMs).toBe(timeoutMs)
  })

  it('takes the key from the extra settings when none stands beside them', async () => {
    const inner = fields({ extra_kwargs: { ...BASE, api_key: KEY } })
    await client.post(PATH, inner)
    expect(await keysOf(inner.provider_id)).toEqual(['a-ke...6789'])
    await client.post(PATH, { ...inner, api_key: 'outer-key-0123456789' })
    expect(await keysOf(inner.provider_id)).toEqual(['oute...6789'])
    await client.post(PATH, { ...inner, api_key: null })
    expect(await keysOf(inner.provider_id)).toEqual([])
  })

  it('makes headers of the network of those in the extra settings', async () => {
    const given = fields({ extra_kwargs: { ...BASE, headers: { 'x-team': 'blue', 'x-api-key': 'header-secret-0123456789' } } })
    await client.post(PATH, given)
    const { network } = await seenInGraphQL(gateway, given.provider_id)
    expect(network.extraHeaders).toEqual([
      { name: 'x-team', value: 'blue' },
      { name: 'x-api-key', value: 'head...6789' },
    ])
    await client.post(PATH, { ...given, extra_kwargs: BASE })
    expect((await seenInGraphQL(gateway, given.provider_id)).network.extraHeaders).toEqual([])
  })

  it('takes the endpoint of a vendor it knows by the id', async () => {
    await client.post(PATH, { provider_id: 'groq', provider_name: 'Groq' })
    expect(await seenInGraphQL(gateway, 'groq')).toMatchObject({ baseUrl: 'https://api.groq.com/openai/v1', enabled: true })
  })

  it('keeps an unknown id without base_url as a disabled placeholder, until it gets one', async () => {
    const given = fields({ api_key: KEY })
    expect((await client.post(PATH, given)).status).toBe(201)
    expect(await seenInGraphQL(gateway, given.provider_id)).toMatchObject({ type: 'OPENAI_COMPAT', baseUrl: '', enabled: false })
    await client.patch(`${PATH}${given.provider_id}/`, { extra_kwargs: BASE })
    expect(await seenInGraphQL(gateway, given.provider_id)).toMatchObject({ baseUrl: BASE.base_url, enabled: true })
  })

  it('leaves `enabled` alone', async () => {
    const given = fields({ extra_kwargs: BASE })
    await client.post(PATH, given)
    const { id } = await seenInGraphQL(gateway, given.provider_id)
    await gateway.ask('mutation ($id: ID!) { updateProvider(input: { provider: { id: $id }, enabled: false }) { __typename } }', { id })
    await client.post(PATH, { ...given, extra_kwargs: { base_url: 'https://b.example.com' } })
    expect((await seenInGraphQL(gateway, given.provider_id)).enabled).toBe(false)
  })

  it('lowers the case of ids, and of those in paths', async () => {
    const name = uniqueName('case')
    const { body } = await client.post(PATH, fields({ provider_id: ` ${name.toUpperCase()} ` }))
    expect([body.id, body.provider_id]).toEqual([name, name])
    expect((await client.get(`${PATH}${name.toUpperCase()}/`)).body.id).toBe(name)
  })

  it('works with and without the slash, and loses no POST to a redirect', async () => {
    for (const path of ['/api/providers', '/api/providers/']) expect((await client.post(path, fields())).status).toBe(201)
  })
})

const BLANK = 'This field may not be blank.'
const NULL = 'This field may not be null.'
const REQUIRED = 'This field is required.'
const TEXT = 'Not a valid string.'
const RULE = expect.stringMatching(/lowercase letters and digits/)

describe('fields that break rules (Respan contract, section B3)', () => {
  it.each([
    [{}, { provider_id: [REQUIRED], provider_name: [REQUIRED] }],
    [
      { provider_id: null, provider_name: '' },
      { provider_id: [NULL], provider_name: [BLANK] },
    ],
    [
      { provider_id: '  ', provider_name: 5 },
      { provider_id: [BLANK], provider_name: [TEXT] },
    ],
    [{ provider_id: 'my_provider', provider_name: 'x' }, { provider_id: [RULE] }],
    [{ provider_id: 'a/b', provider_name: 'x' }, { provider_id: [RULE] }],
    [fields({ api_key: 5 }), { api_key: [TEXT] }],
    [fields({ api_key: ' blanks ' }), { api_key: [expect.any(String)] }],
    [fields({ provider_name: 'x'.repeat(3_000) }), { provider_name: [expect.any(String)] }],
    [fields({ extra_kwargs: 'text' }), { extra_kwargs: ['Expected a dictionary of items but got type "str".'] }],
    [fields({ extra_kwargs: [] }), { extra_kwargs: ['Expected a dictionary of items but got type "list".'] }],
    [fields({ extra_kwargs: 1.5 }), { extra_kwargs: ['Expected a dictionary of items but got type "float".'] }],
    [fields({ extra_kwargs: { base_url: 5 } }), { extra_kwargs: ['base_url: Not a valid string.'] }],
    [fields({ extra_kwargs: { base_url: 'no url' } }), { extra_kwargs: [expect.stringMatching(/^base_url: .*absolute URL/)] }],
    [fields({ extra_kwargs: { base_url: 'http://169.254.169.254' } }), { extra_kwargs: [expect.stringMatching(/^base_url: /)] }],
    [fields({ extra_kwargs: { api_key: {} } }), { extra_kwargs: ['api_key: Not a valid string.'] }],
    [fields({ extra_kwargs: { headers: { a: 1 } } }), { extra_kwargs: ['headers: Expected a dictionary of strings.'] }],
    [fields({ extra_kwargs: { headers: { 'content-length': '1' } } }), { extra_kwargs: [expect.stringMatching(/^headers: /)] }],
    [
      fields({ extra_kwargs: { headers: { 'X-A': '1', 'x-a': '2' } } }),
      { extra_kwargs: [expect.stringMatching(/^headers: .*given twice/)] },
    ],
    [fields({ extra_kwargs: { note: 'a\u0000b' } }), { extra_kwargs: [expect.stringMatching(/character/)] }],
    [fields({ extra_kwargs: { note: 'x'.repeat(70_000) } }), { extra_kwargs: [expect.stringMatching(/65536/)] }],
  ])('%j', async (body, errors) => {
    const answer = await client.post(PATH, body)
    expect([answer.status, answer.body]).toEqual([400, errors])
  })

  it.each(['0', '-1', '600.1', 'null', '"60"', 'true', '1e400'])('refuses a timeout of %s', async (timeout) => {
    const { status, body } = await client.post(PATH, `{"provider_id":"t","provider_name":"T","extra_kwargs":{"timeout":${timeout}}}`)
    expect([status, body]).toEqual([400, { extra_kwargs: [expect.stringMatching(/^timeout: /)] }])
  })

  it('refuses a number that no float can hold, rather than keep another one', async () => {
    for (const number of ['1e999', '9'.repeat(400)])
      for (const kwargs of [`{"temperature":${number}}`, `{"deep":{"er":[${number}]}}`]) {
        const { status, body } = await client.post(PATH, `{"provider_id":"n","provider_name":"N","extra_kwargs":${kwargs}}`)
        expect([status, body]).toEqual([400, { extra_kwargs: ['A number in it is too large to be kept.'] }])
      }
  })

  it.each([
    ['[]', 'list'],
    ['"text"', 'str'],
    ['null', 'NoneType'],
  ])('refuses the body %s', async (given, type) => {
    const { status, body } = await client.post(PATH, given)
    expect([status, body]).toEqual([400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] }])
  })

  it('answers 400 to malformed JSON without repeating it, 415 to another type, 413 to a large body', async () => {
    const broken = await client.post(PATH, '{"api_key": "very-secret-key')
    expect([broken.status, broken.body]).toEqual([400, { detail: expect.stringMatching(/^JSON parse error - /) }])
    const form = await client.post(PATH, 'a=b', { headers: { 'content-type': 'text/plain' } })
    expect([form.status, form.body]).toEqual([415, { detail: 'Unsupported media type "text/plain" in request.' }])
    expect((await client.post(PATH, fields({ api_key: 'x'.repeat(1_000_001) }))).status).toBe(413)
  })

  it('ignores fields that nobody knows, and names that mean something to JavaScript', async () => {
    expect((await client.post(PATH, fields({ is_managed: true, id: 'other' }))).status).toBe(201)
    const name = uniqueName()
    const kwargs = '{"__proto__":{"base_url":"https://evil.example.com"},"constructor":{"timeout":1}}'
    await client.post(PATH, `{"provider_id":"${name}","provider_name":"N","__proto__":{"api_key":"${KEY}"},"extra_kwargs":${kwargs}}`)
    expect(await seenInGraphQL(gateway, name)).toMatchObject({ baseUrl: '', network: { timeoutMs: 30_000 }, apiKeys: { nodes: [] } })
  })

  it('asks an empty body for its fields', async () => {
    const { status, body } = await client.post(PATH, '')
    expect([status, body]).toEqual([400, { provider_id: [REQUIRED], provider_name: [REQUIRED] }])
  })
})

it('keeps one provider and fails none of 200 upserts of one id at once', async () => {
  const provider_id = uniqueName('race')
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      client.post(PATH, fields({ provider_id, api_key: `race-key-${index}-0123`, extra_kwargs: BASE })),
    ),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(199)
  expect((await seenInGraphQL(gateway, provider_id)).version).toBe(200)
  expect(await keysOf(provider_id)).toHaveLength(1)
}, 60_000)

it('shows no secret in an answer, the log or the stored files', async () => {
  const secrets = {
    aws_secret_access_key: 'kwargs-very-secret',
    api_key: 'inner-very-secret',
    headers: { authorization: 'header-very-secret' },
  }
  const given = fields({ api_key: 'outer-very-secret-0123', extra_kwargs: { ...BASE, ...secrets } })
  await client.post(PATH, given)
  await client.patch(`${PATH}${given.provider_id}/`, { extra_kwargs: { ...BASE, ...secrets } })
  await client.get(`${PATH}${given.provider_id}/`)
  await client.post(PATH, fields({ provider_id: 'not legal', api_key: 'refused-very-secret' }))
  await client.get(PATH)
  await gateway.stop()
  for (const text of [client.answered(), LOG.join('\n'), await storedText(gateway)]) expect(text).not.toContain('very-secret')
  await gateway.restart()
})
