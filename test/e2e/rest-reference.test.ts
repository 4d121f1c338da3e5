import { existsSync, mkdirSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restDescriptions } from '../../src/rest/mounts.ts'
import { CHROMIUM, QUIET, seriousViolations } from '../support/console.ts'
import { startTestGateway } from '../support/gateway.ts'
import { useGateway } from '../support/use.ts'

const TITLES = ['Coder', 'Bifrost', 'Respan', 'ZIRI']
const gateway = useGateway()

describe('the reference as it is served', () => {
  it('lets its page run its own files and speak to its own server, and nothing else', async () => {
    const answer = await gateway.fetch('/docs/rest')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /)
    expect(policy).not.toMatch(/https?:|\*|unsafe|blob:/)
    const page = await answer.text()
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/)
    for (const [, path = ''] of page.matchAll(/(?:src|href)="(\/docs\/rest\/assets\/[^"]+)"/g)) {
      const { status, headers } = await gateway.fetch(path)
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    }
  })

  it('gives descriptions without a token, as the dialects give them with one', async () => {
    for (const { name, document } of restDescriptions()) {
      const open = await (await gateway.fetch(`/docs/rest/${name}.json`)).json()
      const prefix = name === 'coder' ? '/api/v2' : `/${name}/api`
      const authorization = `Bearer ${await gateway.token('VIEWER')}`
      const own = await gateway.fetch(`${prefix}/openapi.json`, { headers: { authorization } })
      expect(open).toEqual(document)
      expect(await own.json()).toEqual(open)
    }
  })

  it('gives nothing else, takes nothing, and is not there when it is switched off', async () => {
    for (const path of ['/docs/rest/package.json', '/docs/rest/assets/', '/docs/rest/__proto__', '/docs/rest/..%2f..%2fpackage.json'])
      expect((await gateway.fetch(path)).status, path).toBe(404)
    expect((await gateway.fetch('/docs/rest', { method: 'POST' })).status).toBe(405)
    const other = await startTestGateway({ environment: { REST_REFERENCE: 'false' } })
    try {
      for (const path of ['/docs/rest', '/docs/rest/coder.json']) expect((await other.fetch(path)).status).toBe(404)
    } finally {
      await other.close()
    }
  })

  it.each(restDescriptions())('offers requests of $title that work as they stand', async ({ document }) => {
    const requests = offeredRequests(document)
    expect(requests.filter(({ method }) => method !== 'GET').length).toBeGreaterThan(1)
    for (const { method, path, body } of requests) {
      const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' }
      const answer = await gateway.fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
      expect(answer.status, `${method} ${path}: ${await answer.text()}`).toBeLessThan(300)
    }
  })
})

interface Parameter {
  readonly name: string
  readonly in: string
  readonly example?: string
}
interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example: object }>> }
}
interface OpenApi {
  readonly servers?: readonly [{ readonly url: string }]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>> & { readonly parameters?: readonly Parameter[] }>>
}

/** What the page sends when a reader changes nothing: what creates first, what deletes last. Tests call upstreams, and keys have ids. */
function offeredRequests(document: object) {
  const { servers, paths } = document as OpenApi
  const METHODS = ['POST', 'GET', 'PATCH', 'PUT', 'DELETE']
  const requests = Object.entries(paths).flatMap(([template, { parameters = [], ...operations }]) => {
    const examples = new Map(parameters.flatMap(({ name, example }) => (example === undefined ? [] : [[name, example]])))
    const path = template.replace(/\{(\w+)\}/g, (whole, name: string) => examples.get(name) ?? whole)
    if (path.includes('{') || /\/(test|refresh-models|parameters)$/.test(path)) return []
    return Object.entries(operations).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path: (servers?.[0].url ?? '') + path,
      body: requestBody?.content['application/json']?.example,
    }))
  })
  return requests.toSorted((one, other) => METHODS.indexOf(one.method) - METHODS.indexOf(other.method))
}

describe.skipIf(!existsSync(CHROMIUM))('the reference in a real browser', () => {
  const foreignRequests: string[] = []
  const problems: string[] = []
  const urls: string[] = []
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    context.setDefaultTimeout(60_000)
    context.on('request', (request) => {
      urls.push(request.url())
      const { protocol, origin } = new URL(request.url())
      if (protocol !== 'data:' && origin !== gateway.url) foreignRequests.push(request.url())
    })
    // A breach of the content security policy is among them: Chromium writes it to the console as an error.
    context.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    context.on('weberror', (error) => problems.push(error.error().message))
    page = await context.newPage()
    await page.goto(`${gateway.url}/docs/rest`)
  })
  afterAll(() => browser?.close())

  const operation = (method: string, path: string) =>
    page.locator('.opblock', { has: page.locator('.opblock-summary-method', { hasText: method }) }).filter({
      has: page.locator(`[data-path="${path}"]`),
    })

  it('shows each dialect', async () => {
    for (const title of TITLES) {
      await page.getByRole('link', { name: title, exact: true }).click()
      await page.locator('.info .title', { hasText: `${title}: ` }).waitFor()
      await expect.poll(() => page.locator('[aria-current=page]').allTextContents()).toEqual([title])
    }
  })

  it('sends requests to this gateway with the token of the field, and shows the answers', async () => {
    const token = await gateway.token('EDITOR')
    await page.getByLabel('Access token').fill(token)
    await page.getByRole('link', { name: 'Bifrost', exact: true }).click()
    const create = operation('POST', '/api/providers')
    await create.locator('.opblock-summary-control').click()
    await create.getByRole('button', { name: 'Execute' }).click()
    const answered = await create.locator('.live-responses-table').textContent()
    expect(answered).toContain('200')
    expect(answered).toContain('"provider_status": "active"')
    expect(await create.locator('.curl').textContent()).toContain('-H "Authorization: Bearer $GATEWAY_TOKEN"')

    await page.getByRole('link', { name: 'Coder', exact: true }).click()
    const read = operation('GET', '/api/v2/ai/providers/{idOrName}')
    await read.locator('.opblock-summary-control').click()
    await read.getByPlaceholder('idOrName').fill('acme')
    await read.getByRole('button', { name: 'Execute' }).click()
    expect(await read.locator('.live-responses-table').textContent()).toContain('"base_url": "https://api.example.com"')
    mkdirSync('test-results', { recursive: true })
    await page.screenshot({ path: 'test-results/rest-reference.png' })

    expect(await page.content()).not.toContain(token)
    expect(urls.filter((url) => url.includes(token))).toEqual([])
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ''])
    await page.reload()
    expect(await page.getByLabel('Access token').inputValue()).toBe('')
  })

  it.each([
    ['light', 'Respan'],
    ['dark', 'ZIRI'],
  ] as const)('keeps nobody out, in the %s scheme', async (colorScheme, title) => {
    await page.emulateMedia({ colorScheme })
    await page.getByRole('link', { name: title, exact: true }).click()
    await page.locator('.info .title', { hasText: `${title}: ` }).waitFor()
    for (const control of await page.locator('.opblock-summary-control').all()) await control.click()
    expect(await seriousViolations(page)).toEqual([])
  })

  it('asks no other machine for anything, keeps to its content security policy and logs no error', () => {
    expect(foreignRequests).toEqual([])
    expect(problems).toEqual([])
  })
})
