import { beforeAll, describe, expect, test } from 'vitest'
import { startTestGateway } from '../support/gateway.ts'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { writerOf } from '../support/providers.ts'
import { everythingStored, withStore } from '../support/store.ts'
import { type Authority, createAuthority } from '../support/upstream/certificates.ts'
import { startHttpProxy, startSocksProxy } from '../support/upstream/proxies.ts'
import { startRecorder } from '../support/upstream/recorder.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-network-test-0123456789'
const NETWORK = `network { extraHeaders { name value } timeoutMs maxRetries retryBackoffInitialMs retryBackoffMaxMs
  insecureSkipVerify caCertificate allowPrivateNetwork proxy { type url username hasPassword } }`
const DEFAULTS = {
  extraHeaders: [],
  timeoutMs: 30_000,
  maxRetries: 0,
  retryBackoffInitialMs: 500,
  retryBackoffMaxMs: 5_000,
  insecureSkipVerify: false,
  caCertificate: null,
  allowPrivateNetwork: true,
  proxy: null,
}
let authority: Authority

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const upstream = useStarted(() => startOpenAiUpstream({ [KEY]: ['model-one'] }))
const admin = writerOf(gateway)
beforeAll(async () => {
  authority = await createAuthority()
})

const provider = (network: object | null, baseUrl = `${upstream.origin}/v1`) =>
  admin.created({ baseUrl, apiKeys: [{ credential: { value: KEY } }], ...(network === null ? {} : { network }) })

async function networkOf(id: string): Promise<Record<string, unknown>> {
  const { node } = await gateway.ask<{ node: { network: Record<string, unknown> } }>(
    `query ($id: ID!) { node(id: $id) { ... on Provider { ${NETWORK} } } }`,
    { id },
  )
  return node.network
}

/** The result of a test, for a provider that has one key. */
async function onlyTest(id: string) {
  const { tests } = await admin.test(id)
  expect(tests).toHaveLength(1)
  return tests?.[0]
}

describe('what is stored', () => {
  test('is the defaults for a provider that says nothing', async () => {
    expect(await networkOf((await provider(null)).id)).toEqual(DEFAULTS)
  })

  test.each([
    [{ retryBackoffInitialMs: 6_000 }, [6_000, 6_000]],
    [{ retryBackoffMaxMs: 100 }, [100, 100]],
  ])('keeps its own rules when one of two that belong together is given: %o', async (network, pauses) => {
    const { retryBackoffInitialMs, retryBackoffMaxMs } = await networkOf((await provider(network)).id)
    expect([retryBackoffInitialMs, retryBackoffMaxMs]).toEqual(pauses)
  })

  test('is everything that is given, and comes back as it was given', async () => {
    const given = {
      extraHeaders: [{ name: 'X-Team', value: 'platform' }],
      timeoutMs: 1,
      maxRetries: 10,
      retryBackoffInitialMs: 0,
      retryBackoffMaxMs: 1_000,
      insecureSkipVerify: true,
      caCertificate: authority.caCertificate,
      allowPrivateNetwork: true,
      proxy: { type: 'HTTP', url: 'http://127.0.0.1:3128', username: 'me' },
    }
    const { id } = await provider(given)
    expect(await networkOf(id)).toEqual({ ...given, proxy: { ...given.proxy, hasPassword: false } })
  })

  test('is replaced by an update, with the defaults for what it leaves out, and stays without one', async () => {
    const { id } = await provider({ timeoutMs: 4_000, maxRetries: 2 })
    await admin.updated(id, { displayName: 'Another' })
    expect(await networkOf(id)).toMatchObject({ timeoutMs: 4_000, maxRetries: 2 })
    await admin.updated(id, { network: { timeoutMs: 5_000 } })
    expect(await networkOf(id)).toEqual({ ...DEFAULTS, timeoutMs: 5_000 })
    await admin.updated(id, { network: null })
    expect(await networkOf(id)).toEqual({ ...DEFAULTS, timeoutMs: 5_000 })
    await admin.updated(id, { network: {} })
    expect(await networkOf(id)).toEqual(DEFAULTS)
  })

  test('resets the latest test when it changes, and only then', async () => {
    const { id } = await provider({ timeoutMs: 4_000 })
    await admin.test(id)
    expect((await admin.updated(id, { network: { timeoutMs: 4_000 } })).lastConnectionTest).not.toBeNull()
    const changed = await admin.updated(id, { network: { timeoutMs: 4_001 } })
    expect(changed.lastConnectionTest).toBeNull()
    expect(changed.apiKeys.nodes[0]?.lastConnectionTest).toBeNull()
  })
})

