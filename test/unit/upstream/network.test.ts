import { beforeAll, describe, expect, test } from 'vitest'
import type { OutboundDeps } from '../../../src/upstream/client/call-context.ts'
import { DEFAULT_NETWORK, isCredential, type NetworkSettings } from '../../../src/upstream/client/network-settings.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { type Authority, createAuthority } from '../../support/upstream/certificates.ts'
import { apiKey, LOOPBACK_ALLOWED, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startHttpProxy, startSocksProxy } from '../../support/upstream/proxies.ts'
import { startRecorder } from '../../support/upstream/recorder.ts'
import { startVendor } from '../../support/upstream/vendors.ts'
import { useStarted } from '../../support/use-started.ts'

const GOOD = 'sk-proj-4f9a2c71d0e83b56'
let authority: Authority
beforeAll(async () => {
  authority = await createAuthority()
})

const probe = (baseUrl: string, network: Partial<NetworkSettings> = {}, deps: Partial<OutboundDeps> = {}) =>
  probeConnection(
    probeRequest({ type: 'OPENAI', baseUrl, credential: apiKey(GOOD), network: { ...DEFAULT_NETWORK, ...network } }),
    outboundDeps(deps),
  )

describe('TLS', () => {
  const tlsVendor = async (names: readonly string[], notAfterDate = new Date('2119-01-01')) =>
    startVendor('openai', { goodKeys: [GOOD] }, await authority.issue(names, { notAfterDate }))

  test('a private authority is trusted when its certificate is given, and not otherwise', async () => {
    const vendor = await tlsVendor(['localhost'])
    const untrusted = await probe(vendor.baseUrl)
    expect(untrusted).toMatchObject({ status: 'TLS_FAILED', httpStatus: null })
    expect(untrusted.message).toContain('CA certificate')
    expect(vendor.requests).toEqual([])
    expect(await probe(vendor.baseUrl, { caCertificate: authority.caCertificate })).toMatchObject({ status: 'OK', keyVerified: true })
    await vendor.close()
  })

  test('an address in the base URL needs a certificate for that address', async () => {
    const vendor = await tlsVendor(['127.0.0.1'])
    const byAddress = vendor.baseUrl.replace('localhost', '127.0.0.1')
    expect(await probe(byAddress, { caCertificate: authority.caCertificate })).toMatchObject({ status: 'OK' })
    expect(await probe(vendor.baseUrl, { caCertificate: authority.caCertificate })).toMatchObject({ status: 'TLS_FAILED' })
    await vendor.close()
  })

  test.each([
    ['another name', ['other.example'], undefined, 'for another name'],
    ['an expired certificate', ['localhost'], new Date('2021-01-01'), 'has expired'],
  ] as const)('%s is TLS_FAILED, unless checking is switched off', async (_name, names, notAfter, words) => {
    const vendor = await tlsVendor(names, notAfter)
    const outcome = await probe(vendor.baseUrl, { caCertificate: authority.caCertificate })
    expect(outcome.status).toBe('TLS_FAILED')
    expect(outcome.message).toContain(words)
    expect(await probe(vendor.baseUrl, { insecureSkipVerify: true })).toMatchObject({ status: 'OK' })
    await vendor.close()
  })

  test('a CA certificate that cannot be read is TLS_FAILED and names the setting', async () => {
    const vendor = await tlsVendor(['localhost'])
    const outcome = await probe(vendor.baseUrl, { caCertificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' })
    expect(outcome.status).toBe('TLS_FAILED')
    expect(outcome.message).toContain('CA certificate')
    await vendor.close()
  })
})

describe('extra headers', () => {
  test('are sent, and neither replace the key nor break the framing', async () => {
    const vendor = await startVendor('openai', { goodKeys: [GOOD] })
    const extraHeaders = [
      { name: 'X-Team', value: 'search' },
      { name: 'Authorization', value: 'Bearer something-else-entirely' },
      { name: 'Content-Length', value: '999' },
      { name: 'Transfer-Encoding', value: 'chunked' },
      { name: 'Accept-Encoding', value: 'gzip' },
    ]
    expect(await probe(vendor.baseUrl, { extraHeaders })).toMatchObject({ status: 'OK' })
    expect(vendor.requests[0]?.headers).toMatchObject({
      'x-team': 'search',
      authorization: `Bearer ${GOOD}`,
      'accept-encoding': 'identity',
    })
    expect(vendor.requests[0]?.headers).not.toHaveProperty('content-length')
    expect(vendor.requests[0]?.headers).not.toHaveProperty('transfer-encoding')
    await vendor.close()
  })

  test('carry the credential of an endpoint without a key', async () => {
    const vendor = await startVendor('openai-compat', { goodKeys: [GOOD] })
    const network = { ...DEFAULT_NETWORK, extraHeaders: [{ name: 'Authorization', value: `Bearer ${GOOD}` }] }
    const request = probeRequest({ type: 'OPENAI_COMPAT', baseUrl: vendor.baseUrl, network })
    expect(await probeConnection(request, outboundDeps())).toMatchObject({ status: 'OK', keyVerified: false })
    await vendor.close()
  })

  test('that cannot be sent are NOT_TESTABLE, and nothing is called', async () => {
    const vendor = await startVendor('openai')
    const outcome = await probe(vendor.baseUrl, { extraHeaders: [{ name: 'x-evil', value: 'a\r\nx-injected: b' }] })
    expect(outcome).toMatchObject({ status: 'NOT_TESTABLE' })
    expect(vendor.requests).toEqual([])
    await vendor.close()
  })

  test.each([
    ...['authorization', 'X-API-Key', 'api-key', 'Cookie', 'x-vault-token', 'client-secret', 'Ocp-Apim-Subscription-Key'],
    ...['apikey', 'X-ApiKey', 'x_api_key', 'token', 'X-Auth', 'X-Authorization', 'Proxy-Password', 'secret'],
  ])('%s is known to carry a credential', (name) => {
    expect(isCredential(name, '')).toBe(true)
    expect(isCredential(`${name}-hint`, '')).toBe(false)
  })

  test.each(['X-Author', 'X-Monkey', 'X-Token-Limit', 'OpenAI-Organization', 'Accept-Language'])('%s is known to carry none', (name) => {
    expect(isCredential(name, '')).toBe(false)
  })
})

describe('retries', () => {
  /** Answers 503 so many times, then as a list. */
  const flaky = async (failures: number) => {
    const times: number[] = []
    const server = await startRecorder(() => {
      times.push(performance.now())
      return times.length <= failures ? { status: 503, body: '' } : { status: 200, body: { data: [{ id: 'm' }] } }
    })
    return { server, times, baseUrl: `${server.origin}/v1` }
  }

  test('a 503 is tried again with the backoff that was asked for, doubling up to its limit', async () => {
    const { server, times, baseUrl } = await flaky(3)
    const outcome = await probe(baseUrl, { maxRetries: 3, retryBackoffInitialMs: 100, retryBackoffMaxMs: 200 })
    await server.close()
    expect(outcome.status).toBe('OK')
    const pauses = times.slice(1, 4).map((time, index) => time - (times[index] ?? 0))
    expect(pauses[0]).toBeGreaterThanOrEqual(95)
    expect(pauses[1]).toBeGreaterThanOrEqual(195)
    expect(pauses[2]).toBeGreaterThanOrEqual(195)
    expect(pauses[2]).toBeLessThan(1_500)
  })

  test('without retries a 503 is answered at once, and with too few it stands', async () => {
    const { server, baseUrl } = await flaky(100)
    expect(await probe(baseUrl)).toMatchObject({ status: 'UNEXPECTED_RESPONSE', httpStatus: 503 })
    expect(server.requests).toHaveLength(1)
    expect(await probe(baseUrl, { maxRetries: 2, retryBackoffInitialMs: 1, retryBackoffMaxMs: 1 })).toMatchObject({ httpStatus: 503 })
    expect(server.requests).toHaveLength(4)
    await server.close()
  })

  test('a pause that would outlast the test is not made: the answer that there is stands', async () => {
    const { server, baseUrl } = await flaky(100)
    const outcome = await probe(baseUrl, { maxRetries: 10, retryBackoffInitialMs: 60_000, retryBackoffMaxMs: 60_000 })
    expect(outcome).toMatchObject({ status: 'UNEXPECTED_RESPONSE', httpStatus: 503 })
    expect(outcome.durationMs).toBeLessThan(5_000)
    await server.close()
  })

  test.each([400, 401, 403, 404, 429])('a %i is never tried again', async (status) => {
    const server = await startRecorder(() => ({ status, body: { error: { message: 'no' } } }))
    await probe(`${server.origin}/v1`, { maxRetries: 5, retryBackoffInitialMs: 1, retryBackoffMaxMs: 1 })
    expect(server.requests).toHaveLength(1)
    await server.close()
  })
})

describe('proxies', () => {
  const NAMES = ['api.vendor.example']
  let upstreamPort = 0
  const upstream = useStarted(async () => startVendor('openai', { goodKeys: [GOOD] }, await authority.issue(NAMES)))
  beforeAll(() => {
    upstreamPort = Number(new URL(upstream.baseUrl).port)
  })
  const route = (target: string) => (target === 'api.vendor.example:443' ? upstreamPort : null)
  const TARGET = 'https://api.vendor.example/v1'
  const through = (type: 'HTTP' | 'SOCKS5', port: number, username: string | null, password: string | null): Partial<NetworkSettings> => ({
    caCertificate: authority.caCertificate,
    proxy: { type, url: `${type === 'HTTP' ? 'http' : 'socks5'}://127.0.0.1:${port}`, username, password },
  })

  test.each([
    ['HTTP', startHttpProxy],
    ['SOCKS5', startSocksProxy],
  ] as const)('%s: with credentials, by name, to a target that only the proxy can resolve', async (type, start) => {
    const proxy = await start({ credentials: 'ann:s3cret:pass word', route })
    expect(await probe(TARGET, through(type, proxy.port, 'ann', 's3cret:pass word'))).toMatchObject({ status: 'OK', keyVerified: true })
    expect(proxy.connections[0]).toEqual({ authority: 'api.vendor.example:443', credentials: 'ann:s3cret:pass word' })
    await proxy.close()
  })

  test.each([
    ['HTTP', startHttpProxy],
    ['SOCKS5', startSocksProxy],
  ] as const)('%s: wrong credentials are UNREACHABLE, name the proxy, and show no part of the password', async (type, start) => {
    const proxy = await start({ credentials: 'ann:right-password', route })
    const wrong = await probe(TARGET, through(type, proxy.port, 'ann', 'wrong-password'))
    expect(wrong).toMatchObject({ status: 'UNREACHABLE', httpStatus: null })
    expect(wrong.message).toContain('user name or password')
    expect(wrong.message).not.toContain('wrong-password')
    expect(await probe(TARGET, through(type, proxy.port, null, null))).toMatchObject({ status: 'UNREACHABLE' })
    expect(await probe('https://elsewhere.example/v1', through(type, proxy.port, 'ann', 'right-password'))).toMatchObject({
      status: 'UNREACHABLE',
    })
    await proxy.close()
  })

  test.each(['HTTP', 'SOCKS5'] as const)('%s: what is no such proxy is UNREACHABLE, and so is a closed port', async (type) => {
    const web = await startRecorder(() => ({ status: 400, body: 'no proxy' }))
    expect(await probe(TARGET, through(type, web.port, null, null))).toMatchObject({ status: 'UNREACHABLE' })
    await web.close()
    const closed = await probe(TARGET, through(type, web.port, null, null))
    expect(closed.status).toBe('UNREACHABLE')
    expect(closed.message).toContain("Check the proxy in the provider's network settings")
  })

  test('the policy is for the proxy: one on a denied address is not called', async () => {
    const proxy = await startHttpProxy({ credentials: null, route })
    const policy = { allow: { ...LOOPBACK_ALLOWED, loopback: false }, never: [] }
    expect(await probe(TARGET, through('HTTP', proxy.port, null, null), { policy })).toMatchObject({ status: 'BLOCKED_ADDRESS' })
    expect(proxy.connections).toEqual([])
    await proxy.close()
  })

  test.each([
    'https://169.254.169.254/v1',
    'https://[::ffff:10.0.0.1]/v1',
    'https://metadata.google.internal/v1',
    'https://10.0.0.1/v1',
    'https://inside.example/v1',
  ])('a proxy is not asked for %s', async (target) => {
    const proxy = await startHttpProxy({ credentials: null, route: () => upstreamPort })
    const resolve = async (hostname: string) => (hostname === 'inside.example' ? ['10.1.2.3'] : [])
    const outcome = await probe(target, through('HTTP', proxy.port, null, null), { resolve })
    expect(outcome).toMatchObject({ status: 'BLOCKED_ADDRESS' })
    expect(proxy.connections).toEqual([])
    await proxy.close()
  })

  test("the operator's proxy is taken from the environment, with its credentials, except for exempt hosts", async () => {
    const proxy = await startHttpProxy({ credentials: 'op:p@ss', route })
    const network = {
      caCertificate: authority.caCertificate,
      proxy: { type: 'ENVIRONMENT', url: null, username: null, password: null },
    } as const
    const httpsProxy = `http://op:p%40ss@127.0.0.1:${proxy.port}`
    const environment = { httpsProxy, httpProxy: null, noProxy: null }
    // Without leave for loopback targets, the operator's own proxy may still be there.
    const policy = { allow: { ...LOOPBACK_ALLOWED, loopback: false }, never: [] }
    expect(await probe(TARGET, network, { proxyEnvironment: environment, policy })).toMatchObject({ status: 'OK' })
    expect(proxy.connections.length).toBeGreaterThan(0)
    for (const noProxy of ['*', 'vendor.example', '.vendor.example', 'other, api.vendor.example:443']) {
      const proxyEnvironment = { ...environment, noProxy }
      expect(await probe(TARGET, network, { proxyEnvironment })).toMatchObject({ status: 'UNREACHABLE', httpStatus: null })
    }
    await proxy.close()
  })

  test('without a proxy in the environment the call goes directly', async () => {
    const vendor = await startVendor('openai', { goodKeys: [GOOD] })
    const network = { proxy: { type: 'ENVIRONMENT', url: null, username: null, password: null } } as const
    expect(await probe(vendor.baseUrl, network)).toMatchObject({ status: 'OK' })
    await vendor.close()
  })
})
