import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { UpstreamRequest } from '../../../src/upstream/client/messages.ts'
import { knownTarget } from '../../../src/upstream/client/target.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { type AuthorizationRules, authorize } from '../../../src/upstream/vendors/authorize.ts'
import type { AwsCredential } from '../../../src/upstream/vendors/credential.ts'
import { PROVIDER_TYPES } from '../../../src/upstream/vendors/provider-type.ts'
import { presetByName } from '../../../src/upstream/vendors/vendor-presets.ts'
import { apiKey, outboundDeps, probeRequest, revealable } from '../../support/upstream/probing.ts'
import { startRecorder } from '../../support/upstream/recorder.ts'
import { startVendor } from '../../support/upstream/vendors.ts'

const KEY = 'sk-good-0123456789abcdef'
const rules = (overrides: Partial<AuthorizationRules>): AuthorizationRules => ({
  type: 'OPENAI',
  base: knownTarget('https://relay.example/v1'),
  preset: null,
  authentication: 'DEFAULT',
  ...overrides,
})
const request = (overrides: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: 'POST',
  target: knownTarget('https://relay.example/v1/chat/completions'),
  headers: {},
  body: '{}',
  ...overrides,
})
const headersOf = async (overrides: Partial<AuthorizationRules>, key = KEY, headers: Record<string, string> = {}) =>
  (await authorize(request({ headers }), apiKey(key), rules(overrides))).headers

describe('which headers carry a key', () => {
  const bearer = { authorization: `Bearer ${KEY}` }
  test.each([
    ['OPENAI', {}, bearer],
    ['OPENROUTER', {}, bearer],
    ['VERCEL', {}, bearer],
    ['BEDROCK', {}, bearer],
    ['AZURE', {}, { 'api-key': KEY }],
    ['GOOGLE', {}, { 'x-goog-api-key': KEY }],
    ['GOOGLE', { base: knownTarget('https://relay.example/v1beta/openai') }, bearer],
    ['ANTHROPIC', {}, { 'x-api-key': KEY, 'anthropic-version': '2023-06-01' }],
    ['OPENAI_COMPAT', {}, bearer],
    ['OPENAI_COMPAT', { preset: presetByName('deepgram') }, { authorization: `Token ${KEY}` }],
    ['OPENAI_COMPAT', { preset: presetByName('assemblyai') }, { authorization: KEY }],
    ['OPENAI_COMPAT', { preset: presetByName('elevenlabs') }, { 'xi-api-key': KEY }],
  ] as const)('%s %j', async (type, overrides, expected) => {
    expect(await headersOf({ type, ...overrides })).toEqual(expected)
  })

  test("a key's own form decides where the type has more than one", async () => {
    expect(await headersOf({ type: 'ANTHROPIC' }, 'sk-ant-oat01-x', { 'anthropic-beta': 'files-api' })).toMatchObject({
      authorization: 'Bearer sk-ant-oat01-x',
      'anthropic-beta': 'files-api,oauth-2025-04-20',
    })
    expect(await headersOf({ type: 'AZURE' }, 'eyJa.eyJb.c')).toEqual({ authorization: 'Bearer eyJa.eyJb.c' })
    const vertex = knownTarget('https://europe-west1-aiplatform.googleapis.com/v1')
    expect(await headersOf({ type: 'GOOGLE', base: vertex }, 'ya29.x')).toEqual({ authorization: 'Bearer ya29.x' })
  })

  test("a caller's version of the API stays", async () => {
    expect(await headersOf({ type: 'ANTHROPIC' }, KEY, { 'anthropic-version': '2026-10-21' })).toMatchObject({
      'anthropic-version': '2026-10-21',
    })
  })

  test.each(PROVIDER_TYPES)('%s: the provider may name another way, and then no other header has the key', async (type) => {
    const asBearer = await headersOf({ type, authentication: 'BEARER' })
    expect(Object.entries(asBearer).filter(([, value]) => value.includes(KEY))).toEqual([['authorization', `Bearer ${KEY}`]])
    const named = await headersOf({ type, authentication: 'X-Relay-Key' })
    expect(Object.entries(named).filter(([, value]) => value.includes(KEY))).toEqual([['x-relay-key', KEY]])
  })
})