describe('secrets', () => {
  const SECRET = 'header-secret-0123456789'

  test('in a header are sealed, masked, and really sent', async () => {
    const { id } = await provider({
      extraHeaders: [
        { name: 'X-Gateway-Token', value: SECRET },
        { name: 'X-Team', value: 'platform' },
      ],
    })
    expect((await networkOf(id)).extraHeaders).toEqual([
      { name: 'X-Gateway-Token', value: 'head...6789' },
      { name: 'X-Team', value: 'platform' },
    ])
    expect(await onlyTest(id)).toMatchObject({ status: 'OK', keyVerified: true })
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ 'x-gateway-token': SECRET, 'x-team': 'platform' })
    const stored = await everythingStored(gateway)
    expect(stored).toContain('platform')
    expect(stored).not.toContain(SECRET)
  })

  test('in a header stay when the stored mask is sent back, in any case of the name', async () => {
    const { id } = await provider({ extraHeaders: [{ name: 'X-Gateway-Token', value: SECRET }] })
    await admin.updated(id, { network: { extraHeaders: [{ name: 'x-gateway-token', value: 'head...6789' }], timeoutMs: 9_000 } })
    await onlyTest(id)
    expect(upstream.requests.at(-1)?.headers['x-gateway-token']).toBe(SECRET)
  })

  test.each([
    ['another mask', [{ name: 'X-Gateway-Token', value: 'head...9999' }]],
    ['the mask of another header', [{ name: 'X-Other-Token', value: 'head...6789' }]],
  ])('in a header are not kept by %s', async (_what, extraHeaders) => {
    const { id } = await provider({ extraHeaders: [{ name: 'X-Gateway-Token', value: SECRET }] })
    const result = await admin.update(id, { network: { extraHeaders } })
    expect(result.issues).toMatchObject([{ path: ['network', 'extraHeaders', '0', 'value'], rule: 'API_KEY_MASKED' }])
  })

  test('in a header are deleted with it', async () => {
    const { id, uuid } = await provider({ extraHeaders: [{ name: 'X-Gateway-Token', value: SECRET }] })
    await admin.updated(id, { network: {} })
    expect(await withStore(gateway, (store) => store.providerSecret.count({ where: { providerId: uuid } }))).toBe(0)
  })

  test('of a proxy can be written and deleted, never read', async () => {
    const password = 'proxy-password-0123'
    const proxy = { type: 'HTTP', url: 'http://127.0.0.1:3128', username: 'me' }
    const { id } = await provider({ proxy: { ...proxy, password } })
    const hasPassword = async () => (await networkOf(id)).proxy
    expect(await hasPassword()).toEqual({ ...proxy, hasPassword: true })
    await admin.updated(id, { network: { proxy } })
    expect(await hasPassword()).toEqual({ ...proxy, hasPassword: true })
    expect(await everythingStored(gateway)).not.toContain(password)
    await admin.updated(id, { network: { proxy: { ...proxy, password: '' } } })
    expect(await hasPassword()).toEqual({ ...proxy, hasPassword: false })
  })

  test('that cannot be opened make the provider not testable, and nothing is sent', async () => {
    const { id, uuid } = await provider({ extraHeaders: [{ name: 'X-Gateway-Token', value: SECRET }] })
    await withStore(gateway, (store) => store.providerSecret.deleteMany({ where: { providerId: uuid } }))
    const before = upstream.requests.length
    expect(await onlyTest(id)).toMatchObject({ status: 'NOT_TESTABLE' })
    expect(upstream.requests).toHaveLength(before)
  })
})

