import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { canonicalUrl, hasSteps, withoutQueryValues } from '../../../src/destination/canonical-url.ts'
import { destinationOf, isBoundHeader, sharedDestinationOf } from '../../../src/destination/destination.ts'
import type { KeyRow, ProviderRow } from '../../../src/destination/stored-rows.ts'

const PLAIN: ProviderRow = {
  ...{ id: 'p', type: 'OPENAI', vendorPreset: null, baseUrl: 'https://api.openai.com/v1', modelsPath: null, authentication: 'DEFAULT' },
  ...{ callHeaders: null, settings: null, network: null },
}
const KEY: KeyRow = {
  ...{ id: 'k', environmentVariable: null, endpoint: null, endpointVariable: null, region: null, roleArn: null, credentialParts: null },
}
const NETWORK = {
  ...{ extraHeaders: [], timeoutMs: 30_000, maxRetries: 0, retryBackoffInitialMs: 500, retryBackoffMaxMs: 5_000 },
  ...{ insecureSkipVerify: false, caCertificate: null, allowPrivateNetwork: true, proxy: null },
}
const PROXY = { type: 'HTTP', url: 'http://proxy.example.com:3128', username: 'me', hasPassword: true }
const sealed = (name: string, valueId: string) => ({ name, masked: 'ab...yz', valueId })
const plain = (name: string, value: string, bound = true) => ({ name, value, bound })
const provider = (changes: Partial<ProviderRow>): ProviderRow => ({ ...PLAIN, ...changes })
const via = (network: object): ProviderRow => provider({ network: { ...NETWORK, ...network } })
const key = (changes: Partial<KeyRow>): KeyRow => ({ ...KEY, ...changes })
const inVariable = (name: string) => [{ name, masked: '', environmentVariable: 'A_VARIABLE' }]

/** What is stored, by the name of its golden text. */
const CASES: Readonly<Record<string, () => string>> = {
  'a plain key': () => destinationOf(PLAIN, KEY),
  'the provider itself': () => destinationOf(PLAIN, null),
  'another type': () => destinationOf(provider({ type: 'ANTHROPIC' }), KEY),
  'a vendor preset': () => destinationOf(provider({ type: 'OPENAI_COMPAT', vendorPreset: 'deepseek' }), KEY),
  'no endpoint': () => destinationOf(provider({ baseUrl: '' }), KEY),
  'a trailing slash and capitals': () => destinationOf(provider({ baseUrl: 'HTTPS://API.OpenAI.com:443/v1/' }), KEY),
  'two slashes': () => destinationOf(provider({ baseUrl: 'http://good//evil' }), KEY),
  'an escaped slash': () => destinationOf(provider({ baseUrl: 'https://a.example/%2Fv1' }), KEY),
  'a path parameter': () => destinationOf(provider({ baseUrl: 'https://a.example/v1;x=1' }), KEY),
  'a query': () => destinationOf(provider({ baseUrl: 'https://a.example/v1?api-version=2024-10-21' }), KEY),
  'a name in another script': () => destinationOf(provider({ baseUrl: 'https://b\u00fccher.example/v1' }), KEY),
  'a full-width letter': () => destinationOf(provider({ baseUrl: 'https://\uff41pi.example' }), KEY),
  steps: () => destinationOf(provider({ baseUrl: 'https://a.example/v1/../v2' }), KEY),
  'an IPv6 address': () => destinationOf(provider({ baseUrl: 'http://[0:0:0:0:0:0:0:1]:8080' }), KEY),
  'an address cut short': () => destinationOf(provider({ baseUrl: 'http://127.1' }), KEY),
  'a models path': () => destinationOf(provider({ modelsPath: '/custom/models' }), KEY),
  'a bearer token': () => destinationOf(provider({ authentication: 'BEARER' }), KEY),
  'a header for the key': () => destinationOf(provider({ authentication: 'x-auth' }), KEY),
  'call headers': () => destinationOf(provider({ callHeaders: ['x-b', 'x-a'] }), KEY),
  'an endpoint of its own': () => destinationOf(PLAIN, key({ endpoint: 'https://own.example.com/openai/' })),
  'an endpoint in a variable': () => destinationOf(PLAIN, key({ endpointVariable: 'AN_ENDPOINT' })),
  'a region of its own': () => destinationOf(provider({ type: 'BEDROCK', baseUrl: '' }), key({ region: 'us-east-1' })),
  'a region in a variable': () =>
    destinationOf(provider({ type: 'BEDROCK', baseUrl: '' }), key({ credentialParts: inVariable('aws.region') })),
  'a role of its own': () => destinationOf(PLAIN, key({ roleArn: 'arn:aws:iam::123456789012:role/R' })),
  'a role in a variable': () => destinationOf(PLAIN, key({ credentialParts: inVariable('aws.roleArn') })),
  'settings with a region and a role': () =>
    destinationOf(provider({ settings: { bedrock: { region: 'eu-west-1', roleArn: 'arn:x', model: 'm', hasAccessKey: true } } }), null),
  'the default network': () => destinationOf(via({}), KEY),
  'a proxy': () => destinationOf(via({ proxy: PROXY }), KEY),
  'the proxy of the environment': () =>
    destinationOf(via({ proxy: { type: 'ENVIRONMENT', url: null, username: null, hasPassword: false } }), KEY),
  'a CA certificate': () => destinationOf(via({ caCertificate: 'PEM' }), KEY),
  'no check of the certificate': () => destinationOf(via({ insecureSkipVerify: true }), KEY),
  'headers in any order': () =>
    destinationOf(via({ extraHeaders: [plain('X-B', 'b\nc'), sealed('X-Api-Key', 'id-1'), plain('x-a', '1')] }), KEY),
  'headers that are not bound': () =>
    destinationOf(via({ extraHeaders: [plain('User-Agent', 'me', false), plain('OpenAI-Beta', 'x', false)] }), KEY),
  'a header that only says that it is not bound': () => destinationOf(via({ extraHeaders: [plain('x-portkey-config', '{}', false)] }), KEY),
  'a header without itself': () =>
    sharedDestinationOf(via({ extraHeaders: [sealed('X-Api-Key', 'id-1'), sealed('X-Other', 'id-2')] }), [KEY], 'x-api-key'),
  'what goes to the endpoints of keys': () =>
    sharedDestinationOf(PLAIN, [
      key({ endpoint: 'https://b.example' }),
      key({ endpointVariable: 'A' }),
      key({ endpoint: 'https://a.example/' }),
      KEY,
    ]),
}

