import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { refusal, useCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { rawCall } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const PINNED = '/openai/deployments/secret-model'
let everything: string
let scoped: string

const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const writer = writerOf(gateway)
beforeAll(async () => {
  const { origin } = vendor
  const key = (name: string, endpoint?: string) => ({
    credential: { value: `sk-${name}-fixture-aaaa-bbbb` },
    ...(endpoint === undefined ? {} : { credentialParts: [{ name: 'endpoint', credential: { value: endpoint } }] }),
  })
  await writer.created({ name: 'azd', type: 'AZURE', baseUrl: origin + PINNED, apiKeys: [key('azd')] })
  await writer.created({ name: 'azk', type: 'AZURE', apiKeys: [key('azk', origin + PINNED)] })
  await writer.created({ name: 'az-none', type: 'AZURE', baseUrl: '', apiKeys: [key('none', origin + PINNED)] })
  await writer.created({
    name: 'az-moved',
    type: 'AZURE',
    baseUrl: `${origin}/openai/deployments/allowed-1`,
    apiKeys: [key('moved', `${origin}/openai/v1`)],
  })
  await writer.created({ name: 'az-two', type: 'AZURE', apiKeys: [key('pinned', origin + PINNED), key('open', origin)] })
  await writer.created({ name: 'p1', type: 'OPENAI', baseUrl: `${origin}/v1`, apiKeys: [key('p1')] })
  await writer.created({ name: 'anthropic', type: 'ANTHROPIC', baseUrl: origin, apiKeys: [key('anthropic')] })
  await writer.created({ name: 'openrouter', type: 'OPENROUTER', baseUrl: `${origin}/api/v1`, apiKeys: [key('openrouter')] })
  await writer.created({ name: 'copilot', type: 'COPILOT', baseUrl: origin })
  await writer.created({ name: 'vercel', type: 'VERCEL', baseUrl: `${origin}/v1`, apiKeys: [key('vercel')] })
  everything = await callToken(gateway)
  scoped = await callToken(gateway, { models: ['allowed-1'] })
})

const post = (path: string, model: string, token: string) =>
  rawCall(gateway.url, {
    ...{ path, body: JSON.stringify({ model }) },
    headers: { 'x-api-key': token, 'content-type': 'application/json' },
  })
const chat = (model: string, token: string) => post('/v1/chat/completions', model, token)
const asked = () => vendor.requests.map(({ path }) => path.split('?')[0])
let made = 0
async function route(...targets: readonly [string, string][]): Promise<string> {
  made += 1
  const name = `pinned-${made}`
  const input = { name, targets: targets.map(([provider, model], priority) => ({ provider: { name: provider }, model, priority })) }
  await gateway.ask('mutation ($input: CreateModelRouteInput!) { createModelRoute(input: $input) { __typename } }', { input })
  return name
}

describe('a token that may use some models reaches no other one through a place that names the model itself', () => {
  test.each([
    ['the base URL', '/v1/chat/completions', 'azd/allowed-1'],
    ["the base URL, by the provider's own path", '/ai/azd/chat/completions', 'allowed-1'],
    ['the endpoint of the key', '/v1/chat/completions', 'azk/allowed-1'],
    ["the endpoint of the key, by the provider's own path", '/ai/azk/chat/completions', 'allowed-1'],
    ['the endpoint of the key of a provider that has none', '/ai/az-none/chat/completions', 'allowed-1'],
    ['the body, where the key leads to another place than the base URL, which names one', '/ai/az-moved/chat/completions', 'secret-model'],
  ])('%s', async (_what, path, model) => {
    const answer = await post(path, model, scoped)
    expect([answer.status, JSON.parse(answer.body.toString()).error.code]).toEqual([403, 'model_not_allowed'])
    expect(asked()).toEqual([])
    expect((await post(path, model, everything)).status).toBe(200)
  })

  test('a target of a route, which is skipped; none left is no such model', async () => {
    for (const name of [await route(['azd', 'allowed-1']), await route(['azk', 'allowed-1'], ['azd', 'allowed-1'])]) {
      const answer = await chat(name, scoped)
      expect([answer.status, JSON.parse(answer.body.toString()).error.code]).toEqual([404, 'model_not_found'])
    }
    expect(asked()).toEqual([])
    expect((await chat(await route(['azk', 'allowed-1'], ['p1', 'allowed-1']), scoped)).headers['x-gateway-target']).toBe('p1/allowed-1')
  })

  test('the list of models, which leaves out a route of such targets alone', async () => {
    const [pinned, open] = [await route(['azd', 'allowed-1']), await route(['azd', 'allowed-1'], ['p1', 'allowed-1'])]
    const listed = async (token: string) =>
      JSON.stringify(await (await gateway.fetch('/v1/models', { headers: { authorization: `Bearer ${token}` } })).json())
    const [toScoped, toOther] = [await listed(scoped), await listed(everything)]
    expect([toScoped, toOther].map((list) => [list.includes(pinned), list.includes(open)])).toEqual([
      [false, true],
      [true, true],
    ])
  })

  test('one of two keys, which is never chosen', async () => {
    for (let count = 0; count < 12; count += 1) expect((await chat('az-two/allowed-1', scoped)).status).toBe(200)
    expect(new Set(asked())).toEqual(new Set(['/openai/v1/chat/completions']))
  })
})

describe('under the one base URL', () => {
  test('a key that brings an endpoint with a deployment is called there', async () => {
    expect((await chat('azk/gpt', everything)).status).toBe(200)
    expect(asked()).toEqual([`${PINNED}/chat/completions`])
  })

  test.each([
    ['its caller brings no credential that it needs', 'copilot', '/v1/chat/completions'],
    ['its type does not take the format', 'azk', '/v1/messages'],
    ['its endpoint does not take the route', 'anthropic', '/v1/embeddings'],
  ])('a target is skipped when %s', async (_what, provider, path) => {
    const name = await route([provider, 'gpt'], ['openrouter', 'gpt'])
    expect((await post(path, name, everything)).headers['x-gateway-target']).toBe('openrouter/gpt')
    expect(asked()).toHaveLength(1)
  })

  test('a target that takes no such call hides no trouble of the others', async () => {
    vendor.answerWith(refusal(503, { error: { message: 'busy' } }))
    const name = await route(['p1', 'gpt-busy'], ['copilot', 'gpt'])
    expect((await chat(name, everything)).status).toBe(503)
  })
})

describe('nor one that the call names beside its model', () => {
  const BOTH = ['allowed-1', 'secret-model']
  test.each([
    ['models', { models: BOTH }, 403],
    ['models', { models: ['allowed-1'] }, 200],
    ['models', { models: 'secret-model' }, 403],
    ['models, in other letters', { Models: BOTH }, 403],
    ['fallbacks', { fallbacks: [{ model: 'secret-model' }] }, 403],
    ['fallbacks', { fallbacks: [{ model: 'allowed-1' }] }, 200],
    ['fallbacks', { fallbacks: ['secret-model'] }, 403],
    ['fallbacks that nobody can read', { fallbacks: [{ 'allowed-1': ['secret-model'] }] }, 403],
    ['no fallbacks', { fallbacks: null }, 200],
    ["options of Vercel's", { providerOptions: { gateway: { models: BOTH } } }, 403],
    ["options of Vercel's", { providerOptions: { gateway: { order: ['azure'] } } }, 200],
  ])('%s: %j', async (_where, members, status) => {
    for (const [path, model] of [
      ['/ai/openrouter/v1/chat/completions', 'allowed-1'],
      ['/v1/chat/completions', 'openrouter/allowed-1'],
    ] as const) {
      const body = JSON.stringify({ model, ...members })
      const headers = { 'x-api-key': scoped, 'content-type': 'application/json' }
      expect((await rawCall(gateway.url, { path, body, headers })).status, path).toBe(status)
    }
    expect(vendor.requests).toHaveLength(status === 200 ? 2 : 0)
  })

  test("twice, or in a header of Vercel's", async () => {
    const path = '/ai/openrouter/v1/chat/completions'
    const headers = { 'x-api-key': scoped, 'content-type': 'application/json' }
    const twice = '{"model":"allowed-1","models":["allowed-1"],"models":["allowed-1"]}'
    expect((await rawCall(gateway.url, { path, body: twice, headers })).status).toBe(403)
    const body = '{"model":"allowed-1"}'
    for (const name of ['ai-language-model-id', 'ai-model-id'])
      expect((await rawCall(gateway.url, { path, body, headers: { ...headers, [name]: 'secret-model' } })).status).toBe(403)
    expect((await rawCall(gateway.url, { path, body, headers: { ...headers, 'ai-language-model-id': 'allowed-1' } })).status).toBe(200)
    expect(vendor.requests).toHaveLength(1)
  })
})

describe("the header of Vercel's own API is the model of a call", () => {
  const call = (path: string, named: Readonly<Record<string, string>>, body = '{"prompt":[]}') =>
    rawCall(gateway.url, { path, body, headers: { 'x-api-key': scoped, 'content-type': 'application/json', ...named } })

  test.each([
    ['language', { 'ai-language-model-id': 'allowed-1' }, '{"prompt":[]}', 200],
    ['embedding', { 'ai-model-id': 'allowed-1' }, '{"values":[]}', 200],
    ['language', { 'ai-language-model-id': 'secret-model' }, '{"prompt":[]}', 403],
    ['language', { 'ai-language-model-id': 'allowed-1', 'ai-model-id': 'secret-model' }, '{"prompt":[]}', 400],
    ['language', { 'ai-language-model-id': 'allowed-1' }, '{"model":"secret-model"}', 403],
    ['language', { 'ai-language-model-id': 'allowed-1', 'content-encoding': 'gzip', 'content-type': 'text/plain' }, '{}', 403],
    ['language', { connection: 'ai-language-model-id', 'ai-language-model-id': 'allowed-1' }, '{"model":"secret-model"}', 403],
    ['language', {}, '{"prompt":[]}', 403],
  ])('%s model, %j, %s: %i', async (kind, named, body, status) => {
    expect((await call(`/ai/vercel/v1/ai/${kind}-model`, named, body)).status).toBe(status)
    expect(vendor.requests).toHaveLength(status === 200 ? 1 : 0)
  })

  test.each(['/ai/vercel/v1/chat/completions', '/ai/p1/v1/chat/completions'])('and not that of another one: %s', async (path) => {
    expect((await call(path, { 'ai-language-model-id': 'allowed-1' })).status).toBe(403)
  })
})
