import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, type ConsoleBench, createExamples, startConsoleBench } from '../support/console.ts'

/** A page, and a text that stands on it when all is well. */
const PAGES: readonly (readonly [path: string, landmark: string])[] = [
  ['/', 'OpenAI production'],
  ['/new-provider', 'Test before you save'],
  ['/providers/openai', 'the key is proven'],
  ['/keys', 'Last used'],
  ['/routes', 'No routes'],
  ['/usage', 'No model call matches'],
  ['/tokens', 'this one'],
  ['/audit', 'Channel'],
]

/** As the gateway answers a field that may not be null when its database is away. */
const AWAY = {
  status: 503,
  headers: { 'content-type': 'application/json', 'retry-after': '1' },
  body: JSON.stringify({ data: null, errors: [{ message: 'The database is away.', extensions: { code: 'SERVICE_UNAVAILABLE' } }] }),
}

/** Fails every operation but the sign-in. */
const takeAway = (page: Page) =>
  page.route('**/graphql', (route) => (route.request().postData()?.includes('query Viewer') ? route.continue() : route.fulfill(AWAY)))

describe.skipIf(!existsSync(CHROMIUM))('a gateway whose answers fail', () => {
  let bench: ConsoleBench
  let page: Page

  beforeAll(async () => {
    bench = await startConsoleBench()
    await createExamples(bench)
    page = await bench.signIn()
  })
  afterAll(async () => {
    await bench?.close()
  })

  it.each(PAGES)('does not break the page %s, which goes on by itself', async (path, landmark) => {
    await takeAway(page)
    await page.goto(`${bench.gateway.url}/console${path}`)
    await page.getByText('The gateway is not available right now').first().waitFor()
    await page.unroute('**/graphql')
    await page.getByText(landmark).first().waitFor()
    expect(await page.getByText('This page broke').count()).toBe(0)
  })

  it.each(['/keys/%', '/keys/%zz', '/providers/%', '/routes/%'])('nor does an address that names nothing: %s', async (path) => {
    await page.goto(`${bench.gateway.url}/console${path}`)
    await page.getByRole('main').getByRole('heading').first().waitFor()
    expect(await page.getByText('This page broke').count()).toBe(0)
  })

  it('costs nobody what they have typed', async () => {
    await page.goto(`${bench.gateway.url}/console/tokens`)
    await page.getByRole('button', { name: 'Create token' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('for the robot')
    await takeAway(page)
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await dialog.getByText('The database is away.').waitFor()
    expect(await dialog.getByLabel('Name').inputValue()).toBe('for the robot')
    await page.unroute('**/graphql')
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await page.getByText('It is shown only once').waitFor()
  })
})
