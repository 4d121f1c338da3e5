import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, type ConsoleBench, checkPage, createExamples, PAGES, useConsoleBench, WIDE } from '../support/console.ts'

/** What stands on each page. `KEY` is the id of a key. */
const LANDMARKS = new Map([
  ...PAGES,
  ['/providers/bedrock', 'Access key'],
  ['/providers/bedrock/edit', 'Secret access key'],
  ['/keys/KEY', 'Callers in 30 days'],
  ['/routes', 'For the web team'],
  ['/routes/fast', 'Calls today'],
  ['/nothing', 'Nothing is here'],
])

/** A dialog or a menu of a page, the file that it is made in, and how it opens. Escape closes it. */
type Opened = readonly [name: string, file: string, open: (page: Page, bench: ConsoleBench) => Promise<unknown>]

const press = (name: string) => (page: Page) => page.getByRole('button', { name }).first().click()
const choose = (actions: string, item: string) => async (page: Page) => {
  await press(actions)(page)
  await page.getByRole('menuitem', { name: item }).click()
}
const KEY_ACTIONS = 'Actions for the key sk-g...cdef'

const DIALOGS: Readonly<Record<string, readonly Opened[]>> = {
  '/': [
    ['the colours', 'parts/shell.tsx', press('Colours')],
    ['the account', 'parts/shell.tsx', press('Account')],
    ['the shortcuts', 'parts/shortcuts.tsx', (page) => page.keyboard.press('?')],
    [
      'the test of all',
      'providers/run-dialog.tsx',
      async (page) => {
        await page.getByLabel('Search providers').fill('refused')
        await page.getByRole('button', { name: 'Test these 1' }).click()
        await page.getByText('1 of 1 done.').waitFor()
      },
    ],
    [
      'deleting what is selected',
      'providers/bulk-bar.tsx',
      async (page) => {
        await page.getByLabel('Select refused').press('Space')
        await page.getByRole('button', { name: 'Delete…' }).click()
      },
    ],
  ],
  '/providers/openai': [
    ['what can be done with a key', 'provider/keys-section.tsx', press(KEY_ACTIONS)],
    ['adding a key', 'provider/add-key-dialog.tsx', press('Add key')],
    ['editing a key', 'provider/edit-key-dialog.tsx', choose(KEY_ACTIONS, 'Name and weight')],
    ['removing a key', 'provider/keys-section.tsx', choose(KEY_ACTIONS, 'Remove')],
    ['deleting the provider', 'provider/delete-dialog.tsx', choose('More actions', 'Delete provider')],
    ['more that can be done', 'provider/provider-detail.tsx', press('More actions')],
    ['making a token to call it', 'admin/create-token-dialog.tsx', press('Create a token for this')],
    [
      'what of model calls passes',
      'provider/call-settings-dialog.tsx',
      async (page) => {
        await press('Edit model calls')(page)
        await page.getByLabel('Every route of the API').check()
        await page.getByLabel('More headers').fill('x-team')
      },
    ],
  ],
  '/keys/KEY': [['rotating the key', 'provider/rotate-key-dialog.tsx', press('Rotate key')]],
  '/routes': [
    ['creating a route', 'routes/create-route-dialog.tsx', press('Create route')],
    ['editing a route', 'routes/edit-route-dialog.tsx', press('Edit fast')],
    ['deleting a route', 'routes/delete-route-dialog.tsx', press('Delete fast')],
  ],
  '/routes/fast': [['making a token to call it', 'admin/create-token-dialog.tsx', press('Create a token for this')]],
  '/tokens': [
    ['creating a token', 'admin/create-token-dialog.tsx', press('Create token')],
    ['editing a token', 'admin/edit-token-dialog.tsx', press('Edit a reader')],
    ['revoking a token', 'admin/tokens-page.tsx', press('Revoke a reader')],
  ],
  '/providers/bedrock/edit': [
    [
      'the question before edits are lost',
      'parts/leave-guard.tsx',
      async (page) => {
        await page.getByLabel('Display name').fill('Mine')
        await page.getByRole('link', { name: 'Usage' }).click()
      },
    ],
    [
      'the conflict',
      'form/edit-provider-form.tsx',
      async (page, bench) => {
        await bench.ask('mutation { updateProvider(input: { provider: { name: "bedrock" }, displayName: "Theirs" }) { __typename } }')
        await page.getByRole('button', { name: 'Save changes' }).click()
        await page.getByRole('dialog').waitFor()
      },
    ],
  ],
}

