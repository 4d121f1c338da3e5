import { afterEach, beforeEach, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { vertexOrigin } from '../../../src/upstream/vendors/google.ts'
import { startInternet } from '../../support/upstream/internet.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor, vendorHost } from '../../support/upstream/vendors.ts'

const GOOD = 'AIzaSy4f9a2c71d0e83b56'
let vendor: Vendor
beforeEach(async () => {
  vendor = await startVendor('google', { goodKeys: [GOOD], models: ['gemini-2.5-pro'] })
})
afterEach(() => vendor.close())

const probe = (key: string, baseUrl = vendor.baseUrl) =>
  probeConnection(probeRequest({ type: 'GOOGLE', baseUrl, credential: apiKey(key) }), outboundDeps())

test('a good key is OK and proven; the key goes into a header and never into the address', async () => {
  expect(await probe(GOOD)).toMatchObject({ status: 'OK', keyVerified: true, models: ['gemini-2.5-pro'] })
  expect(vendor.requests[0]).toMatchObject({ method: 'GET', path: '/v1beta/models?pageSize=1000' })
  expect(vendor.requests[0]?.headers).toMatchObject({ 'x-goog-api-key': GOOD })
  expect(vendor.requests[0]?.headers).not.toHaveProperty('authorization')
})

test.each([
  ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com'],
  ['global', 'https://aiplatform.googleapis.com'],
  ['evil.example/', null],
  ['', null],
])('the region %j of a key says where Vertex AI is, and nothing else can', (region, origin) => {
  expect(vertexOrigin(region)).toBe(origin)
})

test('a base URL with a version is used as it is', async () => {
  expect(await probe(GOOD, `${vendor.baseUrl}/v1/`)).toMatchObject({ status: 'OK' })
  expect(vendor.requests[0]?.path).toBe('/v1/models?pageSize=1000')
})

test('a base URL that ends in /openai is probed in the OpenAI mode', async () => {
  const openAiMode = `${vendor.baseUrl}/v1beta/openai/`
  expect(await probe(GOOD, openAiMode)).toMatchObject({ status: 'OK', keyVerified: true, models: ['gemini-2.5-pro'] })
  expect(vendor.requests[0]).toMatchObject({ path: '/v1beta/openai/models', headers: { authorization: `Bearer ${GOOD}` } })
  expect(await probe('AIzaSywrongwrongwrong', openAiMode)).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 400 })
})

test('a bad key is UNAUTHORIZED although Google says 400', async () => {
  const outcome = await probe('AIzaSywrongwrongwrong')
  expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 400 })
  expect(outcome.message).toContain('The key was refused (400). Check the key, or create a new one.')
})

test.each([
  ['acceptsAnyKey', 'OK', 200, 'not proven'],
  ['noPermission', 'FORBIDDEN', 403, 'Enable the Generative Language API'],
  ['restrictedKey', 'FORBIDDEN', 403, 'restrictions'],
  ['disabledKey', 'UNAUTHORIZED', 403, 'seen it published'],
  ['wrongRegion', 'FORBIDDEN', 400, 'region'],
  ['rateLimited', 'RATE_LIMITED', 429, 'in 20 s'],
  ['down', 'UNEXPECTED_RESPONSE', 503, 'Try again later'],
  ['notFound', 'NOT_FOUND', 404, 'https://generativelanguage.googleapis.com'],
  ['redirect', 'REDIRECTED', 302, 'base URL'],
  ['html', 'UNEXPECTED_RESPONSE', 200, 'web page'],
  ['wrongShape', 'UNEXPECTED_RESPONSE', 200, 'base URL'],
] as const)('%s is %s', async (situation, status, httpStatus, words) => {
  vendor.set({ situation })
  const outcome = await probe(GOOD)
  expect(outcome).toMatchObject({ status, httpStatus, keyVerified: false })
  expect(outcome.message).toContain(words)
})

test("on Google's own host no random key follows, and Vertex counts tokens", async () => {
  const host = vendorHost('google', { goodKeys: [GOOD, 'ya29.token-of-an-account'] })
  const internet = await startInternet({ 'generativelanguage.googleapis.com': host, 'us-central1-aiplatform.googleapis.com': host })
  const onInternet = (baseUrl: string, key: string) =>
    probeConnection(probeRequest({ type: 'GOOGLE', baseUrl, credential: apiKey(key), network: internet.network }), outboundDeps())
  try {
    expect(await onInternet('https://generativelanguage.googleapis.com', GOOD)).toMatchObject({ status: 'OK', keyVerified: true })
    expect(internet.requests).toHaveLength(1)
    const project = 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1'
    expect(await onInternet(project, 'ya29.token-of-an-account')).toMatchObject({ status: 'OK', keyVerified: true, models: [] })
    expect(internet.requests[1]).toMatchObject({
      method: 'POST',
      path: '/v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash:countTokens',
      headers: { authorization: 'Bearer ya29.token-of-an-account' },
    })
    expect(await onInternet('https://us-central1-aiplatform.googleapis.com', GOOD)).toMatchObject({ status: 'OK' })
    expect(internet.requests[2]).toMatchObject({
      path: '/v1/publishers/google/models/gemini-2.5-flash:countTokens',
      headers: { 'x-goog-api-key': GOOD },
    })
  } finally {
    await internet.close()
  }
})