describe('a test goes', () => {
  const openSecure = async () => startOpenAiUpstream({ [KEY]: ['model-one'] }, await authority.issue(['localhost', '127.0.0.1']))

  test('over TLS to a private authority only when its certificate is given, or not asked for', async () => {
    const secure = await openSecure()
    try {
      const { id } = await provider(null, `${secure.origin}/v1`)
      expect(await onlyTest(id)).toMatchObject({ status: 'TLS_FAILED' })
      await admin.updated(id, { network: { caCertificate: authority.caCertificate } })
      expect(await onlyTest(id)).toMatchObject({ status: 'OK' })
      await admin.updated(id, { network: { insecureSkipVerify: true } })
      expect(await onlyTest(id)).toMatchObject({ status: 'OK' })
    } finally {
      await secure.close()
    }
  })

  test.each([
    ['HTTP', startHttpProxy, 'http'],
    ['SOCKS5', startSocksProxy, 'socks5'],
  ] as const)('through a %s proxy, with the stored password', async (type, startProxy, scheme) => {
    const proxy = await startProxy({ credentials: 'me:proxy-password', route: () => upstream.port })
    try {
      const url = `${scheme}://127.0.0.1:${proxy.port}`
      const { id } = await provider({ proxy: { type, url, username: 'me', password: 'proxy-password' } })
      await admin.updated(id, { network: { proxy: { type, url, username: 'me' } } })
      expect(await onlyTest(id)).toMatchObject({ status: 'OK' })
      expect(proxy.connections.at(-1)?.credentials).toBe('me:proxy-password')
    } finally {
      await proxy.close()
    }
  })

  test("through the proxy of the gateway's environment, when the provider asks for it", async () => {
    const proxy = await startHttpProxy({ credentials: null, route: () => upstream.port })
    const behind = await startTestGateway({
      environment: { OUTBOUND_ALLOW: 'loopback', http_proxy: `http://127.0.0.1:${proxy.port}` },
    })
    try {
      const writer = writerOf(behind)
      const { id } = await writer.created({ baseUrl: `${upstream.origin}/v1`, apiKeys: [{ credential: { value: KEY } }] })
      await writer.test(id)
      expect(proxy.connections).toHaveLength(0)
      await writer.updated(id, { network: { proxy: { type: 'ENVIRONMENT' } } })
      expect((await writer.test(id)).success).toBe(true)
      expect(proxy.connections.length).toBeGreaterThan(0)
    } finally {
      await behind.close()
      await proxy.close()
    }
  })

  test('again after a 503, with the pause asked for', async () => {
    const times: number[] = []
    const shaky = await startRecorder(() => {
      times.push(performance.now())
      return times.length === 1 ? { status: 503, body: {} } : { status: 401, body: {} }
    })
    try {
      const { id } = await provider({ maxRetries: 1, retryBackoffInitialMs: 300 }, `${shaky.origin}/v1`)
      expect(await onlyTest(id)).toMatchObject({ status: 'UNAUTHORIZED' })
      expect(times).toHaveLength(2)
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(290)
    } finally {
      await shaky.close()
    }
  })

  test('no longer than the timeout', async () => {
    const silent = await startRecorder(() => null)
    try {
      const { id } = await provider({ timeoutMs: 300 }, `${silent.origin}/v1`)
      expect(await onlyTest(id)).toMatchObject({ status: 'TIMED_OUT' })
    } finally {
      await silent.close()
    }
  })

  test('with the network of a draft, of which nothing is stored', async () => {
    const secret = 'draft-secret-0123456789'
    const network = { extraHeaders: [{ name: 'Api-Key', value: secret }], timeoutMs: 5_000 }
    const result = await admin.testDraft({ type: 'OPENAI', baseUrl: `${upstream.origin}/v1`, apiKey: KEY, network })
    expect(result).toMatchObject({ success: true })
    expect(upstream.sentWith(KEY).at(-1)?.headers['api-key']).toBe(secret)
    expect(await everythingStored(gateway)).not.toContain(secret)
  })
})
