import { describe, expect, test } from 'vitest'
import type { UpstreamRequest } from '../../../src/upstream/client/messages.ts'
import { knownTarget } from '../../../src/upstream/client/target.ts'
import { signAws, spelledForAws } from '../../../src/upstream/vendors/aws-signature.ts'

// The credentials, the moment and the signatures are those of AWS's published Signature Version 4 test suite.
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: null }
const SCOPE = { service: 'service', region: 'us-east-1', date: new Date('2015-08-30T12:36:00Z') }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Name, method, path and query, further headers and body, signed headers, signature. */
type Vector = readonly [string, UpstreamRequest['method'], string, Record<string, string>, string, string, string]

const HOST_AND_DATE = 'host;x-amz-date'
const WITH_HEADER = 'host;my-header1;x-amz-date'
const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const VECTORS: readonly Vector[] = [
  ['get-vanilla', 'GET', '/', {}, '', HOST_AND_DATE, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['get-unreserved', 'GET', `/${UNRESERVED}`, {}, '', HOST_AND_DATE, '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'],
  [
    'get-vanilla-empty-query-key',
    'GET',
    '/?Param1=value1',
    {},
    '',
    HOST_AND_DATE,
    'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  ],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    {},
    '',
    HOST_AND_DATE,
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-query-unreserved',
    'GET',
    `/?${UNRESERVED}=${UNRESERVED}`,
    {},
    '',
    HOST_AND_DATE,
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  [
    'get-vanilla-utf8-query',
    'GET',
    '/?%E1%88%B4=bar',
    {},
    '',
    HOST_AND_DATE,
    '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  ],
  [
    'get-header-value-trim',
    'GET',
    '/',
    { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    '',
    'host;my-header1;my-header2;x-amz-date',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  ['post-vanilla', 'POST', '/', {}, '', HOST_AND_DATE, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'post-vanilla-query',
    'POST',
    '/?Param1=value1',
    {},
    '',
    HOST_AND_DATE,
    '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  ],
  [
    'post-header-key-sort',
    'POST',
    '/',
    { 'my-header1': 'value1' },
    '',
    WITH_HEADER,
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'post-header-value-case',
    'POST',
    '/',
    { 'my-header1': 'VALUE1' },
    '',
    WITH_HEADER,
    'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    FORM,
    'Param1=value1',
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-x-www-form-urlencoded-parameters',
    'POST',
    '/',
    { 'content-type': 'application/x-www-form-urlencoded; charset=utf8' },
    'Param1=value1',
    'content-type;host;x-amz-date',
    '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  ],
]
const STS_TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='

describe("AWS's published vectors", () => {
  test.each(VECTORS)('%s', async (_name, method, path, headers, body, signed, signature) => {
    const target = knownTarget(`https://example.amazonaws.com${path}`)
    const result = await signAws({ method, target, headers, body }, KEYS, SCOPE)
    expect(result.headers.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    )
    expect(result.headers).toMatchObject({ host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' })
  })

  test('post-sts-header-before: a session token is sent and covered', async () => {
    const target = knownTarget('https://example.amazonaws.com/')
    const result = await signAws({ method: 'POST', target, headers: {} }, { ...KEYS, sessionToken: STS_TOKEN }, SCOPE)
    expect(result.headers['x-amz-security-token']).toBe(STS_TOKEN)
    expect(result.headers.authorization).toContain(
      'SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    )
  })

  test('the IAM ListUsers example of the developer guide', async () => {
    const target = knownTarget('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08')
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    const result = await signAws({ method: 'GET', target, headers }, KEYS, { ...SCOPE, service: 'iam' })
    expect(result.headers.authorization).toContain('Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7')
  })
})

test.each([
  ["/model/a!b'(c)*:d/converse", '', '/model/a%21b%27%28c%29%2A%3Ad/converse', ''],
  ['/model/%61%2fb%2Ac/converse', '', '/model/a%2Fb%2Ac/converse', ''],
  ['/async-invoke', '__proto__=1&%5f_proto__=2&=3&&b&a=1=2&%zz=%ff&c=%2b+', '/async-invoke', 'b=&a=1%3D2&%25zz=%25ff&c=%2B%2B'],
])('what a caller spells in another way than AWS is spelled as AWS does: %s?%s', (path, query, spelledPath, spelledQuery) => {
  const target = { ...knownTarget('https://bedrock-runtime.eu-central-1.amazonaws.com'), path, query }
  expect(spelledForAws(target)).toMatchObject({ path: spelledPath, query: spelledQuery })
  expect(spelledForAws(spelledForAws(target))).toEqual(spelledForAws(target))
})
