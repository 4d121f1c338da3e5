import { afterEach, beforeEach, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor } from '../../support/upstream/vendors.ts'

const GOOD = 'sk-ant-api03-4f9a2c71d0e83b56'
let vendor: Vendor
beforeEach(async () => {
  vendor = await startVendor('anthropic', { goodKeys: [GOOD], models: ['claude-sonnet-4-5', 'claude-haiku-4-5'] })
})
afterEach(() => vendor.close())

const probe = (key: string, baseUrl = vendor.baseUrl) =>
  probeConnection(probeRequest({ type: 'ANTHROPIC', baseUrl, credential: apiKey(key) }), outboundDeps())

test('a good key is OK and proven', async () => {
  const outcome = await probe(GOOD)
  expect(outcome).toMatchObject({ status: 'OK', keyVerified: true, models: ['claude-sonnet-4-5', 'claude-haiku-4-5'] })
})

test('the request is what Anthropic documents, header by header', async () => {
  await probe(GOOD)
  expect(vendor.requests[0]).toMatchObject({ method: 'GET', path: '/v1/models?limit=1000', body: '' })
  expect(vendor.requests[0]?.headers).toEqual({
    host: new URL(vendor.baseUrl).host,
    connection: 'keep-alive',
    'user-agent': 'ai-provider-gateway',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'anthropic-version': '2023-06-01',
    'x-api-key': GOOD,
  })
})

test('an OAuth token goes into the Authorization header', async () => {
  vendor.set({ goodKeys: ['sk-ant-oat01-4f9a2c71d0e83b56'] })
  expect(await probe('sk-ant-oat01-4f9a2c71d0e83b56')).toMatchObject({ status: 'OK' })
  expect(vendor.requests[0]?.headers).toMatchObject({ authorization: 'Bearer sk-ant-oat01-4f9a2c71d0e83b56' })
  expect(vendor.requests[0]?.headers).not.toHaveProperty('x-api-key')
})

test.each(['/v1', '/v1/', '/v1/messages'])('the base URL may end in "%s"', async (ending) => {
  expect(await probe(GOOD, vendor.baseUrl + ending)).toMatchObject({ status: 'OK' })
  expect(vendor.requests[0]?.path).toBe('/v1/models?limit=1000')
})

test('a bad key is UNAUTHORIZED, and names no page of Anthropic on another host', async () => {
  const outcome = await probe('sk-ant-api03-wrongwrong')
  expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401 })
  expect(outcome.message).toContain('Check the key, or create a new one.')
})

test('a relay without a list is tried with a message that cannot run', async () => {
  vendor.set({ situation: 'noList' })
  expect(await probe(GOOD)).toMatchObject({ status: 'OK', keyVerified: true, models: [] })
  expect(vendor.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/models?limit=1000',
    'POST /v1/messages',
    'POST /v1/messages',
  ])
})

test.each([
  ['acceptsAnyKey', 'OK', 200],
  ['disabledKey', 'UNAUTHORIZED', 404],
  ['noPermission', 'FORBIDDEN', 403],
  ['noCredit', 'FORBIDDEN', 400],
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
