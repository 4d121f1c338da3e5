import { afterEach, beforeEach, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { startInternet } from '../../support/upstream/internet.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor, vendorHost } from '../../support/upstream/vendors.ts'

const GOOD = 'sk-proj-4f9a2c71d0e83b56'
let vendor: Vendor
beforeEach(async () => {
  vendor = await startVendor('openai', { goodKeys: [GOOD] })
})
afterEach(() => vendor.close())

const probe = (key: string, baseUrl = vendor.baseUrl) =>
  probeConnection(probeRequest({ type: 'OPENAI', baseUrl, credential: apiKey(key) }), outboundDeps())

test('a good key is OK, proven against a random key, and its models are listed', async () => {
  const outcome = await probe(GOOD)
  expect(outcome).toMatchObject({ status: 'OK', httpStatus: 200, keyVerified: true, models: ['model-a', 'model-b'] })
  expect(outcome.message).toBe('The key works. It lists 2 models.')
  expect(vendor.keys().filter((key) => key === GOOD)).toHaveLength(1)
})

test('the request is what OpenAI documents, header by header', async () => {
  await probe(GOOD)
  const [request] = vendor.requests
  expect(request).toMatchObject({ method: 'GET', path: '/v1/models', body: '' })
  expect(request?.headers).toEqual({
    host: new URL(vendor.baseUrl).host,
    connection: 'keep-alive',
    'user-agent': 'ai-provider-gateway',
    accept: 'application/json',
    'accept-encoding': 'identity',
    authorization: `Bearer ${GOOD}`,
  })
})

test('a bad key is UNAUTHORIZED, names no page of OpenAI on another host, and shows no part of the key', async () => {
  const outcome = await probe('sk-proj-wrongwrongwrong1')
  expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401, keyVerified: false, models: [] })
  expect(outcome.message).toContain('The key was refused (401). Check the key, or create a new one.')
  expect(outcome.message).not.toContain('ong1')
  expect(outcome.message).not.toContain('sk-proj')
  expect(vendor.requests).toHaveLength(1)
})

test.each([
  ['acceptsAnyKey', 'OK', 200],
  ['noPermission', 'FORBIDDEN', 403],
  ['noCredit', 'FORBIDDEN', 402],
  ['rateLimited', 'RATE_LIMITED', 429],
  ['down', 'UNEXPECTED_RESPONSE', 503],
  ['notFound', 'NOT_FOUND', 404],
  ['redirect', 'REDIRECTED', 302],
  ['html', 'UNEXPECTED_RESPONSE', 200],
  ['wrongShape', 'UNEXPECTED_RESPONSE', 200],
] as const)('%s is %s', async (situation, status, httpStatus) => {
  vendor.set({ situation })
  const outcome = await probe(GOOD)
  expect(outcome).toMatchObject({ status, httpStatus, keyVerified: false })
  expect(outcome.message).not.toContain(GOOD)
})

test.each(['', '/', '/v1/', '/v1/models', '/v1/chat/completions'])('the base URL may end in "%s"', async (ending) => {
  const outcome = await probe(GOOD, new URL(vendor.baseUrl).origin + ending)
  expect(outcome.status).toBe('OK')
  expect(vendor.requests[0]?.path).toBe('/v1/models')
})

test("an admin key is told on OpenAI's own host by a route of its own, and is a key as any other elsewhere", async () => {
  const admin = 'sk-admin-4f9a2c71d0e83b56'
  const internet = await startInternet({ 'api.openai.com': vendorHost('openai', { goodKeys: [admin] }) })
  const onInternet = { type: 'OPENAI', baseUrl: 'https://api.openai.com/v1', credential: apiKey(admin), network: internet.network } as const
  const outcome = await probeConnection(probeRequest(onInternet), outboundDeps()).finally(() => internet.close())
  expect(outcome).toMatchObject({ status: 'FORBIDDEN', keyVerified: false, message: expect.stringContaining('It is an admin key') })
  expect(internet.requests.map(({ path }) => path)).toEqual(['/v1/organization/admin_api_keys?limit=1'])

  vendor.set({ goodKeys: [admin] })
  expect(await probe(admin)).toMatchObject({ status: 'OK', keyVerified: true })
  expect(vendor.requests[0]?.path).toBe('/v1/models')
})

test.each([
  ['OPENAI', 'openai', 'api.openai.com', '/v1/models'],
  ['ANTHROPIC', 'anthropic', 'api.anthropic.com', '/v1/models'],
  ['GOOGLE', 'google', 'generativelanguage.googleapis.com', '/v1beta/models'],
] as const)(
  "%s: on the vendor's own host its own list proves a key, and a list that somebody chose does not",
  async (type, name, host, list) => {
    const internet = await startInternet({ [host]: vendorHost(name, { goodKeys: [GOOD], situation: 'acceptsAnyKey' }) })
    const onInternet = { type, baseUrl: `https://${host}`, credential: apiKey(GOOD), network: internet.network } as const
    try {
      expect(await probeConnection(probeRequest(onInternet), outboundDeps())).toMatchObject({ status: 'OK', keyVerified: true })
      expect(internet.requests).toHaveLength(1)
      const chosen = probeRequest({ ...onInternet, modelsPath: list })
      expect(await probeConnection(chosen, outboundDeps())).toMatchObject({ status: 'OK', keyVerified: false })
      expect(internet.requests).toHaveLength(3)
    } finally {
      await internet.close()
    }
  },
)
