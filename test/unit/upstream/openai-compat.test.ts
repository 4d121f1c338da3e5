import { afterEach, beforeEach, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor } from '../../support/upstream/vendors.ts'

const GOOD = 'relay-4f9a2c71d0e83b56'
let vendor: Vendor
beforeEach(async () => {
  vendor = await startVendor('openai-compat', { goodKeys: [GOOD] })
})
afterEach(() => vendor.close())

const probe = (key: string | null) =>
  probeConnection(
    probeRequest({ type: 'OPENAI_COMPAT', baseUrl: vendor.baseUrl, credential: key === null ? { kind: 'none' } : apiKey(key) }),
    outboundDeps(),
  )

test('a good key is proven against a random key, which alone is sent besides it', async () => {
  expect(await probe(GOOD)).toMatchObject({ status: 'OK', keyVerified: true, models: ['model-a', 'model-b'] })
  const [first, second, ...rest] = vendor.keys()
  expect(first).toBe(GOOD)
  expect(second).toMatch(/^sk-[0-9a-f]{48}$/)
  expect(rest).toEqual([])
})

test('a list that is open to anyone proves nothing', async () => {
  vendor.set({ situation: 'acceptsAnyKey' })
  const outcome = await probe('any-key-at-all')
  expect(outcome).toMatchObject({ status: 'OK', keyVerified: false, models: ['model-a', 'model-b'] })
  expect(outcome.message).toContain('not proven')
})

test('without a key an open upstream is OK, and nothing is proven', async () => {
  vendor.set({ situation: 'acceptsAnyKey' })
  expect(await probe(null)).toMatchObject({ status: 'OK', keyVerified: false })
  expect(vendor.requests).toHaveLength(1)
  expect(vendor.requests[0]?.headers).not.toHaveProperty('authorization')
})

test('without a key an upstream that wants one says so', async () => {
  const outcome = await probe(null)
  expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401 })
  expect(outcome.message).toContain('Add a key')
})

test('without a list, one chat that cannot run shows that the key is taken', async () => {
  vendor.set({ situation: 'noList' })
  expect(await probe(GOOD)).toMatchObject({ status: 'OK', keyVerified: true, models: [] })
  expect(vendor.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/models',
    'POST /v1/chat/completions',
    'POST /v1/chat/completions',
  ])
  expect(vendor.keys().filter((key) => key === GOOD)).toHaveLength(2)
  expect(vendor.requests[1]?.body).toBe('{"model":"connection-test-no-such-model","max_tokens":1,"messages":[]}')
})

test.each([
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
  expect(await probe(GOOD)).toMatchObject({ status, httpStatus, keyVerified: false })
})

test('a bad key is UNAUTHORIZED', async () => {
  expect(await probe('relay-wrongwrongwrong')).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401, keyVerified: false })
})
