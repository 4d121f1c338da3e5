import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { CHROMIUM, checkPage, GOOD_KEY, useConsoleBench, WIDE } from '../support/console.ts'

describe.skipIf(!existsSync(CHROMIUM))('the page of model routes', () => {
  const bench = useConsoleBench()
  let page: Page
  /** It may make calls. */
  let token: string

  beforeAll(async () => {
    for (const name of ['first', 'second']) {
      await bench.createProvider(name, { displayName: `The ${name}` })
      await bench.testProvider(name)
    }
    const made = await bench.createToken('EDITOR')
    await bench.ask('mutation ($id: ID!) { updateAccessToken(input: { id: $id, calls: {} }) { __typename } }', { id: made.token.id })
    token = made.value
    page = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
  })

  const open = async (window: Page, path = '/routes') => {
    await window.goto(`${bench.gateway.url}/console${path}`)
    await window.getByRole('heading', { name: 'Routes', exact: true }).waitFor()
  }
  const dialog = () => page.getByRole('dialog')
  const isClosed = () => dialog().waitFor({ state: 'detached' })
  const targetFields = (number: number) => page.getByRole('group', { name: `Target ${number}`, exact: true })
  const field = (within: Locator, label: string) => within.locator('input').and(page.getByLabel(label, { exact: true }))
  const row = (window: Page, name: string) => window.getByRole('row').filter({ has: window.getByRole('rowheader', { name }) })
  const storedRoute = (name: string) =>
    bench.ask<{ modelRoute: unknown }>(
      'query ($name: String!) { modelRoute(by: { name: $name }) { description enabled targets { providerName model weight priority } } }',
      { name },
    )
  const call = (model: string, bearer = token) =>
    fetch(`${bench.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    })
  const chooseProvider = async (number: number, typed: string, label: string) => {
    await field(targetFields(number), 'Provider').fill(typed)
    await page.getByRole('option', { name: label }).click()
  }

  it('says what a route is for and how it is called, while there is none', async () => {
    await page.getByRole('link', { name: 'Routes' }).click()
    await page.getByText('No routes yet').waitFor()
    await page.getByText('A route is one name for models of several providers').waitFor()
    await page.getByText(`${bench.gateway.url}/v1`).waitFor()
    await page.getByText('model: "fast"').waitFor()
    await checkPage(page)
  })

  it('says at the field what is wrong with it, and stores nothing', async () => {
    await page.getByRole('button', { name: 'Create the first route' }).click()
    await field(dialog(), 'Weight').fill('much')
    await dialog().getByRole('button', { name: 'Create route' }).click()
    await dialog().getByText('Choose a provider.').waitFor()
    await dialog().getByText('The weight must be a number').waitFor()
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
    await checkPage(page, 'the form of a route with errors')
    await field(dialog(), 'Weight').fill('1')
    await chooseProvider(1, 'first', 'The first (first)')
    await dialog().getByRole('button', { name: 'Create route' }).click()
    await dialog().getByText('The name is required.').waitFor()
    expect(await bench.ask('{ modelRoutes { totalCount } }')).toEqual({ modelRoutes: { totalCount: 0 } })
  })

  it('creates a route of a provider that is picked and a model that it lists, which calls then use', async () => {
    await field(dialog(), 'Name').fill('fast')
    await field(targetFields(1), 'Model').click()
    await field(targetFields(1), 'Model').fill('mini')
    await page.getByRole('option', { name: 'gpt-4.1-mini' }).click()
    await dialog().getByRole('button', { name: 'Create route' }).click()
    await isClosed()
    await row(page, 'fast').getByText('first / gpt-4.1-mini').waitFor()
    await row(page, 'fast').getByText('Ready').first().waitFor()
    const answer = await call('fast')
    expect([answer.status, answer.headers.get('x-gateway-target')]).toEqual([200, 'first/gpt-4.1-mini'])
  })

  it('refuses a second route of the name, at the field', async () => {
    await page.getByRole('button', { name: 'Create route' }).click()
    // The dialog takes the focus a moment after it is there, and so closes the list of what was focused before.
    await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]') != null)
    await field(dialog(), 'Name').fill('fast')
    await chooseProvider(1, 'second', 'The second (second)')
    await field(targetFields(1), 'Model').fill('gpt-4.1')
    await page.keyboard.press('Tab')
    await dialog().getByRole('button', { name: 'Create route' }).click()
    await dialog().getByText('A model route named "fast" already exists').waitFor()
    expect(await field(dialog(), 'Name').getAttribute('aria-invalid')).toBe('true')
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await isClosed()
  })

  it('adds targets, moves one and keeps the focus on it, all by keyboard', async () => {
    await open(page, '/routes?edit=fast')
    await dialog().getByRole('button', { name: 'Add target' }).press('Enter')
    await field(targetFields(2), 'Provider').fill('second')
    await page.getByRole('option', { name: 'The second (second)' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await field(targetFields(2), 'Model').fill('a-model-of-no-list')
    await field(targetFields(2), 'Priority').fill('1')
    await field(targetFields(2), 'Weight').fill('2.5')
    await dialog().getByLabel('Description').fill('For the web team')
    await dialog().getByRole('button', { name: 'Move target 2 up' }).press('Enter')
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Move target 1 down')
    await dialog().getByRole('button', { name: 'Save changes' }).press('Enter')
    await isClosed()
    expect(new URL(page.url()).search).toBe('')
    expect(await storedRoute('fast')).toEqual({
      modelRoute: {
        description: 'For the web team',
        enabled: true,
        targets: [
          { providerName: 'second', model: 'a-model-of-no-list', weight: 2.5, priority: 1 },
          { providerName: 'first', model: 'gpt-4.1-mini', weight: 1, priority: 0 },
        ],
      },
    })
  })

  it('gives the focus back to what opened a dialog, and lets nobody out with any of them open', async () => {
    for (const action of ['Edit', 'Delete']) {
      await row(page, 'fast').getByRole('button', { name: action }).press('Enter')
      await dialog().waitFor()
      await checkPage(page, `${action} a route`)
      await page.keyboard.press('Escape')
      await isClosed()
      await page.waitForFunction((label) => document.activeElement?.getAttribute('aria-label') === label, `${action} fast`)
    }
  })

  it('shows both versions when somebody else saved the route meanwhile, and writes only what was changed here', async () => {
    await open(page, '/routes?edit=fast')
    await dialog().getByLabel('Description').fill('Mine')
    await bench.ask(
      'mutation { updateModelRoute(input: { route: { name: "fast" }, description: "Theirs", enabled: false }) { __typename } }',
    )
    await dialog().getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Somebody else changed this route').waitFor()
    await page.getByRole('row', { name: /Description.*changed by both.*For the web team.*Mine.*Theirs/ }).waitFor()
    await checkPage(page, 'the conflict of a route')
    await page.getByRole('button', { name: 'Save mine' }).click()
    await isClosed()
    await row(page, 'fast').getByText('Disabled', { exact: true }).waitFor()
    expect(await storedRoute('fast')).toMatchObject({ modelRoute: { description: 'Mine', enabled: false } })
    await bench.ask('mutation { updateModelRoute(input: { route: { name: "fast" }, enabled: true }) { __typename } }')
  })

  it('says in words why a target is not used and what to do', async () => {
    await open(page)
    await bench.ask('mutation { updateProvider(input: { provider: { name: "second" }, enabled: false }) { __typename } }')
    await row(page, 'fast').getByText('1 of 2 ready').waitFor()
    await row(page, 'fast').getByText('Enable the provider, or remove the target.').waitFor()
    await bench.createProvider('keyless', { apiKeys: [{ credential: { value: GOOD_KEY }, enabled: false }] })
    await bench.createProvider('dead', { baseUrl: 'http://127.0.0.1:9/v1' })
    for (const [name, provider] of [
      ['bare', 'keyless'],
      ['broken', 'dead'],
    ])
      await bench.ask(
        'mutation ($name: String!, $provider: String!) { createModelRoute(input: { name: $name, targets: [{ provider: { name: $provider }, model: "m" }] }) { __typename } }',
        { name, provider },
      )
    for (let calls = 0; calls < 5; calls += 1) expect((await call('broken')).ok).toBe(false)
    await open(page)
    await row(page, 'bare').getByText('No target ready').waitFor()
    await row(page, 'bare').getByText('Check the keys of the provider.').waitFor()
    await row(page, 'broken').getByText('Paused', { exact: true }).waitFor()
    await row(page, 'broken').getByText('test the provider if it stays paused').waitFor()
    await checkPage(page)
  })

  it('names the routes that use a provider before it is deleted, deletes it anyway, and shows their targets as gone', async () => {
    await page.goto(`${bench.gateway.url}/console/providers/second`)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete provider' }).click()
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog().getByText('1 route uses it').waitFor()
    await dialog().getByRole('listitem').filter({ hasText: 'fast' }).waitFor()
    await checkPage(page, 'a provider that routes use')
    expect(await bench.ask('{ provider(by: { name: "second" }) { name } }')).toEqual({ provider: { name: 'second' } })
    await dialog().getByRole('button', { name: 'Delete anyway' }).click()
    await page.getByText('The second was deleted').waitFor()
    await page.getByRole('link', { name: 'Routes' }).click()
    await row(page, 'fast').getByText('Provider deleted').waitFor()
  })

  it('lets a route with a target that is gone be described, and names the target when the targets are changed', async () => {
    await row(page, 'fast').getByRole('button', { name: 'Edit' }).click()
    await dialog().getByLabel('Description').fill('Still here')
    await dialog().getByRole('button', { name: 'Save changes' }).click()
    await isClosed()
    expect(await storedRoute('fast')).toMatchObject({ modelRoute: { description: 'Still here' } })
    await row(page, 'fast').getByRole('button', { name: 'Edit' }).click()
    await field(targetFields(2), 'Weight').fill('3')
    await dialog().getByRole('button', { name: 'Save changes' }).click()
    await dialog().getByText('second was deleted. Choose another provider').waitFor()
    await dialog().getByRole('button', { name: 'Remove target 1' }).click()
    await dialog().getByRole('button', { name: 'Save changes' }).click()
    await isClosed()
    expect(await storedRoute('fast')).toMatchObject({ modelRoute: { targets: [{ providerName: 'first', weight: 3 }] } })
  })

  it('deletes no route that has been changed since it was shown, and then the one that is shown', async () => {
    await row(page, 'bare').getByRole('button', { name: 'Delete' }).click()
    await dialog().getByText('Delete bare?').waitFor()
    // The page hears of the change only when it was told of the conflict.
    let release: () => void = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query ModelRoute')) await released
      await route.continue()
    })
    await bench.ask('mutation { updateModelRoute(input: { route: { name: "bare" }, description: "Changed" }) { __typename } }')
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog().getByText('Somebody changed the route meanwhile').waitFor()
    release()
    await page.unrouteAll({ behavior: 'wait' })
    await page.getByText('Changed', { exact: true }).last().waitFor()
    // The dialog reads the route again at its own time, and until then the conflict is the same.
    await vi.waitFor(async () => {
      if ((await dialog().count()) > 0) await dialog().getByRole('button', { name: 'Delete', exact: true }).click({ timeout: 2_000 })
      await dialog().waitFor({ state: 'detached', timeout: 2_000 })
    }, 60_000)
    await row(page, 'bare').waitFor({ state: 'detached' })
    expect(await storedRoute('bare')).toEqual({ modelRoute: null })
  })

  it('has a page for each route: its targets, and lines to copy that call it', async () => {
    await open(page)
    await row(page, 'fast').getByRole('link', { name: 'fast' }).click()
    await page.getByRole('heading', { name: 'fast', exact: true }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/routes/fast')
    await page.getByText('first / gpt-4.1-mini').waitFor()
    const lines = page.locator('.use-lines')
    await lines.getByText(`${bench.gateway.url}/v1/chat/completions`).waitFor()
    const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', (await lines.textContent()) ?? ''], {
      env: { PATH: process.env.PATH, GATEWAY_TOKEN: token },
    })
    expect(JSON.parse(stdout)).toHaveProperty('object')
    await page.getByRole('tab', { name: 'Open WebUI' }).click()
    await lines.getByText(`OPENAI_API_BASE_URL='${bench.gateway.url}/v1'`).waitFor()
    await expect
      .poll(() => page.getByRole('navigation').locator('[aria-current]').allTextContents(), { message: 'the bar marks the list' })
      .toEqual(['Routes'])
    await page.locator('.fact', { hasText: 'Calls today' }).getByText('1', { exact: true }).waitFor()
    await checkPage(page, 'the page of a route')
  })

  it('makes a token for the calls of a route alone, with the scope filled in', async () => {
    await page.getByRole('button', { name: 'Create a token for this' }).click()
    await dialog().getByLabel('Name').fill('for fast alone')
    await dialog().getByRole('listitem').filter({ hasText: 'The first' }).waitFor()
    expect(await dialog().getByLabel('Models').inputValue()).toBe('gpt-4.1-mini')
    await dialog().getByRole('button', { name: 'Create token' }).click()
    const made = (await page.locator('.made-token').textContent()) ?? ''
    await page.getByRole('button', { name: 'Done' }).click()
    await isClosed()
    expect([(await call('fast', made)).status, (await call('first/gpt-4.1', made)).status]).toEqual([200, 403])
  })

  it('copies and opens its forms without what browsers have only with TLS', async () => {
    const window = await bench.signIn()
    await window.addInitScript(() => {
      Reflect.deleteProperty(Crypto.prototype, 'randomUUID')
      Reflect.deleteProperty(Navigator.prototype, 'clipboard')
    })
    await open(window)
    await window.getByRole('button', { name: `Copy ${bench.gateway.url}/v1` }).click()
    await window.getByText('Copied').waitFor()
    await window.getByRole('button', { name: 'Create route' }).click()
    await window.getByLabel('Description').press('ControlOrMeta+v')
    expect(await window.getByLabel('Description').inputValue()).toBe(`${bench.gateway.url}/v1`)
    await window.evaluate(() => {
      document.execCommand = () => false
    })
    await window.keyboard.press('Escape')
    await window.getByRole('button', { name: `Copy ${bench.gateway.url}/v1` }).click()
    await window.getByText('Select the text and copy it.').waitFor()
    await window.context().close()
  })

  it('edits and deletes a route from its page, and a link opens the dialog', async () => {
    await page.goto(`${bench.gateway.url}/console/routes/broken?dialog=edit`)
    await dialog().getByLabel('Description').fill('Seen on its page')
    await dialog().getByRole('button', { name: 'Save changes' }).click()
    await isClosed()
    await page.getByText('Seen on its page').waitFor()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click()
    await page.waitForURL(/\/console\/routes$/)
    await row(page, 'broken').waitFor({ state: 'detached' })
    await page.goto(`${bench.gateway.url}/console/routes/broken`)
    await page.getByText('There is no route named “broken”').waitFor()
  })

  it('shows a viewer the routes and no control that changes them, whatever the address asks for', async () => {
    const viewer = await bench.signIn((await bench.createToken('VIEWER')).value)
    await open(viewer, '/routes?edit=fast')
    await row(viewer, 'fast').getByText('first / gpt-4.1-mini').waitFor()
    expect(await viewer.getByRole('button', { name: /Create route|Edit|Delete/ }).count()).toBe(0)
    expect(await viewer.getByRole('dialog').count()).toBe(0)
    await viewer.goto(`${bench.gateway.url}/console/routes/fast?dialog=delete`)
    await viewer.getByRole('heading', { name: 'Use it' }).waitFor()
    expect(await viewer.getByRole('button', { name: /Edit|Delete/ }).count()).toBe(0)
    expect(await viewer.getByRole('dialog').count()).toBe(0)
    await viewer.context().close()
  })

  it('says so when a link names a route that is not there', async () => {
    await open(page, '/routes?edit=never-made')
    await dialog().getByText('There is no route of this name').waitFor()
    await dialog().getByRole('button', { name: 'Show all routes' }).click()
    await isClosed()
  })

  it('asks no other machine for anything, and logs no error', () => {
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
  })
})
