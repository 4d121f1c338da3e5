import { afterEach, beforeEach, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor } from '../../support/upstream/vendors.ts'

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
