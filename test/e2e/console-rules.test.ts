import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN_TOKEN,
  CHROMIUM,
  checkPage,
  chooseVendor,
  GOOD_KEY,
  NARROW,
  OTHER_GOOD_KEY,
  useConsoleBench,
  WIDE,
} from '../support/console.ts'

const BAD_KEY = 'sk-bad-key-0123456789wxyz'

describe.skipIf(!existsSync(CHROMIUM))('the rules of the console', () => {
  const bench = useConsoleBench()
  let page: Page

  beforeAll(async () => {
    await bench.createProvider('good', { displayName: 'Good' })
    await bench.createProvider('bad', { displayName: 'Bad', apiKeys: [{ credential: { value: BAD_KEY } }] })
    await bench.createProvider('untested', { displayName: 'Untested' })
    for (const name of ['good', 'bad']) await bench.testProvider(name)
    page = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
  })

  const open = (path: string) => page.goto(`${bench.gateway.url}/console${path}`)
  const dialog = () => page.getByRole('dialog')
  const query = () => new URL(page.url()).searchParams
  const names = () => page.locator('.provider-link').allTextContents()
  const shows = (expected: readonly string[]) => expect.poll(names, { timeout: 60_000 }).toEqual(expected)
  const rotate = async (mask: string, value: string) => {
    await page.getByRole('button', { name: `Actions for the key ${mask}` }).click()
    await page.getByRole('menuitem', { name: 'Rotate' }).click()
    await dialog().getByLabel('New API key', { exact: true }).fill(value)
    await dialog().getByRole('button', { name: 'Test first' }).click()
    await dialog().getByRole('status').waitFor()
  }

  it('opens at the root of the gateway, and links its other pages and its version', async () => {
    await page.goto(bench.gateway.url)
    await page.getByRole('heading', { name: 'Providers' }).waitFor()
    await page.getByRole('button', { name: 'Account' }).click()
    expect(await page.getByRole('menuitem', { name: 'GraphiQL' }).getAttribute('href')).toBe('/graphql')
    expect(await page.getByRole('menuitem', { name: 'REST reference' }).getAttribute('href')).toBe('/docs/rest')
    await page.getByText(/^Version \d+\.\d+\.\d+$/).waitFor()
    await page.getByRole('menuitem', { name: 'Documentation' }).click()
    await page.getByRole('heading', { name: 'Documentation' }).waitFor()
    await page.getByRole('link', { name: 'Console', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Providers' }).waitFor()
  })

  it('says in the first line what is wrong, and leads there', async () => {
    await page.getByText('1 enabled provider failed its latest test').waitFor()
    await checkPage(page, 'the list with a banner')
    await page.getByRole('link', { name: 'Key refused: 1' }).click()
    await shows(['Bad'])
    expect(Object.fromEntries(query())).toEqual({ status: 'UNAUTHORIZED', enabled: 'true' })
  })

  it('keeps filters in the URL: a link shows the same, and coming back from a provider too', async () => {
    await open('/?status=NOT_TESTED')
    await shows(['Untested'])
    await page.getByText('OpenAI-compatible · untested').click()
    await page.getByRole('heading', { name: 'Untested' }).waitFor()
    await page.getByRole('link', { name: 'All providers' }).click()
    await shows(['Untested'])
    await open('/?order=-NAME')
    await shows(['Untested', 'Good', 'Bad'])
  })

  it('filters by a vendor that is found by a part of its name', async () => {
    await bench.createProvider('claude', { type: 'ANTHROPIC', baseUrl: 'https://api.anthropic.com' })
    await open('/')
    await shows(['Bad', 'claude', 'Good', 'Untested'])
    await chooseVendor(page, 'Anthropic')
    await shows(['claude'])
    expect(query().get('type')).toBe('ANTHROPIC')
    await chooseVendor(page, 'Any vendor')
    await shows(['Bad', 'claude', 'Good', 'Untested'])
    await bench.ask('mutation { deleteProvider(input: { provider: { name: "claude" } }) { __typename } }')
    await shows(['Bad', 'Good', 'Untested'])
  })

  it('names fields and choices in the words of the field', async () => {
    await open('/')
    await expect.poll(() => page.getByLabel('Enabled').locator('option').allTextContents()).toEqual(['Any state', 'Enabled', 'Disabled'])
    await open('/new-provider')
    await page.getByRole('heading', { name: 'General' }).waitFor()
    await page.getByRole('heading', { name: 'Connection' }).waitFor()
    await page.getByText('Network: headers').click()
    for (const label of ['Custom CA certificates', 'Skip TLS verification']) await page.getByLabel(label).waitFor()
  })

  it('keeps a folded part open while somebody mends it, and opens it for what is wrong inside', async () => {
    await open('/providers/good/edit')
    const [fold, timeout] = [page.getByText('Network: headers'), page.getByLabel('Timeout')]
    const save = () => page.getByRole('button', { name: 'Save changes' }).click()
    await fold.click()
    await timeout.fill('soon')
    await save()
    await page.getByText('This must be a whole number.').waitFor()
    await timeout.fill('20000')
    await page.getByText('This must be a whole number.').waitFor({ state: 'detached' })
    expect(await timeout.isVisible()).toBe(true)

    await timeout.fill('soon')
    await fold.click()
    await timeout.waitFor({ state: 'hidden' })
    await save()
    await page.getByText('This must be a whole number.').waitFor()
    expect(await timeout.evaluate((field) => field === document.activeElement)).toBe(true)
  })

  it('finds a vendor by a part of its name, and fills in name and endpoint where nobody has typed something else', async () => {
    await open('/new-provider')
    const field = (label: string) => page.getByRole('textbox', { name: label, exact: true })
    await chooseVendor(page, 'Groq')
    expect([await field('Name').inputValue(), await field('Base URL').inputValue()]).toEqual(['groq', 'https://api.groq.com/openai/v1'])
    await field('Name').fill('mine')
    await chooseVendor(page, 'Mistral')
    expect([await field('Name').inputValue(), await field('Base URL').inputValue()]).toEqual(['mine', 'https://api.mistral.ai/v1'])
    await page.getByRole('link', { name: 'Cancel' }).click()
    await dialog().getByRole('button', { name: 'Discard changes' }).click()
  })

  it('finds a provider by the end of a key, and of a whole key that is pasted sends no more than that', async () => {
    await open('/')
    await page.getByLabel('Search providers').fill('wxyz')
    await shows(['Bad'])
    await page.getByLabel('Search providers').fill(GOOD_KEY)
    await page.getByText('Searching for keys that end in cdef').waitFor()
    await shows(['Good', 'Untested'])
    expect(query().get('search')).toBe('cdef')
  })

  it('opens a provider by a click anywhere in its row', async () => {
    await open('/')
    await page.getByRole('row', { name: /Good/ }).locator('.cell-state').click()
    await page.getByRole('heading', { name: 'Good' }).waitFor()
  })

  it('does not lead to a key that a test has refused', async () => {
    await rotate('sk-g...cdef', BAD_KEY)
    const anyway = dialog().getByRole('button', { name: 'Rotate anyway' })
    expect(await anyway.getAttribute('data-variant')).toBe('default')
    await checkPage(page, 'a rotation against a test')
    await dialog().getByLabel('New API key', { exact: true }).fill(OTHER_GOOD_KEY)
    await dialog().getByRole('button', { name: 'Rotate', exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  it('tests the new value of a key that has an endpoint of its own there, and sends it nowhere else', async () => {
    const endpoint = { name: 'endpoint', credential: { value: `${bench.upstreamUrl}/v1` } }
    await bench.createProvider('away', {
      baseUrl: 'http://127.0.0.1:1/v1',
      apiKeys: [{ credential: { value: GOOD_KEY }, credentialParts: [endpoint] }],
    })
    await open('/providers/away')
    await rotate('sk-g...cdef', OTHER_GOOD_KEY)
    await dialog().getByRole('status').getByText('OK', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'sk-g...cdef' }).click()
    await page.getByRole('definition').getByText(`${bench.upstreamUrl}/v1`, { exact: true }).waitFor()
    await open('/providers/good')
    await page.getByRole('heading', { name: 'Good' }).waitFor()
    await bench.ask('mutation { deleteProvider(input: { provider: { name: "away" } }) { __typename } }')
  })

  it('copies the name, the endpoint, the id and a model', async () => {
    const { provider } = await bench.ask<{ provider: { uuid: string } }>('{ provider(by: { name: "good" }) { uuid } }')
    for (const text of ['good', `${bench.upstreamUrl}/v1`, provider.uuid, 'gpt-4.1'])
      await page.getByRole('button', { name: `Copy ${text}`, exact: true }).click()
    await page.getByRole('button', { name: 'Copied gpt-4.1', exact: true }).waitFor()
  })

  it('asks before a page with edits is left: by a link, by the back button, by a reload', async () => {
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await page.getByLabel('Display name').fill('Edited')
    await page.getByRole('link', { name: 'Routes' }).click()
    await dialog().getByText('Discard your changes?').waitFor()
    await checkPage(page, 'the question before edits are lost')
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await page.goBack()
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(await page.getByLabel('Display name').inputValue()).toBe('Edited')
    const asked = page.waitForEvent('dialog').then((question) => [question.type(), question.dismiss()] as const)
    // Later, so that the page answers before the question stops it.
    await page.evaluate(() => void setTimeout(() => location.reload()))
    expect((await asked)[0]).toBe('beforeunload')
    await page.goBack()
    await dialog().getByRole('button', { name: 'Discard changes' }).click()
    await page.getByRole('heading', { name: 'Good' }).waitFor()
  })

  it('tests values that have a stored header without its mask', async () => {
    await bench.ask(
      'mutation ($network: NetworkConfigInput!) { updateProvider(input: { provider: { name: "untested" }, network: $network }) { __typename } }',
      { network: { extraHeaders: [{ name: 'X-Auth', value: 'a-secret-of-some-length' }] } },
    )
    await open('/providers/untested/edit')
    await page.getByLabel('Key to test with').fill(GOOD_KEY)
    const sent = page.waitForRequest((request) => request.postData()?.includes('testConnection(') ?? false)
    await page.getByRole('button', { name: 'Test these values' }).click()
    expect((await sent).postData()).not.toContain('X-Auth')
    await page.getByRole('status').filter({ hasText: '3 models' }).waitFor()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await dialog().getByRole('button', { name: 'Discard changes' }).click()
  })

  it('does with all selected providers what is chosen, and deletes only after asking', async () => {
    await open('/')
    await page.getByLabel('Select Bad').press('Space')
    await page.setViewportSize(NARROW)
    await page.getByText('Select all', { exact: true }).click()
    await page.getByText('3 selected').waitFor()
    await page.getByLabel('Select Good').uncheck()
    await page.setViewportSize(WIDE)
    await page.getByText('2 selected').waitFor()
    await checkPage(page, 'a selection')
    await page.getByRole('button', { name: 'Disable', exact: true }).click()
    await dialog().getByText('2 disabled').waitFor()
    await dialog().getByRole('button', { name: 'Close' }).last().click()
    await page.getByRole('row', { name: /Bad.*Disabled/ }).waitFor()
    await page.getByLabel('Select Bad').uncheck()
    await page.getByRole('button', { name: 'Delete…' }).click()
    await dialog().getByRole('button', { name: 'Delete 1 provider' }).click()
    await dialog().getByText('1 deleted').waitFor()
    await dialog().getByRole('button', { name: 'Close' }).last().click()
    await shows(['Bad', 'Good'])
  })

  it('goes to places by keys, and tells which', async () => {
    await page.keyboard.press('?')
    await dialog().getByText('Keyboard shortcuts').waitFor()
    await checkPage(page, 'the shortcuts')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('g r')
    expect(await page.getByLabel('Search providers').inputValue()).toBe('g r')
    await page.getByLabel('Search providers').blur()
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.getByRole('heading', { name: 'Audit log' }).waitFor()
  })

  it('finds events by what they are about, who did them and when, and shows the old value beside the new one', async () => {
    await open('/providers/good')
    await rotate('sk-g...cdef', OTHER_GOOD_KEY)
    await dialog().getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.getByText('sk-o...3210').first().waitFor()
    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByLabel('About').fill('untested')
    await page.getByRole('row', { name: /provider deleted.*untested/ }).waitFor()
    await page.getByLabel('About').fill('good')
    await page.getByRole('row', { name: /provider deleted.*untested/ }).waitFor({ state: 'detached' })
    await page.getByLabel('Action').selectOption('PROVIDER_UPDATED')
    await page
      .getByRole('button', { name: /^Show the details of provider updated/ })
      .first()
      .click()
    await page.locator('.event-details').getByText('sk-g...cdef → sk-o...3210').waitFor()
    await page.getByLabel('Who').fill('nobody')
    await page.getByText('No event matches').waitFor()
    expect(Object.fromEntries(query())).toEqual({ about: 'good', action: 'PROVIDER_UPDATED', who: 'nobody' })
    await page.getByLabel('Who').fill('')
    await page.getByLabel('From').fill('2999-01-01')
    await page.getByText('No event matches').waitFor()
  })

  it.each(['שלום', 'abc\u202edef', 'abc\u2069\u202edef'])(
    'writes a sentence from left to right around the name %j',
    async (displayName) => {
      await bench.createProvider('turned', { displayName })
      await open('/providers/turned')
      await page.getByRole('button', { name: 'More actions' }).click()
      await page.getByRole('menuitem', { name: 'Delete provider' }).click()
      const title = dialog().getByText(/^Delete .+\?$/)
      await title.waitFor()
      const ends = await title.evaluate((element) => {
        const range = document.createRange()
        const last = element.firstChild?.textContent?.length ?? 0
        if (element.firstChild !== null) range.setStart(element.firstChild, last - 1)
        range.setEndAfter(element.firstChild ?? element)
        const sign = range.getBoundingClientRect()
        range.selectNodeContents(element)
        return { sign: sign.right, all: range.getBoundingClientRect().right }
      })
      expect(ends.sign).toBe(ends.all)
      await dialog().getByRole('button', { name: 'Delete', exact: true }).click()
      await page.getByText('was deleted').first().waitFor()
    },
  )

  it('stays signed in on a device where that was asked for, until somebody signs out in one of its tabs', async () => {
    const first = await bench.openWindow()
    await first.goto(`${bench.gateway.url}/console`)
    await first.getByLabel('Access token', { exact: true }).fill(ADMIN_TOKEN)
    await first.getByLabel('Stay signed in on this device').check()
    await first.getByRole('button', { name: 'Sign in' }).click()
    await first.getByRole('heading', { name: 'Providers' }).waitFor()
    const second = await first.context().newPage()
    await second.goto(`${bench.gateway.url}/console`)
    await second.getByRole('heading', { name: 'Providers' }).waitFor()
    await first.reload()
    await first.getByRole('heading', { name: 'Providers' }).waitFor()
    expect(await second.getByRole('button', { name: 'Sign in' }).count(), 'a tab that opens signs no other one out').toBe(0)
    await second.getByRole('button', { name: 'Account' }).click()
    await second.getByRole('menuitem', { name: 'Sign out' }).click()
    await first.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await first.evaluate(() => [sessionStorage.length, localStorage.length])).toEqual([0, 0])
    await first.context().close()
  })

  it('stays signed in with a token of the tab alone when another tab signs out of the device', async () => {
    const own = await bench.signIn()
    const other = await own.context().newPage()
    await other.goto(`${bench.gateway.url}/console`)
    await other.getByLabel('Access token', { exact: true }).fill(ADMIN_TOKEN)
    await other.getByLabel('Stay signed in on this device').check()
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('button', { name: 'Account' }).click()
    await other.getByRole('menuitem', { name: 'Sign out' }).click()
    await other.getByRole('button', { name: 'Sign in' }).waitFor()
    // The news of it travels between tabs as this does, and before it.
    const told = own.evaluate(
      () => new Promise((resolve) => window.addEventListener('storage', ({ key }) => key === 'later' && resolve(key))),
    )
    await own.evaluate(() => {})
    await other.evaluate(() => localStorage.setItem('later', ''))
    await told
    await own.getByRole('heading', { name: 'Providers' }).waitFor()
    expect(await own.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
    await own.context().close()
  })

  it('keeps the token of a tab out of the device, and that of the device when a tab with another one signs in, out or mistypes it', async () => {
    const { value } = await bench.createToken('VIEWER')
    const admin = await bench.openWindow()
    const viewer = await admin.context().newPage()
    const enter = async (page: Page, token: string) => {
      await page.getByLabel('Access token', { exact: true }).fill(token)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    for (const page of [admin, viewer]) await page.goto(`${bench.gateway.url}/console`)
    await admin.getByLabel('Stay signed in on this device').check()
    await enter(admin, ADMIN_TOKEN)
    await admin.getByRole('link', { name: 'Tokens' }).waitFor()
    const onDevice = () => admin.evaluate(() => Object.values({ ...localStorage }))

    await enter(viewer, 'gw_mis typed')
    await viewer.getByText('A token contains no spaces').waitFor()
    expect(await onDevice()).toEqual([ADMIN_TOKEN])
    await enter(viewer, value)
    await viewer.getByRole('link', { name: 'Usage' }).waitFor()
    await viewer.reload()
    await viewer.getByRole('link', { name: 'Usage' }).waitFor()
    expect(await viewer.getByRole('link', { name: 'Tokens' }).count()).toBe(0)
    expect(await onDevice()).toEqual([ADMIN_TOKEN])
    await viewer.getByRole('button', { name: 'Account' }).click()
    await viewer.getByRole('menuitem', { name: 'Sign out' }).click()
    await viewer.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await viewer.evaluate(() => sessionStorage.length)).toBe(0)
    expect(await onDevice()).toEqual([ADMIN_TOKEN])
    await admin.reload()
    await admin.getByRole('link', { name: 'Tokens' }).waitFor()
    await admin.context().close()
  })

  it('can be used in a browser that lets no page keep anything', async () => {
    const window = await bench.openWindow()
    await window.addInitScript(() => {
      const refuse = () => {
        throw new DOMException('Access is denied for this document.', 'SecurityError')
      }
      for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(globalThis, name, { get: refuse })
    })
    await window.goto(`${bench.gateway.url}/console`)
    await window.getByLabel('Access token', { exact: true }).fill(ADMIN_TOKEN)
    await window.getByRole('button', { name: 'Sign in' }).click()
    await window.getByRole('heading', { name: 'Providers' }).waitFor()
    await window.context().close()
  })

  it('asks no other machine for anything, logs no error, and lets no key into a URL', () => {
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
    for (const key of [GOOD_KEY, OTHER_GOOD_KEY, BAD_KEY]) expect(bench.misdeeds.urls.filter((url) => url.includes(key))).toEqual([])
  })
})
