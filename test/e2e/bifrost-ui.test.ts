import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { CHROMIUM, QUIET } from '../support/console.ts'
import { hasNginx, type Nginx, startNginx } from '../support/nginx.ts'
import { freePort } from '../support/postgres.ts'
import { useGateway } from '../support/use.ts'

const TEMPLATE = readFileSync('examples/bifrost-ui/default.conf.template', 'utf8')
const NAMES = [...new Set(Array.from(TEMPLATE.matchAll(/\$\{(\w+)\}/g), ([, name = '']) => name))].sort()

/** Asks for what Bifrost's UI asks for, in its order, and shows the providers; so far as a stand-in has to. */
const PAGE = `<!doctype html><title>UI</title><ul></ul><script>
  const api = (path, options = {}) =>
    fetch('/api' + path, { credentials: 'include', headers: { 'content-type': 'application/json' }, ...options }).then((answer) => answer.json())
  const open = async () => {
    const config = await api('/config?from_db=false')
    if (!config.is_db_connected) throw new Error('This is no Bifrost with a database.')
    document.title = await api('/version')
    await api('/providers', { method: 'POST', body: JSON.stringify({ provider: 'openai' }) })
    const { providers } = await api('/providers')
    for (const { name } of providers) document.querySelector('ul').append(Object.assign(document.createElement('li'), { textContent: name }))
  }
  open().catch((error) => { document.title = String(error) })
</script>`

describe('the recipe that starts it', () => {
  const { services } = z
    .object({
      services: z.object({
        proxy: z.object({ ports: z.array(z.string()), environment: z.record(z.string(), z.string()), volumes: z.array(z.string()) }),
        ui: z.strictObject({ image: z.string() }),
      }),
    })
    .parse(parse(readFileSync('examples/bifrost-ui/compose.yaml', 'utf8')))

  test('gives nginx each name of its configuration, and reaches this machine alone', () => {
    expect(Object.keys(services.proxy.environment).sort()).toEqual(NAMES)
    expect(services.proxy.ports).toEqual(['127.0.0.1:8080:8080'])
    expect(services.proxy.volumes).toEqual(['./default.conf.template:/etc/nginx/templates/default.conf.template:ro'])
  })

  test('says in the configuration what each name means', () => {
    for (const name of NAMES) expect(TEMPLATE).toMatch(new RegExp(`^# ${name} `, 'm'))
  })
})

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

describe.skipIf(!hasNginx)("Bifrost's own UI behind nginx, in front of the gateway", () => {
  const seen: Seen[] = []
  const pages = createServer((asked, response) => {
    seen.push({ method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers })
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(PAGE)
  })
  const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
  let nginx: Nginx | undefined
  let port: number
  let token: string

  beforeAll(async () => {
    await new Promise<void>((resolve) => void pages.listen(0, '127.0.0.1', resolve))
    token = await gateway.token('EDITOR')
    port = await freePort()
    const values = new Map<string, string>([
      ['GATEWAY_URL', gateway.url],
      ['GATEWAY_TOKEN', token],
      ['UI_URL', originOf(pages.address() as AddressInfo)],
      ['UI_HOST', 'localhost'],
      ['UI_PORT', String(port)],
    ])
    expect([...values.keys()].sort()).toEqual(NAMES)
    nginx = await startNginx(
      TEMPLATE.replace(/\$\{(\w+)\}/g, (_, name: string) => values.get(name) ?? ''),
      port,
    )
    seen.length = 0
  })
  afterAll(async () => {
    await nginx?.stop()
    pages.close()
  })

  const originOf = ({ port: at }: AddressInfo) => `http://127.0.0.1:${at}`

  function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<{ status: number; text: string }> {
    const from = { host: `localhost:${port}`, 'sec-fetch-site': 'same-origin', ...headers }
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, method, path, headers: from }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => {
          text += String(chunk)
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  test('the API is the gateway, with the token that nginx adds in place of what came', async () => {
    expect(await send('GET', '/api/config')).toMatchObject({ status: 200, text: expect.stringContaining('"is_db_connected":true') })
    const foreign = { authorization: 'Bearer gw_wrong', cookie: 'token=x' }
    expect((await send('GET', '/api/providers', foreign)).status).toBe(200)
    const created = await send('POST', '/api/providers', { 'content-type': 'application/json' }, '{"provider":"bedrock_mantle"}')
    expect(JSON.parse(created.text)).toMatchObject({ name: 'bedrock_mantle' })
    expect((await send('DELETE', '/api/providers/bedrock_mantle')).status).toBe(200)
  })

  test('no page but its own uses the token, and no trick with a name or a path gets beyond the API', async () => {
    for (const site of ['cross-site', 'same-site', 'none', ''])
      expect([site, (await send('POST', '/api/providers', { 'sec-fetch-site': site }, '{"provider":"stolen"}')).status]).toEqual([
        site,
        403,
      ])
    expect((await send('GET', '/api/providers', { host: 'elsewhere.example' })).status).toBe(421)
    expect((await send('GET', '/api/providers/stolen')).status).toBe(404)
    const before = seen.length
    const tricks = ['/api/../graphql', '/api/%2e%2e/graphql', '/api/..%2fgraphql', '/api//../../graphql']
    for (const path of ['/graphql', '/bifrost/api/keys', ...tricks]) {
      const { status } = await send('POST', path, { 'content-type': 'application/json' }, '{"query":"{ __typename }"}')
      expect([path, [400, 403].includes(status)]).toEqual([path, true])
    }
    expect(seen.length).toBe(before)
  })

  test('the pages come from Bifrost, which gets neither the token nor anything but reads', async () => {
    const before = seen.length
    expect((await send('GET', '/workspace/providers', { 'sec-fetch-site': 'none', cookie: 'token=x' })).text).toBe(PAGE)
    expect((await send('POST', '/v1/chat/completions')).status).toBe(403)
    expect((await send('GET', '/ws')).status).toBe(404)
    const got = seen.slice(before)
    expect(got.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /workspace/providers'])
    expect(JSON.stringify(got)).not.toContain(token)
    expect(got[0]?.headers).not.toHaveProperty('cookie')
  })

  describe.skipIf(!existsSync(CHROMIUM))('in a browser', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
    })
    afterAll(() => browser?.close())

    test('opens, and works with the providers of the gateway', async () => {
      const page = await browser.newPage()
      await page.goto(`http://localhost:${port}/workspace/providers`)
      await page.waitForFunction("document.querySelector('li') !== null")
      expect(await page.title()).toMatch(/^v\d+\.\d+\.\d+/)
      await expect.poll(() => page.locator('li').allTextContents()).toEqual(['openai'])
      await page.close()
    })

    test('a page of another site changes nothing with a form', async () => {
      const page = await browser.newPage()
      const { port: other } = pages.address() as AddressInfo
      await page.route(`http://127.0.0.1:${other}/form`, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<form method=post enctype=text/plain action="http://localhost:${port}/api/providers"><input name='{"provider":"stolen","a":"' value='"}'></form>`,
        }),
      )
      await page.goto(`http://127.0.0.1:${other}/form`)
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().endsWith('/api/providers')),
        page.evaluate("document.querySelector('form').submit()"),
      ])
      expect(answer.status()).toBe(403)
      expect((await send('GET', '/api/providers/stolen')).status).toBe(404)
      await page.close()
    })
  })
})
