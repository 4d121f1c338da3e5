import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import type { AwsCredential } from '../../../src/upstream/vendors/credential.ts'
import { answerSts, assumedKey } from '../../support/upstream/aws-vendor.ts'
import { type Internet, startInternet } from '../../support/upstream/internet.ts'
import { apiKey, outboundDeps, probeRequest, revealable } from '../../support/upstream/probing.ts'
import { startVendor, type Vendor, vendorHost } from '../../support/upstream/vendors.ts'

const ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const ROLE = 'arn:aws:iam::123456789012:role/BedrockRole'

function pair(overrides: Partial<AwsCredential> = {}, secret = SECRET): AwsCredential {
  const keyPair = { accessKey: revealable(ID), accessKeySecret: revealable(secret) }
  return { kind: 'aws', keyPair, apiKey: null, region: 'us-east-1', roleArn: null, externalId: null, ...overrides }
}

let vendor: Vendor
beforeEach(async () => {
  vendor = await startVendor('bedrock', { goodKeys: [`${ID}:${SECRET}`], models: ['anthropic.claude-sonnet-4-5-v1:0'] })
})
afterEach(() => vendor.close())

const probe = (credential = pair(), baseUrl = vendor.baseUrl) =>
  probeConnection(probeRequest({ type: 'BEDROCK', baseUrl, credential }), outboundDeps())

test('a key pair signs the request, and the secret itself never leaves', async () => {
  expect(await probe()).toMatchObject({ status: 'OK', keyVerified: true, models: ['anthropic.claude-sonnet-4-5-v1:0'] })
  const [request, control] = vendor.requests
  expect(request).toMatchObject({ method: 'GET', path: '/foundation-models', body: '' })
  expect(request?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/us-east-1\/bedrock\/aws4_request, SignedHeaders=host;x-amz-date, Signature=[0-9a-f]{64}$/,
  )
  expect(control?.headers.authorization).not.toBe(request?.headers.authorization)
  expect(JSON.stringify(vendor.requests)).not.toContain(SECRET)
})

test('a wrong secret is UNAUTHORIZED, an unknown key too', async () => {
  const outcome = await probe(pair({}, 'wrongSecretWrongSecretWrongSecretWrongSe'))
  expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 403 })
  expect(outcome.message).toContain('The key was refused (403).')
  vendor.set({ goodKeys: [] })
  expect(await probe()).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 403 })
})

test('a Bedrock API key goes as a bearer token, before the key pair', async () => {
  vendor.set({ goodKeys: ['ABSKQmVkcm9ja0FQSUtleS1hYmNk'] })
  const withKey = pair({ apiKey: revealable('ABSKQmVkcm9ja0FQSUtleS1hYmNk'), region: null })
  expect(await probe(withKey)).toMatchObject({ status: 'OK', keyVerified: true })
  expect(vendor.requests[0]?.headers.authorization).toBe('Bearer ABSKQmVkcm9ja0FQSUtleS1hYmNk')
  const bad = await probeConnection(
    probeRequest({ type: 'BEDROCK', baseUrl: vendor.baseUrl, credential: apiKey('ABSKwrongwrong') }),
    outboundDeps(),
  )
  expect(bad).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 403 })
})

test("a host of AWS's that is not Bedrock's own may be anyone's, so a random key follows", async () => {
  const baseUrl = 'https://abc123.execute-api.eu-west-1.amazonaws.com'
  const yes = vendorHost('bedrock', { situation: 'acceptsAnyKey' })
  const internet = await startInternet({ 'abc123.execute-api.eu-west-1.amazonaws.com': yes })
  const request = probeRequest({ type: 'BEDROCK', baseUrl, credential: pair(), network: internet.network })
  const outcome = await probeConnection(request, outboundDeps()).finally(() => internet.close())
  expect(outcome).toMatchObject({ status: 'OK', keyVerified: false })
  expect(internet.requests).toHaveLength(2)
})

test('a Bedrock API key that cannot be sent is UNAUTHORIZED', async () => {
  expect(await probe(pair({ apiKey: revealable('ABSK\nx') }))).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: null })
  expect(await probe(pair({ keyPair: { accessKey: revealable('AKIA\nx'), accessKeySecret: revealable(SECRET) } }))).toMatchObject({
    status: 'UNAUTHORIZED',
  })
  expect(vendor.requests).toEqual([])
})

test('an Anthropic provider with Bedrock settings is tested as Bedrock', async () => {
  const request = probeRequest({ type: 'ANTHROPIC', baseUrl: vendor.baseUrl, credential: pair() })
  expect(await probeConnection(request, outboundDeps())).toMatchObject({ status: 'OK', keyVerified: true })
})

