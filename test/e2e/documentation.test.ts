import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, NARROW, QUIET, seriousViolations, WIDE } from '../support/console.ts'
import { startTestGateway } from '../support/gateway.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()

interface DocumentPage {
  readonly path: string
  readonly html: string
  readonly answer: Response
}

const attributes = (html: string, name: string) =>
  Array.from(html.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g')), ([, value = '']) => value)
/** Where a page leads on this gateway. */
const linksOf = ({ path, html }: DocumentPage) =>
  attributes(html, 'href').flatMap((href) => (/^(https?:|data:,$)/.test(href) ? [] : [new URL(href, `http://gateway${path}`)]))
const titleOf = (html: string) => /<title>(.*) · AI provider gateway<\/title>/.exec(html)?.[1]

/** Every page that can be reached from the index by links. */
async function walk(): Promise<Map<string, DocumentPage>> {
  const pages = new Map<string, DocumentPage>()
  const waiting = ['/docs']
  for (const path of waiting) {
    const answer = await gateway.fetch(path)
    if (pages.has(path) || !answer.headers.get('content-type')?.startsWith('text/html')) continue
    const html = await answer.text()
    pages.set(path, { path, html, answer })
    waiting.push(...attributes(html, 'href').flatMap((href) => (href.startsWith('/docs') ? [href.split('#')[0] ?? ''] : [])))
  }
  return pages
}

describe('the documentation as it is served', () => {
  let pages: Map<string, DocumentPage>
  beforeAll(async () => {
    pages = await walk()
  })

  it('has the README, the changelog and every document, each with a title of its own and marked in the navigation', () => {
    for (const path of ['/docs', '/docs/readme', '/docs/changelog', '/docs/calls', '/docs/console/readme', '/docs/reference/commands'])
      expect([...pages.keys()]).toContain(path)
    expect(pages.size).toBeGreaterThan(40)
    const titles = [...pages.values()].map(({ html }) => titleOf(html))
    expect(titles).not.toContain(undefined)
    expect(new Set(titles).size).toBe(pages.size)
    for (const { path, html } of pages.values()) {
      const navigation = html.split('<nav ')[1] ?? ''
      expect(attributes(navigation, 'href').sort(), path).toEqual([...pages.keys()].sort())
      expect(navigation.match(/<a href="[^"]*" aria-current="page">/g)).toEqual([`<a href="${path}" aria-current="page">`])
    }
  })

  it('lets its pages load styles and pictures of this gateway, and run nothing', () => {
    for (const { path, html, answer } of pages.values()) {
      expect(answer.status, path).toBe(200)
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/^default-src 'none'; style-src 'self'; img-src /)
      expect(policy).not.toMatch(/script-src|https?:|\*|unsafe|blob:/)
      expect(html).not.toMatch(/<script|<style|<iframe|\sstyle=|<[^>]*\son[a-z]+=/)
    }
  })

  it('has only links, anchors and pictures that lead somewhere', async () => {
    const all = [...pages.values()]
    for (const { path, html } of all)
      expect(new Set(attributes(html, 'id')).size, `${path} has each id once`).toBe(attributes(html, 'id').length)
    const leadsNowhere = ({ pathname, hash }: URL) => {
      const target = pages.get(pathname)
      return target !== undefined && hash !== '' && !attributes(target.html, 'id').includes(hash.slice(1))
    }
    expect(all.flatMap(linksOf).filter(leadsNowhere)).toEqual([])
    const files = new Set(all.flatMap((page) => [...linksOf(page).map(({ pathname }) => pathname), ...attributes(page.html, 'src')]))
    for (const file of files) expect((await gateway.fetch(file)).status, file).toBe(200)
    expect([...files].filter((file) => file.endsWith('.png')).length).toBeGreaterThan(10)
  })

  it('leads to the page of a linked document, and does not link a source file', () => {
    expect(pages.get('/docs/usage')?.html).toContain('<a href="/docs/routes#model-routes">')
    expect(pages.get('/docs/operations')?.html).toContain('compose.yaml')
    expect(pages.get('/docs/operations')?.html).not.toMatch(/href="[^"]*compose\.yaml/)
  })

  it('answers 304 to a browser that holds the page, and HEAD without a body', async () => {
    const first = await gateway.fetch('/docs/calls')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    const again = await gateway.fetch('/docs/calls', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    // What a browser takes over from a 304 is as it was.
    for (const name of ['etag', 'cache-control', 'content-security-policy', 'vary'])
      expect(again.headers.get(name), name).toBe(first.headers.get(name))
    const head = await gateway.fetch('/docs/calls', { method: 'HEAD' })
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, ''])
    const plain = await gateway.fetch('/docs/calls', { headers: { 'accept-encoding': 'identity', 'if-none-match': etag } })
    expect([plain.status, plain.headers.get('content-encoding')]).toEqual([200, null])
  })

  it('gives nothing else, takes nothing, and is not there without the console', async () => {
    const others = [
      'nothing',
      'calls.md',
      'calls.html',
      'index',
      'made-from.sha256',
      'assets/',
      '__proto__',
      '..%2f..%2fpackage.json',
      'rest.json',
    ]
    for (const name of others) expect((await gateway.fetch(`/docs/${name}`)).status, name).toBe(404)
    expect((await gateway.fetch('/docs/calls', { method: 'POST' })).status).toBe(405)
    const other = await startTestGateway({ environment: { CONSOLE: 'false' } })
    try {
      for (const path of ['/docs', '/docs/calls']) expect((await other.fetch(path)).status).toBe(404)
    } finally {
      await other.close()
    }
  })
})

