import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { useCallVendor } from '../support/call-vendor.ts'
import { storeEveryType } from '../support/every-type.ts'
import { writerOf } from '../support/providers.ts'
import { type RawAnswer, rawCall } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
let token: string
beforeAll(async () => {
  await storeEveryType(writerOf(gateway), vendor.origin, 'sk-types-fixture-aaaa-bbbb-cccc')
  token = await callToken(gateway)
})

const call = (path: string, headers: Readonly<Record<string, string>> = {}, body = '{"model":"m"}', method = 'POST'): Promise<RawAnswer> =>
  rawCall(gateway.url, {
    ...{ path: `/ai/${path}`, method, body: method === 'GET' ? '' : body },
    headers: { 'x-api-key': token, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
  })

describe('beside the calls', () => {
  test('GET /ai lists what the token may call, with the base URLs of the SDKs', async () => {
    const some = await callToken(gateway, { providers: [{ name: 'openai' }, { name: 'anthropic' }] })
    const { body } = await rawCall(gateway.url, { method: 'GET', path: '/ai', headers: { authorization: `Bearer ${some}` } })
    expect(JSON.parse(body.toString())).toEqual({
      data: [
        { name: 'anthropic', type: 'ANTHROPIC', baseUrls: { anthropic: '/ai/anthropic', openai: '/ai/anthropic/v1' } },
        { name: 'openai', type: 'OPENAI', baseUrls: { openai: '/ai/openai/v1' } },
      ],
    })
  })

  test.each(['GET', 'HEAD'])('%s of a provider tells whether a token may use it, without calling the vendor', async (method) => {
    const of = (name: string, value: string) =>
      rawCall(gateway.url, { method, path: `/ai/${name}`, headers: { authorization: `Bearer ${value}` } })
    expect([(await of('openai', token)).status, (await of('openai', 'wrong')).status, (await of('nobody', token)).status]).toEqual([
      200, 401, 404,
    ])
    expect(vendor.requests).toEqual([])
  })

  test('an upgrade to a websocket is answered 426, so that clients go on over HTTP, but only to those who may call', async () => {
    const upgrade = { connection: 'upgrade', upgrade: 'websocket' }
    const answer = await call('openai/v1/responses', upgrade)
    expect([answer.status, answer.headers.upgrade, JSON.parse(answer.body.toString()).error.code]).toEqual([
      426,
      'HTTP/1.1',
      'websocket_not_supported',
    ])
    expect((await call('openai/v1/responses', { ...upgrade, 'x-api-key': 'wrong' })).status).toBe(401)
  })

  test("Claude Code's telemetry is taken, and goes nowhere", async () => {
    expect((await call('anthropic/api/event_logging/batch')).status).toBe(204)
    expect(vendor.requests).toEqual([])
  })

  test('OPTIONS is no route: there is no CORS here', async () => {
    expect((await call('openai/v1/chat/completions', {}, '', 'OPTIONS')).status).toBe(404)
  })
})

describe('a token with a list of models', () => {
  test('calls these models and no others, wherever the API names them', async () => {
    const limited = { 'x-api-key': await callToken(gateway, { models: ['gpt-*', 'gemini-2*'] }) }
    const codeOf = async (answer: Promise<RawAnswer>) => {
      const { status, body } = await answer
      return status === 200 ? 200 : `${status} ${JSON.parse(body.toString()).error.code ?? JSON.parse(body.toString()).error.status}`
    }
    const chat = (body: string, more: Readonly<Record<string, string>> = {}) =>
      codeOf(call('openai/v1/chat/completions', { ...limited, ...more }, body))
    expect(await chat('{"model":"gpt-5"}')).toBe(200)
    expect(await chat('{"model":"o1"}')).toBe('403 model_not_allowed')
    expect(await chat('{"messages":[]}')).toBe('403 model_not_allowed')
    expect(await chat('{"model":"gpt-5","model":"o1"}')).toBe('400 model_ambiguous')
    expect(await chat('{"model":"gpt-5","Model":"o1"}')).toBe('400 model_ambiguous')
    expect(await chat('{"model":"gpt-5","mod\\u0065l":"o1"}')).toBe('400 model_ambiguous')
    expect(await chat('{"a":"\\"","model":"o1","x":{"model":"gpt-5"}}')).toBe('403 model_not_allowed')
    expect(await chat('{"model":"gpt-5"} /* ,"model":"o1" */')).toBe('403 model_not_allowed')
    expect(await chat('{"model":"gpt-5"}', { 'content-encoding': 'gzip' })).toBe('403 model_not_allowed')
    expect(await chat('{"model":"gpt-5"}', { 'content-type': 'text/plain' })).toBe('403 model_not_allowed')
    expect(await codeOf(call('google/v1beta/models/gemini-2.5:generateContent', limited))).toBe(200)
    expect(await codeOf(call('google/v1beta/models/gemini-1.5:generateContent', limited))).toBe('403 403')
    expect(await codeOf(call('openai/v1/models', limited, '', 'GET'))).toBe('403 model_not_allowed')
    expect(vendor.requests).toHaveLength(2)
  })
})
