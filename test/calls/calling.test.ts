import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { CHAT, chunkOf, openStream, useCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-calling-fixture-aaaa-bbbb-cccc'
let token: string

const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const writer = writerOf(gateway)
beforeAll(async () => {
  await writer.created({ name: 'openai', type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys: [{ credential: { value: KEY } }] })
  token = await callToken(gateway)
})

const BODY = '{"model":"gpt-5", "messages":[{"role":"user","content":"hi \\u00e9"}], "n": 12345678901234567890}'
const chat = (init: RequestInit = {}, path = '/ai/openai/v1/chat/completions') =>
  gateway.fetch(path, {
    method: 'POST',
    body: BODY,
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
  })

describe('a call passes', () => {
  test('with the stored key in place of the token, and every byte of its body as it came', async () => {
    const response = await chat()
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(CHAT)
    const [sent] = vendor.requests
    expect(sent?.path).toBe('/v1/chat/completions')
    expect(sent?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(sent?.body.toString()).toBe(BODY)
    expect(JSON.stringify(vendor.requests.map(({ rawHeaders }) => rawHeaders))).not.toContain(token)
  })

  test.each(['coder-session-token', 'x-api-key', 'api-key', 'x-goog-api-key'])('with the token in the slot %s', async (slot) => {
    const response = await chat({ headers: { authorization: '', [slot]: token } })
    expect(response.status).toBe(200)
    expect(vendor.requests[0]?.headers[slot]).toBeUndefined()
  })

  test.each(['/api/v2/ai-gateway', '/api/v2/aibridge'])("under Coder's name %s", async (prefix) => {
    const response = await chat({}, `${prefix}/openai/v1/chat/completions`)
    expect(await response.json()).toEqual(CHAT)
  })

  test('and its answer comes with the headers of the vendor, but none of its site', async () => {
    const { headers } = await chat()
    expect(headers.get('x-request-id')).toBe('vendor-1')
    expect(headers.get('set-cookie')).toBeNull()
    expect(headers.get('server')).toBeNull()
    expect(headers.get('x-gateway-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test.each(['Location', 'Operation-Location', 'X-Goog-Upload-URL', 'Link'])('and no address at the vendor in %s', async (name) => {
    vendor.answerWith((_request, response) => void response.writeHead(202, { [name]: 'https://vendor.example/v1/operations/1' }).end('{}'))
    const { status, headers } = await chat()
    expect([status, headers.get(name)]).toEqual([202, null])
  })

  test('and a stream comes event by event, each before the next one is made', async () => {
    let next: () => void = () => {}
    vendor.answerWith(async (_request, response) => {
      openStream(response)
      for (const word of ['one', 'two', 'three']) {
        const read = new Promise<void>((resolve) => {
          next = resolve
        })
        response.write(chunkOf(word))
        await read
      }
      response.end('data: [DONE]\n\n')
    })
    const response = await chat()
    const reader = response.body?.getReader()
    const seen: string[] = []
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      seen.push(Buffer.from(part.value).toString())
      next()
    }
    expect(seen).toEqual([chunkOf('one'), chunkOf('two'), chunkOf('three'), 'data: [DONE]\n\n'])
  })

  test('over a connection that is used again', async () => {
    await chat().then((response) => response.text())
    const before = vendor.connections()
    await chat().then((response) => response.text())
    expect(vendor.connections()).toBe(before)
  })
})

describe('who may call', () => {
  const message = async (response: Response) => [response.status, ((await response.json()) as { error: { code: string } }).error.code]

  test('a token without a scope makes no call, whatever its role', async () => {
    expect(await message(await chat({ headers: { authorization: `Bearer ${gateway.adminToken}` } }))).toEqual([403, 'calls_not_allowed'])
    expect(
      await message(await chat({ headers: { authorization: `Bearer ${gateway.adminToken}` } }, '/ai/nobody/v1/chat/completions')),
    ).toEqual([403, 'calls_not_allowed'])
  })

  test('a wrong token, or none, is told so before anything else', async () => {
    expect(await message(await chat({ headers: { authorization: '' } }))).toEqual([401, 'invalid_gateway_token'])
    expect(await message(await chat({ headers: { authorization: 'Bearer wrong' } }))).toEqual([401, 'invalid_gateway_token'])
  })

  test('a provider outside the scope is as unknown as one that does not exist', async () => {
    await writer.created({ name: 'elsewhere' })
    const elsewhere = await callToken(gateway, { providers: [{ name: 'elsewhere' }] })
    const outside = await chat({ headers: { authorization: `Bearer ${elsewhere}` } })
    const unknown = await chat({}, '/ai/nobody/v1/chat/completions')
    expect(await message(outside)).toEqual([404, 'provider_not_found'])
    expect(await message(unknown)).toEqual([404, 'provider_not_found'])
  })
  // The vendor has heard of none of them.
  afterAll(() => expect(vendor.requests).toEqual([]))
})

describe('what an admin has changed counts for the very next call', () => {
  const CREATE = `mutation { result: createAccessToken(input: { name: "revoked", role: CALLER, calls: {} }) {
    ... on CreateAccessTokenPayload { value token { id } } } }`

  test('a token that was revoked calls nobody, however often it was used', async () => {
    const { result } = await gateway.ask<{ result: { value: string; token: { id: string } } }>(CREATE)
    const asked = () => chat({ headers: { authorization: `Bearer ${result.value}` } })
    for (let index = 0; index < 3; index += 1) expect((await asked()).status).toBe(200)
    await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id: result.token.id })
    const before = vendor.requests.length
    expect([(await asked()).status, vendor.requests.length - before]).toEqual([401, 0])
  })

  test('a key that was replaced is not sent again', async () => {
    const { id } = await writer.created({
      name: 'replaced',
      baseUrl: `${vendor.origin}/v1`,
      apiKeys: [{ credential: { value: 'sk-before-aaaa-bbbb' } }],
    })
    const keySent = async () => {
      await chat({}, '/ai/replaced/v1/chat/completions')
      return vendor.requests.at(-1)?.headers.authorization
    }
    expect([await keySent(), await keySent()]).toEqual(['Bearer sk-before-aaaa-bbbb', 'Bearer sk-before-aaaa-bbbb'])
    await writer.updated(id, { apiKeys: [{ add: { credential: { value: 'sk-after-aaaa-bbbb' } } }] })
    expect(await keySent()).toBe('Bearer sk-after-aaaa-bbbb')
  })
})
