import { existsSync, mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'

const CHROMIUM = '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const LIST = 'query Providers {\n  providers {\n    totalCount\n    nodes { name apiKeys { nodes { masked } } }\n  }\n}'
const KEY = 'sk-good-key-0123456789abcdef'

describe.skipIf(!existsSync(CHROMIUM))('GraphiQL in a real browser', () => {
  const folder = temporaryFolder()
  const foreignRequests: string[] = []
  const problems: string[] = []
  let upstream: Server
  let gateway: GatewayProcess
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      const good = request.headers.authorization === `Bearer ${KEY}`
      response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify(
          good ? { object: 'list', data: [{ id: 'model-of-the-test', object: 'model' }] } : { error: { code: 'invalid_api_key' } },
        ),
      )
    })
    await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve))
    gateway = await startedProcess(folder.path, { OUTBOUND_ALLOW: 'loopback' })
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] })
    page = await context.newPage()
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol.startsWith('http') && origin !== gateway.url) foreignRequests.push(request.url())
    })
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) problems.push(message.text())
    })
    await page.goto(`${gateway.url}/graphql`)
    await page.getByRole('tab', { name: 'CreateProvider' }).waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
    upstream?.close()
    folder.remove()
  })

  /** Replaces what an editor shows, as a person does who pastes. */
  async function paste(editor: string, text: string): Promise<void> {
    await page.locator(editor).first().click()
    await page.keyboard.press('Control+A')
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await page.keyboard.press('Control+V')
  }

  /** Opens a tab, signs in with the token in its header editor, runs the operation and returns what the page shows. */
  async function run(tab: string, operation: string, expected: string): Promise<string> {
    await page.locator('.graphiql-tab-button', { hasText: tab }).click()
    await page.locator('.graphiql-tab-active', { hasText: tab }).waitFor()
    await paste(
      '[aria-label="Headers"] .graphiql-editor:not(.hidden) .view-lines',
      JSON.stringify({ Authorization: `Bearer ${gateway.token}` }),
    )
    await paste('[aria-label="Operation Editor"] .view-lines', operation)
    await page.getByRole('button', { name: /execute query/i }).click()
    const result = page.locator('.result-window')
    await result.getByText(expected).first().waitFor()
    return result.innerText()
  }

  it('stores a provider, lists it with its mask, tests it against a real upstream, and asks no other machine for anything', async () => {
    const { port } = upstream.address() as AddressInfo
    const create = `mutation CreateProvider {
  createProvider(
    input: {
      name: "local"
      type: OPENAI_COMPAT
      baseUrl: "http://127.0.0.1:${port}/v1"
      apiKeys: [{ value: "${KEY}" }]
    }
  ) {
    __typename
  }
}`
    await run('CreateProvider', create, 'CreateProviderPayload')
    const listed = await run('Providers', LIST, 'totalCount')
    expect(listed).toContain('sk-g...cdef')
    expect(listed).not.toContain(KEY)

    const test = `mutation Providers {
  testConnection(
    input: { saved: { provider: { name: "local" } } }
  ) {
    ... on TestConnectionPayload {
      success
      test { status message keyVerified models }
      provider {
        name
        apiKeys { nodes { masked } }
      }
    }
  }
}`
    const tested = await run('Providers', test, 'model-of-the-test')
    expect(tested).toContain('"OK"')

    mkdirSync('test-results', { recursive: true })
    await page.screenshot({ path: 'test-results/graphiql.png' })
    expect(page.url()).toBe(`${gateway.url}/graphql`)
    expect(foreignRequests).toEqual([])
    expect(problems).toEqual([])
  })
})
