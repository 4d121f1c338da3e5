import { afterEach, beforeEach, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { startInternet } from '../../support/upstream/internet.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor, vendorHost } from '../../support/upstream/vendors.ts'

const GOOD = '4f9a2c71d0e83b564f9a2c71d0e83b56'
let vendor: Vendor
beforeEach(async () => {
  vendor = await startVendor('azure', { goodKeys: [GOOD], models: ['gpt-4o'] })
})
afterEach(() => vendor.close())

const probe = (key: string, baseUrl = vendor.baseUrl) =>
  probeConnection(probeRequest({ type: 'AZURE', baseUrl, credential: apiKey(key) }), outboundDeps())

test.each([
  ['', '/openai/models?api-version=2024-10-21'],
  ['/', '/openai/models?api-version=2024-10-21'],
  ['/openai', '/openai/models?api-version=2024-10-21'],
  ['/openai/?api-version=2025-01-01-preview', '/openai/models?api-version=2025-01-01-preview'],
  ['/openai/v1/', '/openai/v1/models'],
])('a base URL that ends in "%s" is listed at %s', async (ending, path) => {
  expect(await probe(GOOD, vendor.baseUrl + ending)).toMatchObject({ status: 'OK', keyVerified: true, models: ['gpt-4o'] })
  expect(vendor.requests[0]).toMatchObject({ method: 'GET', path, headers: { 'api-key': GOOD } })
  expect(vendor.requests[0]?.headers).not.toHaveProperty('authorization')
})

test('an access token of Microsoft Entra is sent as a bearer token', async () => {
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJjb2duaXRpdmUifQ.c2lnbmF0dXJl'
  vendor.set({ goodKeys: [token] })
  expect(await probe(token)).toMatchObject({ status: 'OK' })
  expect(vendor.requests[0]?.headers).toMatchObject({ authorization: `Bearer ${token}` })
})

test('a deployment in the base URL is tried with a chat that cannot run', async () => {
  const outcome = await probe(GOOD, `${vendor.baseUrl}/openai/deployments/gpt?api-version=2024-06-01`)
  expect(outcome).toMatchObject({ status: 'OK', keyVerified: true })
  expect(outcome.message).toContain('The deployment exists')
  expect(vendor.requests[0]).toMatchObject({
    method: 'POST',
    path: '/openai/deployments/gpt/chat/completions?api-version=2024-06-01',
    body: '{"messages":[],"max_tokens":1}',
  })
})

test('a deployment that does not exist is NOT_FOUND, a bad key for it UNAUTHORIZED', async () => {
  const missing = await probe(GOOD, `${vendor.baseUrl}/openai/deployments/typo`)
  expect(missing).toMatchObject({ status: 'NOT_FOUND', httpStatus: 404 })
  expect(missing.message).toContain('no deployment of this name')
  expect(await probe('wrong-key-wrong-key', `${vendor.baseUrl}/openai/deployments/gpt`)).toMatchObject({ status: 'UNAUTHORIZED' })
})

test('a bad key is UNAUTHORIZED, and may belong to another resource', async () => {
  const outcome = await probe('wrong-key-wrong-key')
  expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401 })
  expect(outcome.message).toContain('another resource or region')
})

test.each([
  ['acceptsAnyKey', 'OK', 200, 'not proven'],
  ['noPermission', 'FORBIDDEN', 403, 'network rules'],
  ['noCredit', 'OK', 200, ''],
  ['rateLimited', 'RATE_LIMITED', 429, 'in 20 s'],
  ['down', 'UNEXPECTED_RESPONSE', 503, 'Try again later'],
  ['notFound', 'NOT_FOUND', 404, 'Check the base URL'],
  ['redirect', 'REDIRECTED', 302, 'base URL'],
  ['html', 'UNEXPECTED_RESPONSE', 200, 'web page'],
  ['wrongShape', 'UNEXPECTED_RESPONSE', 200, 'base URL'],
] as const)('%s is %s', async (situation, status, httpStatus, words) => {
  vendor.set({ situation })
  const outcome = await probe(GOOD)
  expect(outcome).toMatchObject({ status, httpStatus })
  expect(outcome.message).toContain(words)
})

test("on the resource's own host no random key follows, and a resource that does not exist is UNREACHABLE", async () => {
  const internet = await startInternet({ 'acme.openai.azure.com': vendorHost('azure', { goodKeys: [GOOD] }) })
  const at = (baseUrl: string) =>
    probeConnection(probeRequest({ type: 'AZURE', baseUrl, credential: apiKey(GOOD), network: internet.network }), outboundDeps())
  try {
    expect(await at('https://acme.openai.azure.com')).toMatchObject({ status: 'OK', keyVerified: true })
    expect(internet.requests).toHaveLength(1)
    expect(await at('https://acmee.openai.azure.com')).toMatchObject({ status: 'UNREACHABLE' })
  } finally {
    await internet.close()
  }
})
