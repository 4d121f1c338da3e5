import { beforeAll, describe, expect, test } from 'vitest'
import { startTestGateway } from '../support/gateway.ts'
import { type Issue, writerOf } from '../support/providers.ts'
import { type Authority, createAuthority } from '../support/upstream/certificates.ts'
import { useGateway } from '../support/use.ts'

let authority: Authority

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const admin = writerOf(gateway)
beforeAll(async () => {
  authority = await createAuthority()
})

async function issuesOf(network: object): Promise<readonly Pick<Issue, 'path' | 'rule'>[]> {
  const { issues = [] } = await admin.create({ network })
  return issues.map(({ path, rule }) => ({ path, rule }))
}

describe('the rules of how an upstream is reached', () => {
  test.each([
    [{ timeoutMs: 0 }, ['timeoutMs'], 'OUT_OF_RANGE'],
    [{ timeoutMs: 600_001 }, ['timeoutMs'], 'OUT_OF_RANGE'],
    [{ maxRetries: -1 }, ['maxRetries'], 'OUT_OF_RANGE'],
    [{ maxRetries: 11 }, ['maxRetries'], 'OUT_OF_RANGE'],
    [{ retryBackoffInitialMs: -1 }, ['retryBackoffInitialMs'], 'OUT_OF_RANGE'],
    [{ retryBackoffMaxMs: 1_000_001 }, ['retryBackoffMaxMs'], 'OUT_OF_RANGE'],
    [{ retryBackoffInitialMs: 2, retryBackoffMaxMs: 1 }, ['retryBackoffInitialMs'], 'OUT_OF_RANGE'],
    [{ extraHeaders: [{ name: 'X Team', value: 'a' }] }, ['extraHeaders', '0', 'name'], 'HEADER_FORMAT'],
    [{ extraHeaders: [{ name: '', value: 'a' }] }, ['extraHeaders', '0', 'name'], 'HEADER_FORMAT'],
    [{ extraHeaders: [{ name: 'X-Team', value: 'a\r\nx: y' }] }, ['extraHeaders', '0', 'value'], 'HEADER_FORMAT'],
    [{ extraHeaders: [{ name: 'X-Team', value: 'é' }] }, ['extraHeaders', '0', 'value'], 'HEADER_FORMAT'],
    [{ extraHeaders: [{ name: 'X-Team', value: 'a'.repeat(8_193) }] }, ['extraHeaders', '0', 'value'], 'OUT_OF_RANGE'],
    [{ extraHeaders: Array.from({ length: 51 }, (_, n) => ({ name: `X-${n}`, value: '' })) }, ['extraHeaders'], 'OUT_OF_RANGE'],
    [{ extraHeaders: [{ name: 'X-Api-Key', value: '' }] }, ['extraHeaders', '0', 'value'], 'API_KEY_BLANK'],
    [{ extraHeaders: [{ name: 'X-Api-Key', value: 'abcd...wxyz' }] }, ['extraHeaders', '0', 'value'], 'API_KEY_MASKED'],
    [{ caCertificate: 'nonsense' }, ['caCertificate'], 'CERTIFICATE_FORMAT'],
    [{ caCertificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' }, ['caCertificate'], 'CERTIFICATE_FORMAT'],
    [{ caCertificate: '-----BEGIN CERTIFICATE-----' }, ['caCertificate'], 'CERTIFICATE_FORMAT'],
    [{ caCertificate: 'a'.repeat(65_537) }, ['caCertificate'], 'OUT_OF_RANGE'],
    [{ proxy: { type: 'HTTP' } }, ['proxy', 'url'], 'REQUIRED'],
    [{ proxy: { type: 'HTTP', url: 'proxy:3128' } }, ['proxy', 'url'], 'URL_NOT_ABSOLUTE'],
    [{ proxy: { type: 'HTTP', url: 'socks5://proxy:1080' } }, ['proxy', 'url'], 'URL_SCHEME'],
    [{ proxy: { type: 'SOCKS5', url: 'http://proxy:1080' } }, ['proxy', 'url'], 'URL_SCHEME'],
    [{ proxy: { type: 'HTTP', url: 'http://me:secret@proxy:3128' } }, ['proxy', 'url'], 'URL_NOT_ALLOWED'],
    [{ proxy: { type: 'SOCKS5', url: 'socks5://me@proxy:1080' } }, ['proxy', 'url'], 'URL_NOT_ALLOWED'],
    [{ proxy: { type: 'HTTP', url: 'http://proxy:3128/path' } }, ['proxy', 'url'], 'URL_NOT_ALLOWED'],
    [{ proxy: { type: 'HTTP', url: 'http://169.254.169.254:3128' } }, ['proxy', 'url'], 'URL_NOT_ALLOWED'],
    [{ proxy: { type: 'SOCKS5', url: 'socks5://10.0.0.1:1080' }, allowPrivateNetwork: false }, ['proxy', 'url'], 'URL_NOT_ALLOWED'],
    [{ proxy: { type: 'ENVIRONMENT', url: 'http://proxy:3128' } }, ['proxy', 'url'], 'NOT_ALLOWED'],
    [{ proxy: { type: 'HTTP', url: 'http://proxy:3128', password: 'x' } }, ['proxy', 'username'], 'REQUIRED'],
    [{ proxy: { type: 'HTTP', url: 'http://proxy:3128', username: 'a\nb' } }, ['proxy', 'username'], 'OUT_OF_RANGE'],
    [{ proxy: { type: 'SOCKS5', url: 'socks5://proxy', username: 'a', password: 'b'.repeat(256) } }, ['proxy', 'password'], 'OUT_OF_RANGE'],
  ])('refuse case %#: %o', async (network, path, rule) => {
    expect(await issuesOf(network)).toEqual([{ path: ['network', ...path], rule }])
    const draft = await admin.testDraft({ type: 'OPENAI', baseUrl: 'https://api.example.com/v1', network })
    expect(draft.issues?.map((issue) => issue.rule)).toEqual([rule])
  })

  test.each(['Connection', 'content-length', 'Transfer-Encoding', 'TE', 'Proxy-Authorization', 'Upgrade', 'Expect'])(
    'refuse the header %s, which the HTTP client sets itself',
    async (name) => {
      expect(await issuesOf({ extraHeaders: [{ name, value: 'close' }] })).toEqual([
        { path: ['network', 'extraHeaders', '0', 'name'], rule: 'NOT_ALLOWED' },
      ])
    },
  )

  test('refuse one header twice, in any case of its letters', async () => {
    const extraHeaders = [
      { name: 'X-Team', value: 'a' },
      { name: 'x-team', value: 'b' },
    ]
    expect(await issuesOf({ extraHeaders })).toEqual([{ path: ['network', 'extraHeaders', '1', 'name'], rule: 'NOT_ALLOWED' }])
  })

  test('refuse a private key where a certificate belongs, without repeating it', async () => {
    const { key, cert } = await authority.issue(['localhost'])
    const result = await admin.create({ network: { caCertificate: cert + key } })
    expect(result.issues?.map(({ rule }) => rule)).toEqual(['CERTIFICATE_FORMAT'])
    expect(JSON.stringify(result)).not.toContain(key.split('\n')[1])
  })

  test('check a stored endpoint again when the private network is closed', async () => {
    const open = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'private' } })
    try {
      const writer = writerOf(open)
      const { id } = await writer.created({ baseUrl: 'http://10.0.0.7/v1' })
      const closed = await writer.update(id, { network: { allowPrivateNetwork: false } })
      expect(closed.issues).toMatchObject([{ path: ['baseUrl'], rule: 'URL_NOT_ALLOWED' }])
      const other = await writer.created({ network: { allowPrivateNetwork: false } })
      const moved = await writer.update(other.id, { baseUrl: 'http://10.0.0.7/v1' })
      expect(moved.issues).toMatchObject([{ path: ['baseUrl'], rule: 'URL_NOT_ALLOWED' }])
    } finally {
      await open.close()
    }
  })
})