describe.skipIf(!existsSync(CHROMIUM))('the documentation in a real browser', () => {
  const foreignRequests: string[] = []
  const problems: string[] = []
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
    const context = await browser.newContext({ viewport: WIDE })
    context.setDefaultTimeout(60_000)
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol !== 'data:' && origin !== gateway.url) foreignRequests.push(request.url())
    })
    // A breach of the content security policy is among them: Chromium writes it to the console as an error.
    context.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page = await context.newPage()
  })
  afterAll(() => browser?.close())

  it('leads by its links to the right place of another page', async () => {
    await page.goto(`${gateway.url}/docs`)
    await page.getByRole('navigation').getByRole('link', { name: 'Usage', exact: true }).click()
    await page.getByRole('main').getByRole('link', { name: 'model route' }).first().click()
    await page.waitForURL(`${gateway.url}/docs/routes#model-routes`)
    expect(await page.locator('[aria-current=page]').textContent()).toBe(await page.locator('h1').textContent())
  })

  it.each(['/docs', '/docs/readme', '/docs/calls', '/docs/reference/configuration', '/docs/console', '/docs/performance'])(
    'keeps nobody out of %s, light, dark and on a narrow screen',
    async (path) => {
      await page.goto(gateway.url + path)
      expect(await seriousViolations(page), 'light').toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await seriousViolations(page, 'colours'), 'dark').toEqual([])
      await page.setViewportSize(NARROW)
      expect(await seriousViolations(page, 'places'), 'narrow').toEqual([])
      await page.setViewportSize(WIDE)
      await page.emulateMedia({ colorScheme: 'light' })
    },
  )

  it('fits every page into 360 px', async () => {
    await page.setViewportSize(NARROW)
    for (const path of (await walk()).keys()) {
      await page.goto(gateway.url + path, { waitUntil: 'domcontentloaded' })
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), path).toBeLessThanOrEqual(0)
    }
    await page.setViewportSize(WIDE)
  })

  it('shows the pictures', async () => {
    await page.goto(`${gateway.url}/docs/console`)
    await page.getByRole('img', { name: 'The list of providers' }).scrollIntoViewIfNeeded()
    await expect
      .poll(() =>
        page.getByRole('img').evaluateAll((images) => images.map((image) => image instanceof HTMLImageElement && image.naturalWidth > 0)),
      )
      .toEqual([true])
  })

  it('asks no other machine for anything, and keeps to its content security policy', () => {
    expect(foreignRequests).toEqual([])
    expect(problems).toEqual([])
  })
})
