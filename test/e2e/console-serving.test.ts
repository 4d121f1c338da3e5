import { request } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConsoleFiles } from '../../src/console/console-files.ts'
import { createConsolePages } from '../../src/console/console-pages.ts'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { useStarted } from '../support/use-started.ts'

const BUDGET_BYTES = 300_000

describe('the console as it is served', () => {
  const folder = temporaryFolder()
  let page: string
  let scripts: string[]

  const gateway = useStarted(() => startedProcess(folder.path))
  beforeAll(async () => {
    page = await (await fetch(`${gateway.url}/console`)).text()
    scripts = Array.from(page.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+\.js)"/g), ([, path = '']) => path)
  })
  afterAll(() => {
    folder.remove()
  })

  it('is named when the gateway starts', () => {
    expect(gateway.output()).toContain(`Console      ${gateway.url}/console`)
  })

  it('loads less than 300 KB first, compressed: its page, scripts, styles and icon', async () => {
    const loaded = Array.from(page.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g), ([, path = '']) => path)
    expect(loaded.map((path) => path.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg'])
    const sizes = await Promise.all(
      ['/console', ...loaded].map(async (path) => gzipSync(await (await fetch(gateway.url + path)).bytes(), { level: 9 }).byteLength),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET_BYTES)
  })

  it('has no inline script, a nonce of its own in each answer, and a policy that knows no other host', async () => {
    const [first, second] = await Promise.all([fetch(`${gateway.url}/console`), fetch(`${gateway.url}/console/providers/openai`)])
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(page).not.toMatch(/\son[a-z]+=|javascript:/i)
    const policies = [first, second].map(({ headers }) => headers.get('content-security-policy') ?? '')
    const nonces = policies.map((policy) => /'nonce-([A-Za-z0-9+/=]{24})'/.exec(policy)?.[1])
    expect(new Set(nonces).size).toBe(2)
    for (const policy of policies) {
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /)
      expect(policy).not.toMatch(/https?:|\*|unsafe/)
    }
    expect(await first.text()).toContain(`nonce="${nonces[0]}"`)
    expect(first.headers.get('cache-control')).toBe('no-store')
  })

  it('gives files with a digest in their name for ever, compressed to whom takes it, and nosniff', async () => {
    const [path = ''] = scripts
    const plain = await fetch(gateway.url + path, { headers: { 'accept-encoding': 'identity' } })
    expect(Object.fromEntries(plain.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    })
    const raw = await rawRequest('GET', path, { 'accept-encoding': 'gzip' })
    expect(raw.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(raw.body).equals(Buffer.from(await plain.bytes()))).toBe(true)
  })

  /** Sends the path as it is written: `fetch` would tidy it up. */
  function rawRequest(method: string, path: string, headers: Record<string, string> = {}) {
    return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url)
      const sent = request({ hostname, port, path, method, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }))
      })
      sent.on('error', reject)
      sent.end()
    })
  }

  it.each([
    '/console/../../package.json',
    '/console/assets/../../../package.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/assets/..%2f..%2fmade-from.sha256',
    '/console/made-from.sha256',
    '/console/index.html',
    '/console/assets/',
    '/console/assets/missing.js',
    '/console/__proto__.js',
  ])('gives nothing but its own files: %s', async (path) => {
    const { status, body } = await rawRequest('GET', path)
    expect(status).toBe(404)
    expect(JSON.parse(body.toString())).toHaveProperty('message')
  })

  it('opens the page of a name with dots by its URL', async () => {
    const { status, headers } = await rawRequest('GET', '/console/routes/gpt-4.1')
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  })

  it('is read, and takes nothing', async () => {
    expect((await rawRequest('HEAD', '/console')).status).toBe(200)
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status, headers } = await rawRequest(method, '/console')
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('says how to build it where it was not built', async () => {
    expect(readConsoleFiles(folder.path)).toBeNull()
    const answer = await createConsolePages(
      null,
      { graphiql: true, restReference: true },
      '',
    )({ method: 'GET', url: '/console', headers: {} })
    expect(answer.status).toBe(404)
    expect(answer.body).toContain('npm run build:console')
  })

  it('is not there when it is switched off', async () => {
    const other = temporaryFolder()
    const without = await startedProcess(other.path, { CONSOLE: 'false', REST_REFERENCE: 'false' })
    try {
      expect((await fetch(`${without.url}/console`)).status).toBe(404)
      expect(without.output()).not.toMatch(/\/console|\/docs/)
    } finally {
      await without.stop()
      other.remove()
    }
  })
})
