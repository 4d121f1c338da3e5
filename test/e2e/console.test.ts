import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, CHROMIUM, chooseVendor, GOOD_KEY, OTHER_GOOD_KEY, useConsoleBench } from '../support/console.ts'

const BAD_KEY = 'sk-bad-key-0123456789abcdef'

describe.skipIf(!existsSync(CHROMIUM))('the console, from sign-in to delete', () => {
  const bench = useConsoleBench()
  let page: Page

  beforeAll(async () => {})

  const open = (window: Page, path: string) => window.goto(`${bench.gateway.url}/console${path}`)
  const outcome = (window: Page, title: string) => window.getByRole('status').filter({ hasText: title }).waitFor()
  const choose = async (window: Page, actions: string, item: string) => {
    await window.getByRole('button', { name: actions }).click()
    await window.getByRole('menuitem', { name: item }).click()
  }

  it('signs in with a token that then is in one entry of the tab and nowhere else', async () => {
    page = await bench.signIn()
    await page.getByText('No providers yet').waitFor()
    const kept = await page.evaluate(() => ({ session: { ...sessionStorage }, local: { ...localStorage }, cookies: document.cookie }))
    expect(kept).toEqual({ session: { 'gateway-console-token': ADMIN_TOKEN }, local: {}, cookies: '' })
    expect(page.url()).toBe(`${bench.gateway.url}/console`)
  })

  it('says at the field what is wrong with it, while a provider is typed', async () => {
    await page.getByRole('link', { name: 'Add provider' }).click()
    await chooseVendor(page, 'OpenAI-compatible')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Not A Name')
    const checked = page.waitForResponse(async (response) => {
      // An answer that the page has given up has no text.
      const text = await response.text().catch(() => '')
      return text.includes('The base URL must be an absolute URL')
    })
    await page.getByLabel('Base URL').fill('not-a-url')
    await page.getByText('The name must be lowercase letters').waitFor()
    expect(await page.getByRole('textbox', { name: 'Name', exact: true }).getAttribute('aria-invalid')).toBe('true')
    await checked
    // Leaving the field shows its message, which must not push the button from under the pointer that is pressed.
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByText('The base URL must be an absolute URL').waitFor()
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
    expect(await bench.ask('{ providers { totalCount } }')).toEqual({ providers: { totalCount: 0 } })
  })

  it('says nothing more of a field that is another one now, not even until the gateway has looked again', async () => {
    const fresh = await bench.signIn()
    await fresh.goto(`${bench.gateway.url}/console/new-provider`)
    const name = fresh.getByRole('textbox', { name: 'Name', exact: true })
    await name.focus()
    await name.blur()
    await fresh.getByText('The name is required.').waitFor()
    // In one turn of the page, with no time for an answer in between.
    const shown = await name.evaluate((field) => {
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
      set?.call(field, 'local')
      field.dispatchEvent(new Event('input', { bubbles: true }))
      return new Promise((resolve) => requestAnimationFrame(() => resolve(document.body.textContent?.includes('The name is required.'))))
    })
    expect(shown).toBe(false)
    await fresh.context().close()
  })

  it('tests values before they are saved: a good key, a bad one, and an upstream that hangs', async () => {
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('openai')
    await page.getByLabel('Display name').fill('OpenAI production')
    await page.getByLabel('Base URL').fill(`${bench.upstreamUrl}/v1`)
    const test = page.getByRole('button', { name: 'Test these values' })

    await page.getByLabel('API key', { exact: true }).fill(BAD_KEY)
    await test.click()
    await outcome(page, 'Key refused')

    await page.getByText('Network: headers').click()
    await page.getByLabel('Timeout').fill('400')
    await page.getByLabel('Base URL').fill(`${bench.upstreamUrl}/hang/v1`)
    await test.click()
    await outcome(page, 'Timed out')

    // On a busy machine a good answer may take longer than that.
    await page.getByLabel('Timeout').fill('30000')
    await page.getByLabel('Base URL').fill(`${bench.upstreamUrl}/v1`)
    await page.getByLabel('API key', { exact: true }).fill(GOOD_KEY)
    await test.click()
    await outcome(page, '3 models, e.g. gpt-4.1')
    expect(await bench.ask('{ providers { totalCount } }'), 'a test stores nothing').toEqual({ providers: { totalCount: 0 } })
  })

  it('stores the provider, shows the mask of its key, and tests it', async () => {
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByRole('heading', { name: 'OpenAI production' }).waitFor()
    await page.getByText('sk-g...cdef').waitFor()
    // The test that was green before saving is the first one of the provider.
    await page.getByText('the key is proven').waitFor()
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByRole('img', { name: /Of the latest 2 tests 2 were OK; half of them took no longer than \d+ milliseconds/ }).waitFor()
    await expect.poll(() => page.locator('.chart-bar.chart-good').count(), { message: 'a bar each, in the tone of its outcome' }).toBe(2)
    const [chart, dates] = [await page.locator('.chart-place').boundingBox(), await page.locator('.chart-times').boundingBox()]
    await expect.poll(() => page.locator('.chart-times time').count(), { message: 'the dates of the first test and the last' }).toBe(2)
    expect(dates?.width, 'stand below their bars, not at the end of the axis').toBeLessThan((chart?.width ?? 0) / 2)
    expect(await page.evaluate(() => window.scrollY), 'a page begins at its top').toBe(0)
    await page.getByText('Models (3)').waitFor()
    // The button could not be pressed meanwhile, and has the focus again.
    await page.waitForFunction(() => document.activeElement?.textContent === 'Test connection')
  })

  it('adds a key, rotates it to one that it tested first, weighs, disables and removes it', async () => {
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByLabel('API key', { exact: true }).fill(BAD_KEY)
    await page.getByLabel('Name').fill('second')
    await page.getByRole('button', { name: 'Add key' }).last().click()
    await page.getByText('second · weight 1').waitFor()

    await choose(page, 'Actions for the key sk-b...cdef', 'Rotate')
    await page.getByLabel('New API key', { exact: true }).fill(OTHER_GOOD_KEY)
    await page.getByRole('button', { name: 'Test first' }).click()
    await outcome(page, '3 models')
    await page.getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.getByRole('listitem').filter({ hasText: 'sk-o...3210' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await choose(page, 'Actions for the key sk-o...3210', 'Name and weight')
    await page.getByLabel('Weight').fill('2.5')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('second · weight 2.5').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.getByRole('switch', { name: 'Key sk-o...3210 enabled' }).click({ force: true })
    await page.getByText('The key sk-o...3210 is disabled').waitFor()

    await choose(page, 'Actions for the key sk-o...3210', 'Remove')
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('second · weight 2.5').waitFor({ state: 'detached' })
  })

  it.each([
    [`Bearer ${GOOD_KEY}`, 'without `Bearer`'],
    [`OPENAI_API_KEY=${GOOD_KEY}`, 'without the name and the `=`'],
    ['sk-PASTE-A-KEY-HERE', 'This is a placeholder'],
  ])('says at the field of a key what was pasted with it: %j', async (pasted, words) => {
    const window = await bench.signIn()
    const isSaid = (label: string) =>
      window
        .locator('.mantine-InputWrapper-root')
        .filter({ has: window.getByText(label, { exact: true }) })
        .getByText(words)
        .waitFor()
    await open(window, '/new-provider')
    await chooseVendor(window, 'OpenAI-compatible')
    await window.getByRole('textbox', { name: 'Name', exact: true }).fill('pasted')
    await window.getByLabel('Base URL').fill(`${bench.upstreamUrl}/v1`)
    await window.getByLabel('API key', { exact: true }).fill(pasted)
    await window.getByRole('button', { name: 'Add provider' }).click()
    await isSaid('API key')
    await open(window, '/providers/openai')
    await window.getByRole('button', { name: 'Add key' }).click()
    await window.getByLabel('API key', { exact: true }).fill(pasted)
    await window.getByRole('button', { name: 'Add key' }).last().click()
    await isSaid('API key')
    await window.keyboard.press('Escape')
    await choose(window, 'Actions for the key sk-g...cdef', 'Rotate')
    await window.getByLabel('New API key', { exact: true }).fill(pasted)
    await window.getByRole('button', { name: 'Rotate', exact: true }).click()
    await isSaid('New API key')
    await window.context().close()
    expect(await bench.ask('{ providers { totalCount } }'), 'nothing was stored').toEqual({ providers: { totalCount: 1 } })
  })

  it('explains a conflict of two windows with both versions, and saves what the second one chooses', async () => {
    const other = await bench.signIn()
    await open(other, '/providers/openai/edit')
    await other.getByLabel('Display name').fill('Theirs')
    await open(page, '/providers/openai/edit')
    await page.getByLabel('Display name').fill('Mine')
    await page.getByText('Network: headers').click()
    await page.getByLabel('Retries').fill('3')

    await other.getByText('Network: headers').click()
    await other.getByLabel('Timeout').fill('20000')
    await other.getByRole('button', { name: 'Save changes' }).click()
    await other.getByRole('heading', { name: 'Theirs' }).waitFor()

    await page.getByRole('button', { name: 'Save changes' }).click()
    const dialog = page.getByRole('dialog', { name: 'Somebody else changed this provider' })
    await dialog.getByRole('row', { name: /Display name.*changed by both.*OpenAI production.*Mine.*Theirs/ }).waitFor()
    await dialog.getByRole('row', { name: /Retries.*0.*3.*0/ }).waitFor()
    await dialog.getByRole('button', { name: 'Save mine' }).click()
    await page.getByRole('heading', { name: 'Mine' }).waitFor()
    const { provider } = await bench.ask<{ provider: unknown }>(
      '{ provider(by: { name: "openai" }) { displayName network { timeoutMs maxRetries } } }',
    )
    expect(provider, 'what only they changed stays theirs').toEqual({ displayName: 'Mine', network: { timeoutMs: 20_000, maxRetries: 3 } })
    // The other window is told without being asked.
    await other.getByRole('heading', { name: 'Mine' }).waitFor()
    await other.context().close()
  })

  it('shows in an open list what others create, change and delete, and finds it by search and filter', async () => {
    await open(page, '/')
    await page.getByRole('link', { name: 'Mine' }).waitFor()
    await page.getByText('Live').waitFor()
    await bench.createProvider('from-elsewhere', { displayName: 'From elsewhere', enabled: false })
    await page.getByRole('link', { name: 'From elsewhere' }).waitFor()
    await page.getByLabel('Search providers').fill('elsewhere')
    await page.getByRole('link', { name: 'Mine' }).waitFor({ state: 'detached' })
    await page.getByLabel('Search providers').fill('')
    await page.getByLabel('Enabled').selectOption('true')
    await page.getByRole('link', { name: 'From elsewhere' }).waitFor({ state: 'detached' })
    await page.getByLabel('Enabled').selectOption('')
    await page.getByRole('button', { name: 'Test From elsewhere' }).click()
    await page.getByRole('row', { name: /From elsewhere.*OK.*Disabled/ }).waitFor()
    await bench.ask('mutation { deleteProvider(input: { provider: { name: "from-elsewhere" } }) { __typename } }')
    await page.getByRole('link', { name: 'From elsewhere' }).waitFor({ state: 'detached' })
  })

  it('tests all providers with progress, and sums up', async () => {
    await bench.createProvider('refused', { apiKeys: [{ credential: { value: BAD_KEY } }] })
    await page.getByRole('link', { name: 'refused', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Test all' }).click()
    const dialog = page.getByRole('dialog', { name: 'Connections tested' })
    await dialog.getByText('2 of 2 done').waitFor()
    await dialog.getByText('1 Key refused').waitFor()
    await dialog.getByText('1 OK').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
  })

  it('deletes a provider after asking', async () => {
    await page.getByRole('link', { name: 'refused', exact: true }).click()
    await choose(page, 'More actions', 'Delete provider')
    await page.getByRole('dialog', { name: 'Delete refused?' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: 'Providers' }).waitFor()
    expect(await bench.ask('{ providers { nodes { name } } }')).toEqual({ providers: { nodes: [{ name: 'openai' }] } })
  })

  it('shows a viewer everything and no way to change it', async () => {
    const { value } = await bench.createToken('VIEWER')
    const viewer = await bench.signIn(value)
    await viewer.getByRole('link', { name: 'Mine' }).waitFor()
    await expect
      .poll(() => viewer.getByRole('main').getByRole('button').allTextContents(), { message: 'only the order of the table' })
      .toEqual(['Provider', 'Endpoint'])
    await expect
      .poll(() => viewer.getByRole('navigation').getByRole('link').allTextContents())
      .toEqual(['Providers', 'Keys', 'Routes', 'Usage'])
    await viewer.getByRole('link', { name: 'Mine' }).click()
    await viewer.getByText('sk-g...cdef').first().waitFor()
    await viewer.getByRole('img', { name: /tests \d+ were OK/ }).waitFor()
    await expect
      .poll(() => viewer.getByRole('main').getByRole('button').allTextContents(), { message: 'nothing but to look and to copy' })
      .toEqual([
        // The lines of a tool, the history of tests, the models.
        'Copy',
        'Show as a table',
        ...['gpt-4.1', 'gpt-4.1-mini', 'text-embedding-3-large'],
        // The address of calls, the name, the endpoint and the UUID.
        ...['Copy', 'Copy', 'Copy', 'Copy'],
      ])
    expect(await viewer.getByRole('main').getByRole('switch').count()).toBe(0)
    for (const path of ['/new-provider', '/providers/openai/edit', '/tokens', '/audit']) {
      await open(viewer, path)
      await viewer.getByRole('heading', { name: 'Nothing is here' }).waitFor()
    }
    await viewer.context().close()
  })

  it('leaves nothing behind: no token and no key in a URL or in storage, no request to another host, no error', async () => {
    const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]))
    expect(kept.split(ADMIN_TOKEN), 'the token is in its one entry').toHaveLength(2)
    for (const key of [GOOD_KEY, OTHER_GOOD_KEY, BAD_KEY]) expect(kept).not.toContain(key)
    for (const secret of [ADMIN_TOKEN, GOOD_KEY, OTHER_GOOD_KEY, BAD_KEY])
      expect(bench.misdeeds.urls.filter((url) => decodeURIComponent(url).includes(secret))).toEqual([])
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Access token', { exact: true }).waitFor()
    expect(await page.evaluate(() => [sessionStorage.length, localStorage.length])).toEqual([0, 0])
  })
})
