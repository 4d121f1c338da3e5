import { type Browser, chromium, type Page } from 'playwright-core'

/**
 * Whether the console's table pauses with many providers: fills the gateway at GATEWAY_URL (an empty one, whose ADMIN_TOKEN is given)
 * with a thousand, then scrolls to the end and searches in Chromium, while the browser itself reports every task that keeps the
 * page from answering for more than 50 ms, and the slowest time from a key press to the next frame. Run by hand:
 * `GATEWAY_URL=http://127.0.0.1:4000 ADMIN_TOKEN=… npx tsx bench/console-table.ts`.
 */
const PROVIDERS = 1_000
const url = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000'
const token = process.env.ADMIN_TOKEN ?? ''

const nameOf = (index: number): string => `provider-${String(index).padStart(4, '0')}`

async function createProvider(index: number): Promise<void> {
  const name = nameOf(index)
  const input = {
    name,
    type: 'OPENAI',
    baseUrl: `https://${name}.example.com/v1`,
    apiKeys: [{ credential: { value: `sk-${name}-abcdefghijklmnop` } }],
  }
  const query = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) })
  await response.text()
}

/** Longest tasks and slowest interactions of what `act` makes the page do, in milliseconds. */
async function observe(page: Page, act: () => Promise<void>): Promise<{ longTasks: number[]; slowestInteraction: number }> {
  await page.evaluate(() => {
    const found = { longTasks: [] as number[], slowestInteraction: 0 }
    Object.assign(globalThis, { found })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) found.longTasks.push(Math.round(duration))
    }).observe({ type: 'longtask' })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) found.slowestInteraction = Math.max(found.slowestInteraction, duration)
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  })
  await act()
  await page.waitForTimeout(500)
  return page.evaluate(() => (globalThis as unknown as { found: { longTasks: number[]; slowestInteraction: number } }).found)
}

async function scrollToTheEnd(page: Page): Promise<void> {
  for (let still = 0, last = -1; still < 10; ) {
    await page.mouse.wheel(0, 1_200)
    await page.waitForTimeout(50)
    const at = await page.evaluate(() => window.scrollY)
    still = at === last ? still + 1 : 0
    last = at
  }
  await page.getByRole('link', { name: nameOf(PROVIDERS - 1) }).waitFor()
}

const browser: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
for (let index = 0; index < PROVIDERS; index += 1) await createProvider(index)
const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
await page.goto(`${url}/console`)
await page.getByLabel('Access token', { exact: true }).fill(token)
await page.getByRole('button', { name: 'Sign in' }).click()
await page.getByRole('link', { name: 'provider-0000' }).waitFor()
const scrolling = await observe(page, () => scrollToTheEnd(page))
await page.mouse.wheel(0, -1_000_000)
const searching = await observe(page, async () => {
  await page.getByLabel('Search providers').pressSequentially('provider-0777', { delay: 60 })
  await page.getByRole('link', { name: 'provider-0776' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'provider-0777' }).waitFor()
})
await browser.close()
process.stdout.write(`${JSON.stringify({ providers: PROVIDERS, scrolling, searching })}\n`)