/** Frames of dialogs, and what shows one only when something is missing: `test/e2e/console-routes.test.ts` opens that. */
const NOT_BY_THEMSELVES = [
  ...['parts/confirm-dialog.tsx', 'provider/key-dialog.tsx', 'form/conflict-dialog.tsx', 'routes/route-form-dialog.tsx'],
  'routes/route-dialogs.tsx',
]
const CONSOLE = 'console/src'

describe('what is looked at here', () => {
  it('is every page of the console', () => {
    const routes = Array.from(readFileSync(join(CONSOLE, 'pages.tsx'), 'utf8').matchAll(/<Route path="([^"]+)"/g), ([, path = '']) => path)
    expect(routes.length).toBeGreaterThan(8)
    const pages = [...LANDMARKS.keys()]
    const isVisited = (route: string) => pages.some((path) => new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`).test(path))
    expect(routes.filter((route) => !isVisited(route))).toEqual([])
  })

  it('is every dialog and menu of the console', () => {
    const files = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'))
    const made = files.filter((name) => /<(\w*Dialog|Menu)\b/.test(ownMarkup(readFileSync(join(CONSOLE, name), 'utf8'))))
    const opened = Object.values(DIALOGS).flatMap((all) => all.map(([, file]) => file))
    expect(made.filter((name) => !opened.includes(name) && !NOT_BY_THEMSELVES.includes(name))).toEqual([])
  })
})

/** The text of a component but for dialogs that it only opens: those are made in files of their own. */
function ownMarkup(text: string): string {
  const frames = ['Dialog', 'ConfirmDialog', 'KeyDialog', 'ConflictDialog', 'RouteFormDialog']
  return text.replaceAll(/<(\w+Dialog)\b/g, (whole, name: string) => (frames.includes(name) ? whole : ''))
}

describe.skipIf(!existsSync(CHROMIUM))('the console keeps nobody out and fits its width, light and dark, wide and narrow', () => {
  const bench = useConsoleBench()
  let keyId: string

  beforeAll(async () => {
    await createExamples(bench)
    await bench.ask(`mutation {
      createModelRoute(input: { name: "fast", description: "For the web team", targets: [{ provider: { name: "openai" }, model: "gpt-4.1" }] }) { __typename }
      createAccessToken(input: { name: "a reader", role: VIEWER }) { __typename }
    }`)
    const { provider } = await bench.ask<{ provider: { apiKeys: { nodes: { id: string }[] } } }>(
      '{ provider(by: { name: "openai" }) { apiKeys { nodes { id } } } }',
    )
    keyId = provider.apiKeys.nodes[0]?.id ?? ''
  })

  const open = async (page: Page, path: string) => {
    await page.goto(`${bench.gateway.url}/console${path.replace('KEY', encodeURIComponent(keyId))}`)
    await page
      .getByText(LANDMARKS.get(path) ?? '')
      .first()
      .waitFor()
  }

  it('on every page', async () => {
    const page = await bench.openWindow({ colorScheme: 'light', viewport: WIDE })
    await page.goto(`${bench.gateway.url}/console`)
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await checkPage(page)
    await page.close()
    const inside = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
    for (const path of LANDMARKS.keys()) {
      await open(inside, path)
      await checkPage(inside)
    }
    await inside.context().close()
  })

  it('with every column in reach when names are as long as they may be', async () => {
    const long = (length: number) => 'a long name '.repeat(length).slice(0, length - 1)
    await bench.createProvider('a-'.repeat(31).concat('a'), {
      displayName: long(100),
      apiKeys: [{ credential: { value: 'sk-of-a-long-name-0123456789' }, name: long(100) }],
    })
    await bench.ask(
      `mutation ($name: String!) { createAccessToken(input: { name: $name, role: CALLER, calls: { models: ["${'m'.repeat(60)}*"] } }) { __typename } }`,
      { name: long(100) },
    )
    const page = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
    for (const path of ['/keys', '/tokens', '/audit']) {
      await open(page, path)
      await page
        .getByText(path === '/audit' ? 'a-a-' : 'a long name')
        .first()
        .waitFor()
      const hidden = await page.locator('.table-scroll').evaluate((table) => table.scrollWidth - table.clientWidth)
      expect(hidden, path).toBeLessThanOrEqual(0)
    }
    await page.context().close()
  })

  it('within the width of the screen when names have no place to break', async () => {
    const long = 'm'.repeat(190)
    await bench.createProvider('unbroken', {
      apiKeys: [{ credential: { value: 'sk-of-a-name-without-blanks' }, name: long, models: [long] }],
    })
    await bench.ask(
      `mutation { createModelRoute(input: { name: "unbroken", targets: [{ provider: { name: "unbroken" }, model: "${long}" }] }) { __typename } }`,
    )
    const page = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
    for (const path of ['/providers/unbroken', '/routes/unbroken', '/routes']) {
      await page.goto(`${bench.gateway.url}/console${path}`)
      await page.getByText(long).first().waitFor()
      await checkPage(page, path)
    }
    await page.context().close()
  })

  it.each(Object.keys(DIALOGS))('with any of the dialogs of %s open, which give the focus back', async (path) => {
    const page = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
    await open(page, path)
    for (const [name, , show] of DIALOGS[path] ?? []) {
      await show(page, bench)
      const opened = page.locator('[role="dialog"], [role="menu"]')
      await opened.waitFor()
      await checkPage(page, `${path}, ${name}`)
      await page.keyboard.press('Escape')
      await opened.waitFor({ state: 'detached' })
      await page.waitForFunction(() => document.activeElement?.matches('button, a, h1'), null, { polling: 50 })
    }
    await page.context().close()
  })

  it('where the system chooses the colours: what is chosen and what is on differs from what is not', async () => {
    const page = await bench.signIn(undefined, { forcedColors: 'active', viewport: WIDE })
    const colour = (selector: string, property: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property)
    const differs = async (one: string, other: string, property = 'background-color') =>
      expect(await colour(one, property), one).not.toBe(await colour(other, property))
    await open(page, '/providers/openai')
    await differs('.navigation-link[aria-current]', '.navigation-link:not([aria-current])', 'border-bottom-color')
    await differs('[role="tab"][aria-selected="true"]', '[role="tab"][aria-selected="false"]')
    const track = '.key-row .mantine-Switch-track'
    expect(await colour(track, 'border-top-width')).not.toBe('0px')
    await differs(track, 'body')
    await differs(track, `${track} .mantine-Switch-thumb`)
    await open(page, '/usage')
    await differs('.mantine-SegmentedControl-label[data-active]', '.mantine-SegmentedControl-label:not([data-active])')
    await page.context().close()
  })

  it('with the focus on the heading when the row of what had it goes a moment later', async () => {
    await bench.ask(`mutation {
      createModelRoute(input: { name: "short-lived", targets: [{ provider: { name: "openai" }, model: "gpt-4.1" }] }) { __typename }
      createAccessToken(input: { name: "short-lived", role: VIEWER }) { __typename }
    }`)
    const page = await bench.signIn(undefined, { viewport: WIDE })
    for (const [path, act] of [
      ['/tokens', 'Revoke'],
      ['/routes', 'Delete'],
    ] as const) {
      await open(page, path)
      const opener = page.getByRole('button', { name: `${act} short-lived` })
      await opener.click()
      await page.getByRole('dialog').getByRole('button', { name: act }).click()
      await opener.waitFor({ state: 'detached' })
      await page.waitForFunction(() => document.activeElement?.matches('h1'), null, { polling: 50 })
    }
    await page.context().close()
  })

  it('with the focus kept by a button that goes with what it adds or removes', async () => {
    const page = await bench.signIn(undefined, { viewport: WIDE })
    const hasFocus = (selector: string) =>
      page.waitForFunction((sought) => document.activeElement?.matches(sought), selector, { polling: 50 })
    await open(page, '/providers/openai')
    await page.getByRole('button', { name: 'Create a token for this' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Remove OpenAI production' }).press('Enter')
    await dialog.getByRole('button', { name: 'Remove OpenAI production' }).waitFor({ state: 'detached' })
    await hasFocus('[aria-label="Find a provider"]')
    await dialog.getByRole('button', { name: 'Add OpenAI production' }).press('Enter')
    await dialog.getByRole('button', { name: 'Add OpenAI production' }).waitFor({ state: 'detached' })
    await hasFocus('[aria-label="Find a provider"]')
    await page.goto(`${bench.gateway.url}/console/usage?provider=openai`)
    const filter = page.getByRole('button', { name: 'Remove the filter Provider: openai' })
    await filter.press('Enter')
    await filter.waitFor({ state: 'detached' })
    await hasFocus('h1')
    await page.context().close()
  })

  it('asking no other machine for anything, and logging no error', () => {
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
  })
})