test.each([
  ['acceptsAnyKey', 'OK', 200, 'not proven'],
  ['noPermission', 'FORBIDDEN', 403, 'bedrock:ListFoundationModels'],
  ['throttled', 'RATE_LIMITED', 400, 'limits the rate'],
  ['clockSkew', 'UNEXPECTED_RESPONSE', 403, 'clock'],
  ['rateLimited', 'RATE_LIMITED', 429, 'in 20 s'],
  ['down', 'UNEXPECTED_RESPONSE', 503, 'Try again later'],
  ['notFound', 'NOT_FOUND', 404, 'Check the base URL'],
  ['redirect', 'REDIRECTED', 302, 'base URL'],
  ['html', 'UNEXPECTED_RESPONSE', 200, 'web page'],
  ['wrongShape', 'UNEXPECTED_RESPONSE', 200, 'base URL'],
] as const)('%s is %s', async (situation, status, httpStatus, words) => {
  vendor.set({ situation })
  const outcome = await probe()
  expect(outcome).toMatchObject({ status, httpStatus, keyVerified: false })
  expect(outcome.message).toContain(words)
})

test.each([
  ['no credential at all', { kind: 'none' } as const, 'No access key is stored'],
  ['a role without a key pair', pair({ keyPair: null, roleArn: ROLE }), 'never uses credentials of its own machine'],
  ['no region', pair({ region: null }), 'No region is set'],
  ['a region that is none', pair({ region: 'us-east-1.evil.example' }), 'not one of AWS'],
])('%s is NOT_TESTABLE, and nothing is called', async (_name, credential, words) => {
  const outcome = await probeConnection(probeRequest({ type: 'BEDROCK', baseUrl: vendor.baseUrl, credential }), outboundDeps())
  expect(outcome).toMatchObject({ status: 'NOT_TESTABLE', httpStatus: null })
  expect(outcome.message).toContain(words)
  expect(vendor.requests).toEqual([])
})

describe("AWS's own hosts", () => {
  const EXTERNAL_ID = 'K3JQ7D2XWMZ5T4RV6NYB8HPLCA'
  let internet: Internet
  let stsForm: 'json' | 'xml' = 'json'
  beforeEach(async () => {
    internet = await startInternet({
      'bedrock.eu-west-1.amazonaws.com': vendorHost('bedrock', { goodKeys: [`${ID}:${SECRET}`, assumedKey] }),
      'sts.eu-west-1.amazonaws.com': (request) => answerSts(request, [`${ID}:${SECRET}`], EXTERNAL_ID, stsForm),
    })
  })
  afterEach(() => internet.close())
  const onAws = (credential: AwsCredential, baseUrl = 'https://bedrock-runtime.eu-west-1.amazonaws.com') =>
    probeConnection(probeRequest({ type: 'BEDROCK', baseUrl, credential, network: internet.network }), outboundDeps())

  test('the region comes from the base URL, and the list from the control endpoint of that region', async () => {
    expect(await onAws(pair({ region: null }))).toMatchObject({ status: 'OK', keyVerified: true })
    expect(internet.requests).toHaveLength(1)
    expect(internet.requests[0]?.headers).toMatchObject({ host: 'bedrock.eu-west-1.amazonaws.com' })
    expect(internet.requests[0]?.headers.authorization).toContain('/eu-west-1/bedrock/aws4_request')
  })

  test('a region that is not that of the base URL is NOT_FOUND before anything is sent', async () => {
    const outcome = await onAws(pair({ region: 'us-east-1' }))
    expect(outcome).toMatchObject({ status: 'NOT_FOUND', httpStatus: null })
    expect(outcome.message).toContain('us-east-1')
    expect(internet.requests).toEqual([])
  })

  test('a region that does not exist is UNREACHABLE', async () => {
    expect(await onAws(pair({ region: null }), 'https://bedrock.eu-nowhere-9.amazonaws.com')).toMatchObject({ status: 'UNREACHABLE' })
  })

  test.each(['json', 'xml'] as const)('a role is assumed with its external ID (%s)', async (form) => {
    stsForm = form
    expect(await onAws(pair({ region: null, roleArn: ROLE, externalId: EXTERNAL_ID }))).toMatchObject({ status: 'OK', keyVerified: true })
    const [sts, list] = internet.requests
    expect(sts).toMatchObject({ method: 'POST', path: '/' })
    expect(Object.fromEntries(new URLSearchParams(sts?.body))).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'ai-provider-gateway-test',
      DurationSeconds: '900',
      ExternalId: EXTERNAL_ID,
    })
    expect(sts?.headers.authorization).toContain('/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date,')
    expect(list?.headers['x-amz-security-token']).toBe('temporary-session-token-0123456789')
    expect(list?.headers.authorization).toContain('Credential=ASIATEMPORARY0000001/')
  })

  test.each(['json', 'xml'] as const)(
    'a role that does not trust the key is FORBIDDEN, a bad key for it UNAUTHORIZED (%s)',
    async (form) => {
      stsForm = form
      const untrusted = await onAws(pair({ region: null, roleArn: ROLE, externalId: 'another-id' }))
      expect(untrusted).toMatchObject({ status: 'FORBIDDEN', httpStatus: 403 })
      expect(untrusted.message).toContain('trust policy')
      const bad = pair({ region: null, roleArn: ROLE, externalId: EXTERNAL_ID }, 'wrongSecretWrongSecretWrongSecretWrongSe')
      expect(await onAws(bad)).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 403 })
      expect(internet.requests.every(({ path }) => path === '/')).toBe(true)
    },
  )
})
