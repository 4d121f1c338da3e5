import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, CHROMIUM, checkPage, createExamples, seriousViolations, useConsoleBench, WIDE } from '../support/console.ts'

describe.skipIf(!existsSync(CHROMIUM))('the pages of the console', () => {
  const PUBLIC_URL = 'https://ai.example.com/gateway'
  const bench = useConsoleBench({ PUBLIC_URL })

  beforeAll(async () => {
    await createExamples(bench)
  })

  const open = async (page: Page, path: string, landmark: string) => {
    await page.goto(`${bench.gateway.url}/console${path}`)
    await page.getByText(landmark).first().waitFor()
  }

  it('show a token that is made once, revoke it, and find both in the audit log', async () => {
    const page = await bench.signIn()
    await open(page, '/tokens', 'this one')
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('for a dashboard')
    await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click()
    const shown = await page.locator('.made-token').textContent()
    expect(shown).toMatch(/^gw_/)
    await checkPage(page, 'the token that was made')
    await page.getByRole('button', { name: 'Done' }).click()
    await page
      .getByRole('row', { name: /for a dashboard.*none/ })
      .getByText(`${shown?.slice(0, 13)}…`)
      .waitFor()
    expect(await page.content()).not.toContain(shown)
    await page.getByRole('button', { name: 'Revoke for a dashboard' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('row', { name: /for a dashboard.*Revoked/ }).waitFor()
    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByRole('row', { name: /access token revoked.*graphql/ }).waitFor()
    await page.getByRole('button', { name: 'Show the details of access token revoked' }).click()
    await page.getByText('"name": "for a dashboard"').waitFor()
    await page.getByLabel('Action').selectOption('PROVIDER_TESTED')
    await page.getByRole('row', { name: /access token revoked/ }).waitFor({ state: 'detached' })
    const tested = page.getByRole('row', { name: /provider tested/ })
    await tested
      .first()
      .getByTitle(/^Only what is about/)
      .click()
    await expect.poll(() => page.getByLabel('About').inputValue()).toHaveLength(36)
    await page.context().close()
  })

  it('show where the calls of a provider begin, at the public address of the gateway, and copy it', async () => {
    const page = await bench.signIn()
    await open(page, '', 'bedrock')
    await page.getByRole('row', { name: /bedrock.*Access key/ }).waitFor()
    await open(page, '/providers/bedrock', 'Access key')
    await page.getByText('/ai/bedrock', { exact: true }).waitFor()
    await page.getByRole('button', { name: `Copy ${PUBLIC_URL}/ai/bedrock`, exact: true }).click()
    // What is heard says so too.
    await page.getByRole('button', { name: `Copied ${PUBLIC_URL}/ai/bedrock`, exact: true }).waitFor()
    await page.context().close()
  })

  it('show lines with the public address of the gateway, to those who read the registry and to callers', async () => {
    const page = await bench.signIn()
    await open(page, '/providers/openai?use=curl', 'Use it')
    await page.locator('.use-lines', { hasText: `${PUBLIC_URL}/ai/openai/v1/chat/completions` }).waitFor()
    await bench.ask(
      'mutation { createModelRoute(input: { name: "fast", targets: [{ provider: { name: "openai" }, model: "gpt-4.1" }] }) { __typename } }',
    )
    await open(page, '/routes', 'with its name as the model')
    await page.getByRole('button', { name: `Copy ${PUBLIC_URL}/v1` }).waitFor()
    await open(page, '/routes/fast?use=curl', 'Use it')
    await page.locator('.use-lines', { hasText: `${PUBLIC_URL}/v1/chat/completions` }).waitFor()
    await page.context().close()
    const { createAccessToken: made } = await bench.ask<{ createAccessToken: { value: string } }>(
      'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on CreateAccessTokenPayload { value } } }',
      { input: { name: 'caller', role: 'CALLER', calls: { providers: [{ name: 'openai' }] } } },
    )
    const caller = await bench.openWindow()
    await caller.goto(`${bench.gateway.url}/console?use=curl`)
    await caller.getByLabel('Access token', { exact: true }).fill(made.value)
    await caller.getByRole('button', { name: 'Sign in' }).click()
    await caller.locator('.use-lines', { hasText: `${PUBLIC_URL}/ai/openai/v1/chat/completions` }).waitFor()
    await caller.context().close()
  })

  it('make a token that makes model calls alone, show which, and change them', async () => {
    const page = await bench.signIn()
    await open(page, '/tokens', 'this one')
    await page.getByRole('button', { name: 'Create token' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('for an app')
    await dialog.getByLabel('Role').selectOption('CALLER')
    await dialog.getByText('Only these').click()
    await dialog.getByLabel('Find a provider').fill('bedrock')
    await dialog.getByRole('button', { name: /^Add / }).first().click()
    await dialog.getByRole('button', { name: /^Remove / }).waitFor()
    await dialog.getByLabel('Models').fill('gpt-*\no3')
    await dialog.getByLabel('Requests per minute').fill('none')
    await checkPage(page, 'the form of a caller')
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await dialog.getByText('It must be a whole number').waitFor()
    await dialog.getByLabel('Requests per minute').fill('60')
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('row', { name: /for an app.*Caller.*gpt-\* o3 · 60 a minute/ }).waitFor()
    await checkPage(page, 'tokens with their calls')
    await page.getByRole('button', { name: 'Edit for an app' }).click()
    await dialog.getByText('Every provider').click()
    await dialog.getByLabel('Tokens per day').fill('1000000')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('row', { name: /for an app.*every provider · gpt-\* o3 · 60 a minute · 1,000,000 tokens a day/ }).waitFor()
    await page.context().close()
  })

  it('write of a token only what was changed: what another admin has limited meanwhile stays, and no provider is needed', async () => {
    const created = await bench.createProvider('short-lived')
    const made = await bench.ask<{ createAccessToken: { token: { id: string } } }>(
      'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on CreateAccessTokenPayload { token { id } } } }',
      { input: { name: 'for a tool', role: 'CALLER', calls: { providers: [{ id: created.createProvider.provider.id }] } } },
    )
    const page = await bench.signIn()
    await open(page, '/tokens', 'this one')
    await page.getByRole('button', { name: 'Edit for a tool' }).click()
    await bench.ask('mutation ($input: UpdateAccessTokenInput!) { updateAccessToken(input: $input) { __typename } }', {
      input: {
        id: made.createAccessToken.token.id,
        calls: { providers: [{ name: 'short-lived' }], models: ['gpt-4*'], tokensPerDay: 1_000 },
      },
    })
    await bench.ask('mutation { deleteProvider(input: { provider: { name: "short-lived" } }) { __typename } }')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('for another tool')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('row', { name: /for another tool.*no provider · gpt-4\* · 1,000 tokens a day/ }).waitFor()
    await page.getByRole('button', { name: 'Edit for another tool' }).click()
    await dialog.getByLabel('Name').fill('for a third tool')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('row', { name: /for a third tool.*no provider · gpt-4\*/ }).waitFor()
    await page.context().close()
  })

  it('write of a key and of the model calls only what was changed: what others change meanwhile stays', async () => {
    const page = await bench.signIn()
    await open(page, '/providers/openai', 'the key is proven')
    const read = (selection: string) => bench.ask(`{ provider(by: { name: "openai" }) { ${selection} } }`)
    const update = (input: Readonly<Record<string, unknown>>) =>
      bench.ask('mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }', {
        input: { provider: { name: 'openai' }, ...input },
      })
    const { provider } = await bench.ask<{ provider: { apiKeys: { nodes: { id: string }[] } } }>(
      '{ provider(by: { name: "openai" }) { apiKeys { nodes { id } } } }',
    )
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Actions for the key sk-g...cdef' }).click()
    await page.getByRole('menuitem', { name: 'Name and weight' }).click()
    await update({ keepOtherApiKeys: true, apiKeys: [{ keep: { id: provider.apiKeys.nodes[0]?.id, name: 'theirs' } }] })
    await page.locator('.key-row').getByText('theirs').waitFor()
    await dialog.getByLabel('Weight').fill('3')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.locator('.key-row').getByText('theirs · weight 3').waitFor()

    await page.getByRole('button', { name: 'Edit model calls' }).click()
    await update({ callHeaders: ['x-theirs'] })
    await page.locator('.detail-side').getByText('x-theirs').waitFor()
    await dialog.getByLabel('Every route of the API').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await read('callRoutes callHeaders')).toEqual({ provider: { callRoutes: 'ALL', callHeaders: ['x-theirs'] } })
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
    await page.reload()
    await page.getByRole('link', { name: 'refused' }).waitFor()
    const focusOn = async (name: string, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press(key)
        const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)
        if (focused === name) return
      }
      throw new Error(`The keyboard does not reach "${name}".`)
    }
    // The page's heading has the focus; before the bar above it there is a way past it.
    await focusOn('Skip to the content', 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.id === 'content')
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

  it('read a long list in pages by cursor while it is scrolled, and find what is on none of the pages that were read', async () => {
    for (let index = 0; index < 105; index += 1) await bench.createProvider(`zz-${String(index).padStart(3, '0')}`)
    const page = await bench.openWindow({ viewport: WIDE })
    const cursors: unknown[] = []
    page.on('request', (request) => {
      const { query, variables } = request.url().endsWith('/graphql') ? request.postDataJSON() : {}
      if (/^query Providers\(/.test(query ?? '')) cursors.push(variables.after)
    })
    await page.goto(`${bench.gateway.url}/console`)
    await page.getByLabel('Access token', { exact: true }).fill(ADMIN_TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'refused' }).waitFor()
    expect(cursors).toEqual([null])
    await page.getByLabel('Search providers').fill('zz-104')
    await page.getByRole('link', { name: 'zz-104' }).waitFor()
    await page.getByLabel('Search providers').fill('')
    await page.getByRole('link', { name: 'refused' }).waitFor()
    await page.mouse.move(600, 500)
    await page.mouse.wheel(0, 100_000)
    await page.waitForFunction(() => window.scrollY > 0)
    await page.getByRole('row', { name: /zz-099/ }).waitFor()
    await page.mouse.wheel(0, 100_000)
    await page.getByRole('link', { name: 'zz-104' }).waitFor()
    expect(cursors.filter((cursor) => cursor !== null)).toEqual([expect.stringMatching(/.+/)])
    expect(await page.getByRole('row').count(), 'rows that are out of sight are not drawn').toBeLessThan(60)
    await page.context().close()
  })

  it('bring whoever comes back to a long list to their place in it', async () => {
    const page = await bench.signIn(undefined, { viewport: WIDE })
    await page.mouse.move(600, 500)
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 100_000)
        return page.getByRole('link', { name: 'zz-104' }).count()
      })
      .toBe(1)
    const place = await page.evaluate(() => window.scrollY)
    await page.getByRole('link', { name: 'zz-104' }).click()
    await page.getByRole('heading', { name: 'zz-104' }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'zz-104' }).waitFor()
    expect(Math.abs((await page.evaluate(() => window.scrollY)) - place)).toBeLessThan(WIDE.height)
    await page.context().close()
  })

  it('keep the page of the tokens in the URL, so that a reload shows the same', async () => {
    for (let index = 0; index < 51; index += 1) await bench.createToken('VIEWER')
    const page = await bench.signIn()
    await open(page, '/tokens', 'test viewer')
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByText('this one').waitFor()
    await page.reload()
    await page.getByText('this one').waitFor()
    await page.getByRole('button', { name: 'Newer' }).click()
    await page.getByText('this one').waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('turn one page when the button is pressed again before that page is there', async () => {
    const page = await bench.signIn()
    await open(page, '/audit', 'Channel')
    const newer = page.getByRole('button', { name: 'Newer' })
    await page.getByRole('button', { name: 'Older' }).dblclick()
    // The next page is read from its beginning.
    const head = page.getByRole('columnheader', { name: 'Channel' })
    await expect.poll(() => head.evaluate((cell) => cell.getBoundingClientRect().top)).toBeGreaterThan(0)
    await newer.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => new URL(page.url()).search).toBe('')
    await expect.poll(() => newer.getAttribute('aria-disabled')).toBe('true')
    expect(await newer.evaluate((button) => button === document.activeElement), 'the focus stays where it was').toBe(true)
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
    await bench.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id: token.id })
    await page.getByText('Your access token is no longer valid').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    await page.context().close()
  })

  it('keep what is typed when the token ends, for 15 minutes and the next one of the same role alone', async () => {
    const revoked = async () => {
      const { value, token } = await bench.createToken('EDITOR')
      const page = await bench.signIn(value)
      await open(page, '/providers/openai/edit', 'Network')
      await page.getByLabel('Display name').fill('Half typed')
      await page.clock.install()
      await bench.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id: token.id })
      await page.getByText('Your access token is no longer valid').waitFor()
      return page
    }
    const enter = async (page: Page, token: string) => {
      await page.getByLabel('Access token', { exact: true }).fill(token)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    const page = await revoked()
    await page.keyboard.press('Escape')
    await enter(page, 'gw_wrong_token')
    await page.getByText('The access token is not valid').waitFor()
    await enter(page, (await bench.createToken('EDITOR')).value)
    await page.getByText('Not signed in').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Display name').inputValue()).toBe('Half typed')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Half typed' }).waitFor()
    await page.context().close()

    const other = await revoked()
    await enter(other, (await bench.createToken('VIEWER')).value)
    await other.getByRole('heading', { name: 'Nothing is here' }).waitFor()
    expect(await other.getByLabel('Display name').count()).toBe(0)
    await other.context().close()

    const left = await revoked()
    expect(await left.getByLabel('Display name').count()).toBe(1)
    await left.clock.fastForward(900_000)
    await expect.poll(() => left.getByLabel('Display name').count()).toBe(0)
    await left.getByText('Your access token is no longer valid').waitFor()
    await left.context().close()
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

    // Nothing answers at all: every page opens none the less, since the first load has brought all of them.
    await away.context().setOffline(true)
    await away.getByRole('link', { name: 'Tokens' }).click()
    await away.getByRole('heading', { name: 'Access tokens' }).waitFor()
    await away.getByText('The gateway cannot be reached').waitFor()
    expect(await seriousViolations(away)).toEqual([])
    await away.context().setOffline(false)
    await away.getByRole('row').nth(1).waitFor()
    await away.context().close()
  })
})
