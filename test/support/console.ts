import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import axe from 'axe-core'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { asker } from './asker.ts'
import { type GatewayProcess, startedProcess, temporaryFolder } from './gateway-process.ts'
import { useStarted } from './use-started.ts'

const WITHOUT_WINDOWS = '/usr/bin/chromium-headless-shell'
/** The package without windows is the same engine, and opens a page with less than half of the work. */
export const CHROMIUM = existsSync(WITHOUT_WINDOWS) ? WITHOUT_WINDOWS : '/usr/bin/chromium'
/** A browser that calls nobody by itself. */
export const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const ADMIN_TOKEN = 'console-test-token-of-more-than-32-characters'
export const GOOD_KEY = 'sk-good-key-0123456789abcdef'
export const OTHER_GOOD_KEY = 'sk-other-good-key-9876543210'
const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'text-embedding-3-large']

/** What a chat uses, as the vendor tells it. */
const CHAT_USAGE = { prompt_tokens: 1_200, completion_tokens: 34, prompt_tokens_details: { cached_tokens: 1_000 } }

const CHAT = {
  ...{ id: 'chatcmpl-1', object: 'chat.completion', model: 'gpt-4.1' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: CHAT_USAGE,
}

/** An upstream as OPENAI_COMPAT knows it: lets two keys in, and never answers below `/hang`. */
async function startUpstream(): Promise<Server> {
  const models = { object: 'list', data: MODELS.map((id) => ({ id, object: 'model' })) }
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/hang')) return
    const isGood = [GOOD_KEY, OTHER_GOOD_KEY].some((key) => request.headers.authorization === `Bearer ${key}`)
    response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' })
    const answer = request.url?.endsWith('/chat/completions') ? CHAT : models
    response.end(JSON.stringify(isGood ? answer : { error: { code: 'invalid_api_key' } }))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return server
}

/** What a browser did that it should not have: to be compared with nothing. */
export interface Misdeeds {
  /** Requests to another host than the gateway. */
  readonly foreignRequests: readonly string[]
  /** Errors in the browser's console; a breach of the content security policy is among them. */
  readonly problems: readonly string[]
  /** Every URL that was asked for, or stood in an address bar. */
  readonly urls: readonly string[]
}

export type ConsoleBench = Awaited<ReturnType<typeof startConsoleBench>>

/** The built gateway with its console, an upstream on loopback, and a real browser. */
async function startConsoleBench(environment: Readonly<Record<string, string>>) {
  const folder = temporaryFolder()
  const upstream = await startUpstream()
  const gateway: GatewayProcess = await startedProcess(folder.path, { OUTBOUND_ALLOW: 'loopback', ADMIN_TOKEN, ...environment })
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  const misdeeds = { foreignRequests: [] as string[], problems: [] as string[], urls: [] as string[] }
  const { port } = upstream.address() as AddressInfo

  const watch = (context: BrowserContext) => {
    context.setDefaultTimeout(120_000)
    context.on('request', (request) => {
      misdeeds.urls.push(request.url())
      const { protocol, origin } = new URL(request.url())
      if (protocol !== 'blob:' && protocol !== 'data:' && origin !== gateway.url) misdeeds.foreignRequests.push(request.url())
    })
    context.on('console', (message) => {
      if (message.type() === 'error') misdeeds.problems.push(message.text())
    })
    context.on('weberror', (error) => misdeeds.problems.push(error.error().message))
    context.on('page', (page) => page.on('framenavigated', (frame) => misdeeds.urls.push(frame.url())))
  }

  /** Opens a window of its own: its storage is shared with no other. */
  async function openWindow(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce', ...options })
    watch(context)
    return context.newPage()
  }

  /** Opens a window and signs in. */
  async function signIn(token: string = ADMIN_TOKEN, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await openWindow(options)
    await page.goto(`${gateway.url}/console`)
    await page.getByLabel('Access token', { exact: true }).fill(token)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Providers' }).waitFor()
    return page
  }

  const ask = asker(gateway, ADMIN_TOKEN)

  return {
    gateway,
    /** Where the gateway keeps its data. */
    folder: folder.path,
    misdeeds: misdeeds as Misdeeds,
    upstreamUrl: `http://127.0.0.1:${port}`,
    openWindow,
    signIn,
    ask,
    createProvider: (name: string, input: Readonly<Record<string, unknown>> = {}) =>
      ask<{ createProvider: { provider: { id: string } } }>(
        'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { ... on CreateProviderPayload { provider { id } } } }',
        {
          input: {
            name,
            type: 'OPENAI_COMPAT',
            baseUrl: `http://127.0.0.1:${port}/v1`,
            apiKeys: [{ credential: { value: GOOD_KEY } }],
            ...input,
          },
        },
      ),
    testProvider: (name: string) =>
      ask('mutation ($name: String!) { testConnection(input: { saved: { provider: { name: $name } } }) { __typename } }', { name }),
    createToken: async (role: 'VIEWER' | 'EDITOR' | 'ADMIN') => {
      const made = await ask<{ createAccessToken: { value: string; token: { id: string } } }>(
        'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on CreateAccessTokenPayload { value token { id } } } }',
        { input: { name: `test ${role.toLowerCase()}`, role } },
      )
      return made.createAccessToken
    },
    close: async () => {
      await browser.close()
      await gateway.stop()
      upstream.closeAllConnections()
      upstream.close()
      folder.remove()
    },
  }
}

/** The same for the tests of a file, or of a `describe`. */
export function useConsoleBench(environment: Readonly<Record<string, string>> = {}): ConsoleBench {
  return useStarted(() => startConsoleBench(environment))
}

/** The colours alone are others in the dark; where things are is the same. On a narrow screen it is the other way round. */
const RULES: Readonly<Record<'all' | 'colours' | 'places', axe.RunOptions>> = {
  all: {},
  colours: { runOnly: { type: 'rule', values: ['color-contrast'] } },
  places: { rules: { 'color-contrast': { enabled: false } } },
}

/** Rules that the page breaks and that keep people out, each with the first elements that break it. */
export async function seriousViolations(page: Page, rules: keyof typeof RULES = 'all'): Promise<string[]> {
  // A colour on its way to another one is not what anybody reads; what turns without end is not waited for.
  await page.waitForFunction(
    () =>
      !document
        .getAnimations()
        .some(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY),
    undefined,
    { polling: 50 },
  )
  // Evaluated by the test's own hand, not loaded by the page: its content security policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  const violations = await page.evaluate(async (options) => {
    const { axe: engine } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations: found } = await engine.run(document, options)
    return found.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)) }))
  }, RULES[rules])
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, at }) => `${impact}: ${id} at ${at.join(' | ')}`)
}

