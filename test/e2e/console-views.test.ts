import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, type ConsoleBench, seriousViolations, startConsoleBench } from '../support/console.ts'

const WIDE = { width: 1280, height: 860 }
const NARROW = { width: 360, height: 740 }

describe.skipIf(!existsSync(CHROMIUM))('the pages of the console', () => {
  let bench: ConsoleBench

  beforeAll(async () => {
    bench = await startConsoleBench()
    await bench.createProvider('openai', { displayName: 'OpenAI production' })
    await bench.createProvider('refused', { apiKeys: [{ value: 'sk-bad-key-0123456789abcdef', name: 'only' }], enabled: false })
    await bench.createProvider('bedrock', {
      type: 'BEDROCK',
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      apiKeys: [],
      settings: { bedrock: { region: 'us-east-1', accessKey: 'AKIAIOSFODNN7EXAMPLE', accessKeySecret: 'secret-of-the-pair' } },
    })
    for (const name of ['openai', 'refused'])
      await bench.ask('mutation ($name: String!) { testConnection(input: { saved: { provider: { name: $name } } }) { __typename } }', {
        name,
      })
  })
  afterAll(async () => {
    await bench?.close()
  })

  const open = async (page: Page, path: string, landmark: string) => {
    await page.goto(`${bench.gateway.url}/console${path}`)
    await page.getByText(landmark).first().waitFor()
  }
  const PAGES: readonly (readonly [path: string, landmark: string])[] = [
    ['', 'OpenAI production'],
    ['/providers/openai', 'the key is proven'],
    ['/providers/bedrock', 'Access key'],
    ['/new-provider', 'Test before you save'],
    ['/providers/bedrock/edit', 'Secret access key'],
    ['/tokens', 'this one'],
    ['/audit', 'By way of'],
    ['/nothing', 'Nothing is here'],
  ]

  it('keep nobody out and fit their width: light and dark, on a wide and on a narrow screen', async () => {
    const page = await bench.openWindow({ colorScheme: 'light', viewport: WIDE })
    await page.goto(`${bench.gateway.url}/console`)
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await checkPage(page)
    await page.close()
    const inside = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
    for (const [path, landmark] of PAGES) {
      await open(inside, path, landmark)
      await checkPage(inside)
    }
    await inside.context().close()
  })

  /** As it opens, then in the dark, where the colours alone are others, then on a narrow screen, where the places are. */
  async function checkPage(page: Page): Promise<void> {
    const where = page.url()
    const excess = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(await seriousViolations(page), `${where} light`).toEqual([])
    expect(await excess(), `${where} is too wide at ${WIDE.width}`).toBeLessThanOrEqual(0)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
    expect(await seriousViolations(page, ['color-contrast']), `${where} dark`).toEqual([])
    await page.setViewportSize(NARROW)
    expect(await excess(), `${where} is too wide at ${NARROW.width}`).toBeLessThanOrEqual(0)
    await page.setViewportSize(WIDE)
    await page.emulateMedia({ colorScheme: 'light' })
  }

  it('keep nobody out with a dialog open', async () => {
    const page = await bench.signIn()
    await open(page, '/providers/openai', 'the key is proven')
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('dialog').getByLabel('API key', { exact: true }).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await open(page, '/tokens', 'this one')
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('for a dashboard')
    await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click()
    const shown = await page.locator('.made-token').textContent()
    expect(shown).toMatch(/^gw_/)
    expect(await seriousViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('row', { name: /for a dashboard/ }).waitFor()
    expect(await page.content()).not.toContain(shown)
    await page.getByRole('button', { name: 'Revoke for a dashboard' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('row', { name: /for a dashboard.*Revoked/ }).waitFor()
    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByRole('row', { name: /access_token\.revoked.*graphql/ }).waitFor()
    await page.getByLabel('Action').selectOption('provider.tested')
    await page.getByRole('row', { name: /access_token\.revoked/ }).waitFor({ state: 'detached' })
    await page
      .getByRole('row', { name: /provider\.tested/ })
      .first()
      .waitFor()
    await page.context().close()
  })

  it('can be used by keyboard alone: signing in, finding, opening, switching the colours', async () => {
    const page = await bench.openWindow({ colorScheme: 'light' })
    await page.goto(`${bench.gateway.url}/console`)
    const { value } = await bench.createToken('EDITOR')
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT')
    await page.keyboard.type(value)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'refused' }).waitFor()
    const focusOn = async (name: string) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab')
        const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)
        if (focused === name) return
      }
      throw new Error(`The keyboard does not reach "${name}".`)
    }
    await focusOn('Search providers')
    await page.keyboard.type('refused')
    await page.getByRole('link', { name: 'OpenAI production' }).waitFor({ state: 'detached' })
    await focusOn('refused')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'refused' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'refused' }).waitFor()
    await focusOn('Colours')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Dark' }).waitFor()
    // The menu takes the focus a moment after it has opened.
    await page.waitForFunction(() => document.activeElement?.closest('[role="menu"]') !== null)
    const dark = page.locator('[role="menuitem"]:focus', { hasText: 'Dark' })
    for (let presses = 0; presses < 4 && (await dark.count()) === 0; presses += 1) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ 'mantine-color-scheme-value': 'dark' })
    await page.context().close()
  })

  it('ask no other machine for anything and log no error', () => {
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
  })

  // These make the browser log the refused requests, which is what they are about.
  it('send a person whose token was revoked back to the door, with the reason', async () => {
    const { value, token } = await bench.createToken('EDITOR')
    const page = await bench.signIn(value)
    await page.getByRole('link', { name: 'refused' }).waitFor()
    await bench.ask('mutation ($id: ID!) { revokeAccessToken(id: $id) { id } }', { id: token.id })
    await page.getByText('Your access token is no longer valid').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    await page.context().close()
  })

  it('say that a wrong token is wrong, and that a gateway is away, and go on by themselves when it is back', async () => {
    const page = await bench.openWindow()
    await page.goto(`${bench.gateway.url}/console`)
    await page.getByLabel('Access token', { exact: true }).fill('gw_wrong_token')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The access token is not valid').waitFor()
    await page.context().close()

    const away = await bench.signIn()
    await away.getByRole('link', { name: 'refused' }).waitFor()
    await away.route('**/graphql', (route) =>
      route.fulfill({
        status: 503,
        headers: { 'content-type': 'application/json', 'retry-after': '1' },
        body: JSON.stringify({ errors: [{ message: 'The database is away.', extensions: { code: 'SERVICE_UNAVAILABLE' } }] }),
      }),
    )
    await away.getByLabel('Search providers').fill('ref')
    await away.getByText('The gateway is not available right now').waitFor()
    await away.unroute('**/graphql')
    await away.getByText('The gateway is not available right now').waitFor({ state: 'detached' })
    await away.getByRole('link', { name: 'refused' }).waitFor()
    await away.context().close()
  })
})