describe('the authentication that a provider names', () => {
  const TYPES = ['ANTHROPIC', 'AZURE', 'BEDROCK', 'GOOGLE', 'OPENAI', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL'] as const
  test.each(TYPES)('%s: carries the key and the random one in a test', async (type) => {
    for (const [authentication, header, prefix] of [
      ['BEARER', 'authorization', 'Bearer '],
      ['X-Relay-Key', 'x-relay-key', ''],
    ] as const) {
      const relay = await startRecorder(({ headers }) => {
        if (headers[header] !== `${prefix}${KEY}`) return { status: 401, body: { error: { message: 'no' } } }
        return { status: 200, body: { data: type === 'OPENROUTER' ? { label: 'x' } : [{ id: 'm' }], balance: '1' } }
      })
      const asked = probeRequest({ type, baseUrl: `${relay.origin}/v1`, credential: apiKey(KEY), authentication })
      const outcome = await probeConnection(asked, outboundDeps()).finally(() => relay.close())
      expect({ type, authentication, ...outcome }).toMatchObject({ status: 'OK', keyVerified: true })
      const carrying = relay.requests.flatMap(({ headers }) => Object.entries(headers).filter(([, value]) => value.includes(KEY)))
      expect(new Set(carrying.map(([name]) => name))).toEqual(new Set([header]))
    }
  })

  test('one that is no header name is told, and nothing is sent', async () => {
    const relay = await startRecorder(() => ({ status: 200, body: { data: [] } }))
    const asked = probeRequest({ type: 'OPENAI', baseUrl: relay.origin, credential: apiKey(KEY), authentication: 'x\r\ny' })
    expect(await probeConnection(asked, outboundDeps()).finally(() => relay.close())).toMatchObject({ status: 'NOT_TESTABLE' })
    expect(relay.requests).toEqual([])
  })
})

describe('AWS', () => {
  const ID = 'ASIAIOSFODNN7EXAMPLE'
  const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const pair = (id: string, sessionToken?: string): AwsCredential => ({
    kind: 'aws',
    keyPair: {
      accessKey: revealable(id),
      accessKeySecret: revealable(SECRET),
      ...(sessionToken ? { sessionToken: revealable(sessionToken) } : {}),
    },
    apiKey: null,
    region: 'eu-west-1',
    roleArn: null,
    externalId: null,
  })

  /** Computes the signature from the request as it is sent, by AWS's description alone. */
  function expectSigned({ headers, target, method, body }: UpstreamRequest, canonicalPath: string, canonicalQuery: string): void {
    const [, date = '', signed = '', signature = ''] =
      /Credential=[^/]+\/(\d{8})\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=([^,]+), Signature=(.*)$/.exec(
        headers.authorization ?? '',
      ) ?? []
    const sha = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')
    const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
    const lines = signed.split(';').map((name) => `${name}:${headers[name]}\n`)
    const canonical = [method, canonicalPath, canonicalQuery, lines.join(''), signed, sha(body ?? '')].join('\n')
    const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${date}/eu-west-1/bedrock/aws4_request`, sha(canonical)].join('\n')
    const key = ['eu-west-1', 'bedrock', 'aws4_request'].reduce<Buffer>((found, part) => hmac(found, part), hmac(`AWS4${SECRET}`, date))
    expect(hmac(key, text).toString('hex')).toBe(signature)
    expect(headers.host).toBe(target.hostname)
  }
  const sign = (path: string, body?: Uint8Array) =>
    authorize(
      {
        method: 'POST',
        target: knownTarget(`https://bedrock-runtime.eu-west-1.amazonaws.com${path}`),
        headers: {},
        ...(body ? { body } : {}),
      },
      pair('AKIAIOSFODNN7EXAMPLE'),
      rules({ type: 'BEDROCK' }),
    )

  test('what is encoded in a path is encoded once more in the signature, and sent as it came', async () => {
    const path = '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Fx/converse'
    const signed = await sign(path)
    expect(signed.target.path).toBe(path)
    expectSigned(signed, '/model/arn%253Aaws%253Abedrock%253Aeu-west-1%253A1%253Ainference-profile%252Fx/converse', '')
  })

  test('a query is signed sorted and encoded, and sent as it came', async () => {
    const signed = await sign('/foundation-models?byProvider=a%20b&a=%2F')
    expect(signed.target.query).toBe('byProvider=a%20b&a=%2F')
    expectSigned(signed, '/foundation-models', 'a=%2F&byProvider=a%20b')
  })

  test('a body is signed byte for byte, also when it is no text', async () => {
    expectSigned(await sign('/model/m/invoke', Uint8Array.from([0xff, 0x00, 0xfe, 0x0a])), '/model/m/invoke', '')
  })

  test('a session token is signed and sent', async () => {
    const vendor = await startVendor('bedrock', { goodKeys: [`${ID}:${SECRET}:session-token-0123456789`], models: ['m'] })
    const asked = (credential: AwsCredential) => probeRequest({ type: 'BEDROCK', baseUrl: vendor.baseUrl, credential })
    expect(await probeConnection(asked(pair(ID, 'session-token-0123456789')), outboundDeps())).toMatchObject({
      status: 'OK',
      keyVerified: true,
    })
    expect(vendor.requests[0]?.headers).toMatchObject({
      'x-amz-security-token': 'session-token-0123456789',
      authorization: expect.stringContaining('SignedHeaders=host;x-amz-date;x-amz-security-token'),
    })
    const wrong = await probeConnection(asked(pair(ID, 'another-token-0123456789')), outboundDeps()).finally(() => vendor.close())
    expect(wrong).toMatchObject({ status: 'UNAUTHORIZED' })
    expect(wrong.message).not.toContain('another-token')
  })

  test('a temporary access key without its session token is told so, and nothing is sent', async () => {
    const vendor = await startVendor('bedrock')
    const outcome = await probeConnection(probeRequest({ type: 'BEDROCK', baseUrl: vendor.baseUrl, credential: pair(ID) }), outboundDeps())
    expect(outcome).toMatchObject({ status: 'NOT_TESTABLE', httpStatus: null })
    expect(outcome.message).toContain('session token')
    expect(vendor.requests).toEqual([])
    await vendor.close()
  })

  test('half a key pair is told by its half, and nothing is sent', async () => {
    const vendor = await startVendor('bedrock')
    for (const [accessKey, accessKeySecret, words] of [
      ['AKIAIOSFODNN7EXAMPLE', '', 'its secret is missing'],
      ['', SECRET, 'the access key itself is missing'],
    ] as const) {
      const keyPair = { accessKey: revealable(accessKey), accessKeySecret: revealable(accessKeySecret) }
      const credential: AwsCredential = { ...pair(ID), keyPair }
      const outcome = await probeConnection(probeRequest({ type: 'BEDROCK', baseUrl: vendor.baseUrl, credential }), outboundDeps())
      expect(outcome).toMatchObject({ status: 'NOT_TESTABLE' })
      expect(outcome.message).toContain(words)
    }
    expect(vendor.requests).toEqual([])
    await vendor.close()
  })
})