/** Finds a vendor in the picker, and chooses it. */
export async function chooseVendor(page: Page, label: string): Promise<void> {
  await page
    .getByRole('combobox', { name: 'Vendor' })
    .or(page.getByRole('textbox', { name: 'Vendor' }))
    .fill(label)
  await page.getByRole('option', { name: label }).first().click()
}

export const WIDE = { width: 1280, height: 860 }
export const NARROW = { width: 360, height: 740 }

/** Keeps nobody out: as it opens, then in the dark, where the colours alone are others, then on a narrow screen, where the places are. */
export async function checkPage(page: Page, where: string = page.url()): Promise<void> {
  expect(await seriousViolations(page), `${where} light`).toEqual([])
  expect(await excess(page), `${where} is too wide at ${WIDE.width}`).toBeLessThanOrEqual(0)
  try {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
    expect(await seriousViolations(page, 'colours'), `${where} dark`).toEqual([])
    await page.setViewportSize(NARROW)
    // A menu that is open finds its new place a moment later.
    await expect.poll(() => excess(page), { message: `${where} is too wide at ${NARROW.width}` }).toBeLessThanOrEqual(0)
    expect(await seriousViolations(page, 'places'), `${where} narrow`).toEqual([])
  } finally {
    // What fails here must not make the tests after it fail too.
    await page.setViewportSize(WIDE)
    await page.emulateMedia({ colorScheme: 'light' })
  }
}

/** By how much the page, or the dialog over it, is wider than there is room. */
function excess(page: Page): Promise<number> {
  return page.evaluate(() => {
    const dialog = document.querySelector('.mantine-Modal-content')
    return Math.max(document.documentElement.scrollWidth - window.innerWidth, dialog === null ? 0 : dialog.scrollWidth - dialog.clientWidth)
  })
}

/** Pages of the console with the examples, and a text that stands on each when all is well. */
export const PAGES: readonly (readonly [path: string, landmark: string])[] = [
  ['/', 'OpenAI production'],
  ['/new-provider', 'Test before you save'],
  ['/providers/openai', 'the key is proven'],
  ['/keys', 'Last used'],
  ['/usage', 'No model call matches'],
  ['/tokens', 'this one'],
  ['/audit', 'Channel'],
]

/** Makes a provider that works, one whose key is refused and that is disabled, both tested, and one of AWS. */
export async function createExamples(bench: ConsoleBench): Promise<void> {
  await bench.createProvider('openai', { displayName: 'OpenAI production' })
  await bench.createProvider('refused', {
    apiKeys: [{ credential: { value: 'sk-bad-key-0123456789abcdef' }, name: 'only' }],
    enabled: false,
  })
  await bench.createProvider('bedrock', {
    type: 'BEDROCK',
    baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
    apiKeys: [],
    settings: { bedrock: { region: 'us-east-1', accessKey: 'AKIAIOSFODNN7EXAMPLE', accessKeySecret: 'secret-of-the-pair' } },
  })
  for (const name of ['openai', 'refused']) await bench.testProvider(name)
}
