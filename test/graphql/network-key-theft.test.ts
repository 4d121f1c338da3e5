import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { writerAs, writerOf } from '../support/providers.ts'
import { auditEvents } from '../support/store.ts'
import { createAuthority } from '../support/upstream/certificates.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-theft-test-0123456789'
const VARIABLE = 'GATEWAY_TEST_THEFT_KEY'
let caCertificate: string

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: VARIABLE } })
const upstream = useStarted(() => startOpenAiUpstream({ [KEY]: ['model-one'] }))
const thief = useStarted(() => startOpenAiUpstream({}))
const admin = writerOf(gateway)
const editor = writerAs(gateway, 'EDITOR')
beforeAll(async () => {
  process.env[VARIABLE] = 'sk-from-the-environment-0123'
  caCertificate = (await createAuthority()).caCertificate
})
afterAll(() => {
  delete process.env[VARIABLE]
})

/** Every way there is to send what passes to another place, with the part of the destination that the audit event names. */
const DOORS: Readonly<Record<string, () => { by: string; change: Record<string, unknown> }>> = {
  'another origin': () => ({ by: 'baseUrl', change: { baseUrl: `${thief.origin}/v1` } }),
  'an HTTP proxy': () => ({ by: 'network.proxy', change: { network: { proxy: { type: 'HTTP', url: thief.origin } } } }),
  'a SOCKS5 proxy': () => ({
    by: 'network.proxy',
    change: { network: { proxy: { type: 'SOCKS5', url: thief.origin.replace('http', 'socks5') } } },
  }),
  'the proxy of the environment': () => ({ by: 'network.proxy', change: { network: { proxy: { type: 'ENVIRONMENT' } } } }),
  'a CA certificate': () => ({ by: 'network.caCertificate', change: { network: { caCertificate } } }),
  'no check of the certificate': () => ({ by: 'network.insecureSkipVerify', change: { network: { insecureSkipVerify: true } } }),
  ...Object.fromEntries(
    ['Host', 'Authorization', 'X-Api-Key', 'Cookie', 'X-Other-Token', 'X-Forwarded-Host', 'Helicone-Target-Url'].map((name) => [
      `a header ${name}`,
      () => ({ by: 'network.extraHeaders', change: { network: { extraHeaders: [{ name, value: 'of-the-thief.example' }] } } }),
    ]),
  ),
}

/** The kinds of stored secrets that a provider can have, each as what to create it with. */
const OWNERS = {
  'a stored key': { type: 'OPENAI', apiKeys: [{ credential: { value: KEY } }] },
  'a disabled key': { type: 'OPENAI', apiKeys: [{ credential: { value: KEY }, enabled: false }] },
  'a key from the environment': { type: 'OPENAI', apiKeys: [{ credential: { environmentVariable: VARIABLE } }] },
  'an access key pair': {
    type: 'BEDROCK',
    settings: { bedrock: { region: 'us-east-1', accessKey: 'AKIAIOSFODNN7EXAMPLE', accessKeySecret: 'a-secret-access-key' } },
  },
}

const created = (input: Record<string, unknown>) => admin.created({ baseUrl: `${upstream.origin}/v1`, ...input })

describe.each(Object.keys(OWNERS) as (keyof typeof OWNERS)[])('a provider with %s', (owner) => {
  test.each(Object.keys(DOORS))('gets %s from an admin, not from an editor', async (door) => {
    const { by, change } = DOORS[door]?.() ?? { by: '', change: {} }
    const before = await created(OWNERS[owner])
    expect(await editor.update(before.id, change)).toMatchObject({
      __typename: 'KeyRequiredForNewEndpointError',
      code: 'KEY_REQUIRED_FOR_NEW_ENDPOINT',
    })
    expect((await admin.updated(before.id, {})).baseUrl).toBe(before.baseUrl)
    await admin.updated(before.id, change)
    const events = await auditEvents(gateway, before.uuid)
    expect(events.at(-1)?.changes).toMatchObject({
      ...{ keysKeptForNewEndpoint: true, sentElsewhereBy: [by] },
      movedSecrets: { count: expect.any(Number), from: [expect.stringContaining(upstream.origin)] },
    })
  })
})

