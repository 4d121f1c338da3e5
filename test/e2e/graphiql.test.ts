import { existsSync, mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, QUIET } from '../support/console.ts'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-good-key-0123456789abcdef'
const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'text-embedding-3-large']

const OPERATION_EDITOR = '[aria-label="Operation Editor"] .view-lines'
const HEADER_EDITOR = '[aria-label="Headers"] .graphiql-editor:not(.hidden) .view-lines'

const createProvider = (baseUrl: string) => `mutation CreateProvider {
  createProvider(
    input: {
      name: "openai"
      type: OPENAI_COMPAT
      baseUrl: "${baseUrl}"
      apiKeys: [{ credential: { value: "${KEY}" } }]
    }
  ) {
    __typename
  }
}`

/** An upstream as OPENAI_COMPAT knows it, which lets one key in. */
async function startUpstream(): Promise<Server> {
  const models = { object: 'list', data: MODELS.map((id) => ({ id, object: 'model' })) }
  const server = createServer((request, response) => {
    const good = request.headers.authorization === `Bearer ${KEY}`
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(good ? models : { error: { code: 'invalid_api_key' } }))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return server
}

describe.skipIf(!existsSync(CHROMIUM))('GraphiQL in a real browser', () => {
  const folder = temporaryFolder()
  const foreignRequests: string[] = []
  const problems: string[] = []
  let upstream: Server
  let browser: Browser
  let context: BrowserContext
  let page: Page

  const gateway = useStarted(() => startedProcess(folder.path, { OUTBOUND_ALLOW: 'loopback' }))
  beforeAll(async () => {
    upstream = await startUpstream()
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] })
    context.setDefaultTimeout(60_000)
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol !== 'blob:' && protocol !== 'data:' && origin !== gateway.url) foreignRequests.push(request.url())
    })
    // A breach of the content security policy is among them: Chromium writes it to the console as an error.
    context.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    context.on('weberror', (error) => problems.push(error.error().message))
    page = await context.newPage()
    await page.goto(`${gateway.url}/graphql`)
    await page.getByRole('tab', { name: 'CreateProvider' }).waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    upstream?.close()
    folder.remove()
  })

  /** Replaces what an editor shows, as a person does who pastes, and waits until it shows `landmark`. */
  async function paste(editor: string, text: string, landmark: string): Promise<void> {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await page.locator(editor).click()
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Control+V')
    await page.locator(editor, { hasText: landmark }).waitFor()
  }

  async function openTab(name: string): Promise<void> {
    await page.locator('.graphiql-tab-button', { hasText: name }).click()
    await page.locator('.graphiql-tab-active', { hasText: name }).waitFor()
  }

  /**
   * Runs the operation of the open tab and returns what the page shows once `expected` is part of it. For a moment after
   * a change of tab GraphiQL still looks for the operation of the last one, sends nothing and says so: then it runs again.
   */
  async function execute(expected: string): Promise<string> {
    const result = page.locator('.result-window .view-lines')
    const tooEarly = result.filter({ hasText: 'Cannot infer operation'.replaceAll(' ', '\u00a0') })
    const done = result.filter({ hasText: expected })
    do {
      await page.getByRole('button', { name: /execute query/i }).click()
      await done.or(tooEarly).waitFor()
    } while ((await tooEarly.count()) > 0)
    return ((await result.textContent()) ?? '').replaceAll('\u00a0', ' ')
  }

  it('asks for a token, without a request, while its placeholder stands', async () => {
    const requests: string[] = []
    context.on('request', (request) => {
      if (request.url().startsWith('http')) requests.push(request.url())
    })
    await execute('PASTE-YOUR-TOKEN-HERE')
    expect(requests).toEqual([])
  })

  it('stores a provider, lists it with its mask and tests it against a real upstream, with a token that was pasted once', async () => {
    const { port } = upstream.address() as AddressInfo
    const introspection = page.waitForResponse((response) => (response.request().postData() ?? '').includes('IntrospectionQuery'))
    await paste(HEADER_EDITOR, JSON.stringify({ Authorization: `Bearer ${gateway.token}` }), gateway.token ?? 'no token')
    expect((await introspection).status(), 'the schema is loaded as soon as the token is there').toBe(200)
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    const documentation = page.locator('.graphiql-doc-explorer')
    await documentation.getByText('Mutation', { exact: true }).click()
    await documentation.getByText('createProvider', { exact: true }).first().click()
    await documentation.getByText('Creates a provider with its keys').first().waitFor()
    await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click()
    await openTab('Providers')
    await execute('totalCount')
    await page
      .getByRole('status')
      .getByText(`send the token ${gateway.token?.slice(0, 13)}…`)
      .waitFor()
    await openTab('CreateProvider')
    await execute('sk-PASTE-A-KEY-HERE')
    await openTab('Providers')
    expect(await execute('totalCount'), 'a placeholder is no key').toContain('"totalCount": 0')
    await openTab('CreateProvider')
    await paste(OPERATION_EDITOR, createProvider(`http://127.0.0.1:${port}/v1`), KEY)
    await execute('CreateProviderPayload')

    await openTab('Providers')
    const listed = await execute('totalCount')
    expect(listed).toContain('sk-g...cdef')
    expect(listed).not.toContain(KEY)

    await openTab('TestConnection')
    const tested = await execute(MODELS.at(-1) ?? 'no model')
    expect(tested).toContain('"success": true')
    expect(tested).toContain('"status": "OK"')
    expect(tested).toContain('sk-g...cdef')

    await page.getByRole('button', { name: 'Hide editor tools' }).click()
    await page.mouse.move(960, 700)
    mkdirSync('test-results', { recursive: true })
    await page.screenshot({ path: 'test-results/graphiql.png' })
    await page.getByRole('button', { name: 'Show editor tools' }).click()
  })

  it('keeps what is typed in its browser tab: after a reload it is there, but never in the address or for another tab', async () => {
    await page.waitForFunction(
      (typed) => typed.every((text) => Object.values(sessionStorage).some((value) => value.includes(text))),
      [gateway.token ?? 'no token', KEY],
    )
    await page.reload()
    await page.locator('.graphiql-tab-active', { hasText: 'TestConnection' }).waitFor()
    await expect.poll(() => page.locator('.graphiql-tab').count()).toBe(3)
    await openTab('CreateProvider')
    await page.locator(HEADER_EDITOR, { hasText: gateway.token ?? 'no token' }).waitFor()
    await openTab('Providers')
    await execute('totalCount')
    expect(await page.evaluate(() => location.href)).toBe(`${gateway.url}/graphql`)

    const other = await context.newPage()
    await other.goto(`${gateway.url}/healthz`)
    expect(await other.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0])
    await other.close()
  })

  it('asks no other machine for anything, keeps to its content security policy and logs no error', () => {
    expect(foreignRequests).toEqual([])
    expect(problems).toEqual([])
  })
})