const golden: Readonly<Record<string, string>> = JSON.parse(readFileSync(new URL('./destination-1.golden.json', import.meta.url), 'utf8'))

test.each(Object.keys(CASES))('the text of %s is what every later release must make of the same rows', (name) => {
  expect(CASES[name]?.()).toBe(golden[name])
})

test('no text is missing in the golden file, and none is left over', () => {
  expect(Object.keys(golden)).toEqual(Object.keys(CASES))
  expect(Object.keys(golden).length).toBeGreaterThanOrEqual(30)
})

test('a key has no part of the settings, which have a credential of their own', () => {
  const settings = { bedrock: { region: 'eu-west-1', roleArn: 'arn:x', hasAccessKey: true } }
  expect(destinationOf(provider({ settings }), KEY)).toBe(destinationOf(PLAIN, KEY))
})

test('which headers are part of a destination belongs to its format', () => {
  const unbound = ['user-agent', 'accept-language', 'anthropic-version', 'anthropic-beta', 'openai-organization', 'openai-project']
  const others = ['openai-beta', 'X-Title', 'HTTP-Referer']
  for (const name of [...unbound, ...others]) expect({ name, bound: isBoundHeader(name) }).toEqual({ name, bound: false })
  for (const name of ['x-portkey-config', 'host', 'openai-base-url', 'referer', '']) expect(isBoundHeader(name)).toBe(true)
})

test('no value breaks out of its line', () => {
  const text = destinationOf(provider({ vendorPreset: 'x"\nproxy ["HTTP"]' }), KEY)
  expect(text.split('\n').filter((line) => line.startsWith('proxy'))).toEqual([])
})

test.each([
  ['a trailing slash', 'https://a.example/v1/', 'https://a.example/v1'],
  ['the case of scheme and host', 'HTTPS://A.Example/v1', 'https://a.example/v1'],
  ['the default port', 'https://a.example:443/v1', 'https://a.example/v1'],
  ['a zero before the port', 'https://a.example:0443/v1', 'https://a.example/v1'],
  ['a final dot of the host', 'https://a.example./v1', 'https://a.example/v1'],
])('%s makes no difference', (_, one, other) => {
  expect(canonicalUrl(one)).toBe(canonicalUrl(other))
})

test.each([
  ...['https://a.example/V1', 'https://a.example/v2', 'https://a.example/v1//', 'https://a.example//v1', 'https://a.example/v1;x'],
  ...['https://a.example/%761', 'https://a.example/v1?x', 'http://a.example/v1', 'https://a.example:8443/v1', 'https://b.example/v1'],
  ...[' https://a.example/v1', 'https://a.example/./v1', 'https:\\\\a.example/v1', 'https://a.example/v1\\'],
])('%s is another place than https://a.example/v1', (other) => {
  expect(canonicalUrl(other)).not.toBe(canonicalUrl('https://a.example/v1'))
})

test.each(['https://a.example/a b', 'https://a.example/v1?a b', 'https://a.example/v1?<', 'https://a_b%2f.example'])(
  '%s, which a parser would repair, stands for itself',
  (text) => {
    expect(canonicalUrl(text)).toBe(`raw:${text}`)
  },
)

test.each([
  ...['/.', '/a/./b', '/a/..', '/../a', '/%2e', '/a/%2E%2e/b', '/.%2e', '/a\\b'].map((path) => [path, true] as const),
  ...['/', '/a.b', '/...', '/.a', '/a..', '/%2f'].map((path) => [path, false] as const),
])('whether %s has steps: %s', (path, steps) => {
  expect(hasSteps(path)).toBe(steps)
})

test('what a query says is not shown', () => {
  expect(withoutQueryValues('https://a.example/v1?api-key=secret&api-version=1&bare')).toBe(
    'https://a.example/v1?api-key=…&api-version=…&…',
  )
})