describe('an editor', () => {
  test.each(Object.keys(DOORS))('may set %s when all keys are given with it', async (door) => {
    const { change } = DOORS[door]?.() ?? { change: {} }
    const { id, uuid } = await created(OWNERS['a stored key'])
    expect(
      await editor.update(id, { ...change, apiKeys: [{ add: { credential: { value: 'sk-another-key-0123456789' } } }] }),
    ).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
    expect(JSON.stringify((await auditEvents(gateway, uuid)).at(-1)?.changes)).not.toContain('keysKept')
  })

  test.each(Object.keys(DOORS))('may set %s when nothing is stored', async (door) => {
    const { change } = DOORS[door]?.() ?? { change: {} }
    const { id } = await created({})
    expect(await editor.update(id, change)).toMatchObject({ __typename: 'UpdateProviderPayload' })
  })

  test('may not keep one key of two, nor name a variable in place of a key', async () => {
    const two = await created({ apiKeys: [{ credential: { value: KEY } }, { credential: { value: 'sk-second-key-0123456789' } }] })
    const kept = { keep: { id: two.apiKeys.nodes[0]?.id } }
    const change = { baseUrl: `${thief.origin}/v1`, apiKeys: [kept, { add: { credential: { value: 'sk-another-key-0123456789' } } }] }
    expect((await editor.update(two.id, change)).code).toBe('KEY_REQUIRED_FOR_NEW_ENDPOINT')
    const named = await created(OWNERS['a key from the environment'])
    const again = { baseUrl: `${thief.origin}/v1`, apiKeys: [{ add: { credential: { environmentVariable: VARIABLE } } }] }
    expect((await editor.update(named.id, again)).code).toBe('KEY_REQUIRED_FOR_NEW_ENDPOINT')
  })

  test('may change what sends nothing elsewhere', async () => {
    const network = { proxy: { type: 'HTTP', url: upstream.origin, username: 'me' }, caCertificate, insecureSkipVerify: true }
    const { id } = await created({ ...OWNERS['a stored key'], network })
    for (const change of [
      { ...network, timeoutMs: 1_000, maxRetries: 3 },
      { ...network, extraHeaders: [{ name: 'OpenAI-Organization', value: 'org' }] },
      { ...network, extraHeaders: [{ name: 'user-agent', value: 'Bearer of news' }] },
      { ...network, proxy: { ...network.proxy, password: 'new' } },
    ])
      expect(await editor.update(id, { network: change })).toMatchObject({ __typename: 'UpdateProviderPayload' })
    for (const change of [
      { ...network, extraHeaders: [{ name: 'X-Team', value: 'a' }] },
      { ...network, proxy: { ...network.proxy, username: 'you' } },
      { ...network, insecureSkipVerify: false },
      { caCertificate },
      {},
    ])
      expect((await editor.update(id, { network: change })).code).toBe('KEY_REQUIRED_FOR_NEW_ENDPOINT')
  })

  test('may leave a header that steers as it is, and its authentication masked', async () => {
    const extraHeaders = [
      { name: 'Host', value: 'tenant.example' },
      { name: 'X-Other-Token', value: 'a-token-0123456789-abcd' },
    ]
    const { id } = await created({ ...OWNERS['a stored key'], network: { extraHeaders } })
    const same = [extraHeaders[0], { name: 'X-Other-Token', value: 'a-to...abcd' }]
    expect(await editor.update(id, { network: { extraHeaders: same, timeoutMs: 5 } })).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
    const other = [{ name: 'Host', value: 'thief.example' }, same[1]]
    expect((await editor.update(id, { network: { extraHeaders: other } })).code).toBe('KEY_REQUIRED_FOR_NEW_ENDPOINT')
  })

  test("may not have a provider's own header or proxy password sent elsewhere", async () => {
    const header = await created({ network: { extraHeaders: [{ name: 'X-Other-Token', value: 'a-token-0123456789-abcd' }] } })
    expect((await editor.update(header.id, { baseUrl: `${thief.origin}/v1` })).code).toBe('KEY_REQUIRED_FOR_NEW_ENDPOINT')
    const proxy = { type: 'HTTP', url: upstream.origin, username: 'me' }
    const { id } = await created({ network: { proxy: { ...proxy, password: 'proxy-password' } } })
    const moved = { ...proxy, url: thief.origin }
    expect((await editor.update(id, { network: { proxy: moved } })).code).toBe('KEY_REQUIRED_FOR_NEW_ENDPOINT')
    expect(await editor.update(id, { network: { proxy: { ...moved, password: 'again' } } })).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
  })
})

test('for an admin the secrets of the network still open at the new endpoint', async () => {
  const other = await startOpenAiUpstream({ [KEY]: ['model-two'] })
  try {
    const network = { extraHeaders: [{ name: 'X-Other-Token', value: 'a-token-0123456789-abcd' }] }
    const { id } = await created({ ...OWNERS['a stored key'], network })
    await admin.updated(id, { baseUrl: `${other.origin}/v1` })
    expect((await admin.test(id)).success).toBe(true)
    expect(other.sentWith(KEY)[0]?.headers['x-other-token']).toBe('a-token-0123456789-abcd')
  } finally {
    await other.close()
  }
})

test('nothing of all this reached the thief', () => {
  expect(thief.requests).toEqual([])
})
