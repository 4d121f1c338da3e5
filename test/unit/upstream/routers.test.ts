import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { startInternet } from '../../support/upstream/internet.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor, vendorHost } from '../../support/upstream/vendors.ts'

const GOOD = 'sk-or-v1-4f9a2c71d0e83b56'
const ROUTERS = [
  {
    type: 'OPENROUTER',
    vendorName: 'openrouter',
    host: 'openrouter.ai',
    base: 'https://openrouter.ai/api/v1',
    route: '/api/v1/key',
    list: '/api/v1/models',
  },
  {
    type: 'VERCEL',
    vendorName: 'vercel',
    host: 'ai-gateway.vercel.sh',
    base: 'https://ai-gateway.vercel.sh/v1',
    route: '/v1/credits',
    list: '/v1/models',
  },
] as const

describe.each(ROUTERS)('$type', ({ type, vendorName, host, base, route, list }) => {
  let vendor: Vendor
  beforeEach(async () => {
    vendor = await startVendor(vendorName, { goodKeys: [GOOD] })
  })
  afterEach(() => vendor.close())
  const probe = (key: string) => probeConnection(probeRequest({ type, baseUrl: vendor.baseUrl, credential: apiKey(key) }), outboundDeps())

  test('a good key is proven on a route that needs one; the open list is read without it', async () => {
    expect(await probe(GOOD)).toMatchObject({ status: 'OK', keyVerified: true, models: ['model-a', 'model-b'] })
    expect(vendor.requests.map(({ path }) => path)).toEqual([route, route, list])
    expect(vendor.requests[0]?.headers.authorization).toBe(`Bearer ${GOOD}`)
    expect(vendor.requests[2]?.headers).not.toHaveProperty('authorization')
    expect(vendor.keys().filter((key) => key === GOOD)).toHaveLength(1)
  })

  test("on the vendor's own host no random key follows", async () => {
    const internet = await startInternet({ [host]: vendorHost(vendorName, { goodKeys: [GOOD] }) })
    const request = probeRequest({ type, baseUrl: base, credential: apiKey(GOOD), network: internet.network })
    const outcome = await probeConnection(request, outboundDeps()).finally(() => internet.close())
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: true })
    expect(internet.requests.map(({ path }) => path)).toEqual([route, list])
  })

  test('a bad key is UNAUTHORIZED although the list is open', async () => {
    expect(await probe('sk-or-v1-wrongwrongwrong')).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401, models: [] })
    expect(vendor.requests).toHaveLength(1)
  })

  test.each([
    ['acceptsAnyKey', 'OK', 'not proven'],
    ['noPermission', 'FORBIDDEN', 'lacks permission'],
    ['noCredit', 'FORBIDDEN', 'no credit'],
    ['rateLimited', 'RATE_LIMITED', 'in 20 s'],
    ['down', 'UNEXPECTED_RESPONSE', 'Try again later'],
    ['notFound', 'NOT_FOUND', base],
    ['redirect', 'REDIRECTED', 'base URL'],
    ['html', 'UNEXPECTED_RESPONSE', 'web page'],
    ['wrongShape', 'UNEXPECTED_RESPONSE', 'base URL'],
  ] as const)('%s is %s', async (situation, status, words) => {
    vendor.set({ situation })
    const outcome = await probe(GOOD)
    expect(outcome).toMatchObject({ status, keyVerified: false })
    expect(outcome.message).toContain(words)
  })
})

test('an OpenRouter key whose limit is used up works, and says that its calls will not', async () => {
  const vendor = await startVendor('openrouter', { goodKeys: [GOOD], situation: 'spentLimit' })
  const request = probeRequest({ type: 'OPENROUTER', baseUrl: vendor.baseUrl, credential: apiKey(GOOD) })
  const outcome = await probeConnection(request, outboundDeps()).finally(() => vendor.close())
  expect(outcome).toMatchObject({ status: 'OK', keyVerified: true })
  expect(outcome.message).toContain('spending limit is used up')
})

test('GitHub Copilot is NOT_TESTABLE with the reason, and nothing is called', async () => {
  const vendor = await startVendor('openai')
  const request = probeRequest({ type: 'COPILOT', baseUrl: vendor.baseUrl })
  const outcome = await probeConnection(request, outboundDeps()).finally(() => vendor.close())
  expect(outcome).toMatchObject({ status: 'NOT_TESTABLE', httpStatus: null, keyVerified: false })
  expect(outcome.message).toContain('no stored key')
  expect(vendor.requests).toEqual([])
})
