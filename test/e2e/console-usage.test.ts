import { existsSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, checkPage, useConsoleBench, WIDE } from '../support/console.ts'
import { makeUsage, rowOf } from '../support/made-usage.ts'

const CALLS = 3

describe.skipIf(!existsSync(CHROMIUM))('the page of usage', () => {
  const bench = useConsoleBench()
  let page: Page
  let caller: { readonly value: string; readonly token: { readonly id: string } }

  const call = (provider: string, model = 'gpt-4.1') =>
    fetch(`${bench.gateway.url}/ai/${provider}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${caller.value}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    }).then(async (response) => ({ status: response.status, body: await response.text() }))

  beforeAll(async () => {
    for (const name of ['first', 'second']) await bench.createProvider(name)
    caller = await bench.createToken('EDITOR')
    await bench.ask('mutation ($id: ID!) { updateAccessToken(input: { id: $id, calls: {} }) { __typename } }', { id: caller.token.id })
    page = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
  })

  const open = async (path: string) => {
    await page.goto(`${bench.gateway.url}/console${path}`)
    await page.getByRole('heading', { name: 'Usage', exact: true }).waitFor()
  }
  const query = () => Object.fromEntries(new URL(page.url()).searchParams)
  const total = (name: string) =>
    page
      .locator('.total')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('strong')
  const isTotal = (name: string, value: string) => expect.poll(() => total(name).textContent(), { timeout: 60_000 }).toBe(value)

  it('says so while there are no calls', async () => {
    await page.getByRole('link', { name: 'Usage' }).click()
    await page.getByText('No model call matches').waitFor()
    await checkPage(page)
  })

  it('shows calls as the vendor counted them: totals, by group, and one by one', async () => {
    for (let index = 0; index < CALLS; index += 1) expect((await call('first')).status).toBe(200)
    await expect.poll(() => bench.ask('{ modelCalls { totalCount } }'), { timeout: 30_000 }).toEqual({ modelCalls: { totalCount: CALLS } })
    await open('/usage?range=24h')
    await isTotal('Calls', '3')
    await isTotal('Input tokens', '3,600')
    await isTotal('Output tokens', '102')
    await page.getByRole('row', { name: /^first.*3.*0.*3,600.*102/ }).waitFor()
    await page.getByRole('tab', { name: 'Callers' }).click()
    await page.getByRole('row', { name: /^test editor/ }).waitFor()
    await page
      .getByRole('button', { name: /^Show the details of the call/ })
      .first()
      .click()
    await page.locator('.event-details').getByText('sk-g...cdef').waitFor()
    expect(query()).toEqual({ range: '24h', by: 'token' })
    await checkPage(page)
  })

  it('shows 90 days, which a click narrows to a group, an outcome, and back', async () => {
    const { providers, viewer } = await bench.ask<{
      providers: { nodes: { id: string; apiKeys: { nodes: { id: string }[] } }[] }
      viewer: { token: { id: string } }
    }>('{ providers { nodes { id apiKeys { nodes { id } } } } viewer { token { id } } }')
    makeUsage(
      bench.folder,
      {
        providerIds: providers.nodes.map(({ id }) => rowOf(id)),
        apiKeyId: rowOf(providers.nodes[0]?.apiKeys.nodes[0]?.id ?? ''),
        callerIds: [rowOf(viewer.token.id)],
        models: ['gpt-4.1', 'gpt-4.1-mini', 'text-embedding-3-large'],
      },
      Date.now(),
    )
    await open('/usage?range=90d')
    await page.getByRole('img', { name: /^Calls/ }).waitFor()
    await checkPage(page)
    const all = await total('Calls').textContent()
    await page.getByRole('button', { name: 'second', exact: true }).click()
    await expect.poll(() => total('Calls').textContent(), { timeout: 60_000 }).not.toBe(all)
    await page.getByRole('button', { name: 'Rate limited', exact: true }).click()
    await page.getByRole('button', { name: 'Remove the filter Outcome: Rate limited' }).click()
    await page.getByRole('button', { name: 'Remove the filter Provider: second' }).click()
    await expect.poll(() => total('Calls').textContent(), { timeout: 60_000 }).toBe(all)
    expect(query()).toEqual({ range: '90d' })
  })

  it('can be read and used by keyboard: the table of a chart, a measure that is hidden, the order of groups', async () => {
    const table = page.getByRole('button', { name: 'Show as a table' }).first()
    await table.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Calls, newest first' }).first().getByRole('row').nth(90).waitFor()
    await checkPage(page, 'a chart as a table')
    await page.getByRole('button', { name: 'Show as a chart' }).press('Enter')
    const failed = page.getByRole('button', { name: 'Failed', exact: true }).first()
    await failed.press('Enter')
    expect(await failed.getAttribute('aria-pressed')).toBe('false')
    await page.getByRole('columnheader', { name: 'Output tokens' }).getByRole('button').press('Enter')
    expect(query()).toMatchObject({ sort: 'output' })
  })

  it('exports what is shown', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV: Who used what' }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe('usage-by-provider.csv')
    expect(readFileSync(await file.path(), 'utf8')).toMatch(/^Provider,calls,failed,.*\r\n(first|second),\d+,/)
    const names = new Set<string>()
    for (const what of ['Calls', 'Tokens', 'Time to first byte', 'Who used what', 'Newest calls']) {
      const saved = page.waitForEvent('download')
      await page.getByRole('button', { name: `Export CSV: ${what}`, exact: true }).click()
      names.add((await saved).suggestedFilename())
    }
    expect(names.size, 'each table has a file of its own').toBe(5)
  })

  it('shows the day that is used where a first day after the last one is asked for, each time', async () => {
    await open('/usage?range=own&from=2026-11-01&until=2026-11-10')
    const first = page.getByLabel('First day (UTC)')
    for (const day of ['2026-11-20', '2026-11-25']) {
      await first.fill(day)
      await first.blur()
      await expect.poll(() => query()).toMatchObject({ from: day })
      await expect.poll(() => first.inputValue()).toBe('2026-11-10')
    }
  })

  it('shows the usage of a provider on its page, with the way to all of it', async () => {
    await page.goto(`${bench.gateway.url}/console/providers/first`)
    await page.getByRole('heading', { name: 'Usage in 7 days' }).waitFor()
    await total('Calls').waitFor()
    await page.getByRole('link', { name: 'All usage' }).click()
    await page.getByRole('button', { name: 'Remove the filter Provider: first' }).waitFor()
  })

  it.each(['9999-12-31', '0000-01-01'])('shows a range that ends at the edge of the calendar: %s', async (day) => {
    await open(`/usage?range=own&until=${day}`)
    await page.getByText('No model call matches').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('shows somebody who is no admin their own calls', async () => {
    const window = await bench.signIn(caller.value)
    await window.goto(`${bench.gateway.url}/console/usage?range=90d`)
    await window.getByText('You see the calls of your own token').waitFor()
    await expect.poll(() => window.locator('.total strong').first().textContent(), { timeout: 60_000 }).toBe(String(CALLS))
    await window.context().close()
  })

  it('says on the page of a provider whose calls it leaves out, to somebody who is no admin', async () => {
    const { value } = await bench.createToken('VIEWER')
    const window = await bench.signIn(value)
    await window.goto(`${bench.gateway.url}/console/providers/first`)
    await window.getByText('No calls in 7 days').waitFor()
    await window.getByText('You see the calls of your own token. Admins see all calls.').waitFor()
    await window.context().close()
  })

  it('shows each group once, however they are sorted, also providers that had one name one after the other', async () => {
    for (const calls of [1, 2, 1]) {
      await bench.createProvider('phoenix')
      for (let index = 0; index < calls; index += 1) expect((await call('phoenix', 'größe')).status).toBe(200)
      await bench.ask('mutation { deleteProvider(input: { provider: { name: "phoenix" } }) { __typename } }')
    }
    await open('/usage?range=24h&by=provider')
    const group = page.getByRole('region', { name: 'Usage by provider' }).getByRole('rowheader', { name: 'phoenix' })
    await expect.poll(() => group.count()).toBe(3)
    for (let index = 0; index < 3; index += 1) {
      await page.getByRole('columnheader', { name: 'Calls' }).getByRole('button').press('Enter')
      expect(await group.count()).toBe(3)
    }
  })

  it('marks a file with other letters than ASCII as UTF-8, for spreadsheets', async () => {
    await page.getByText('größe').first().waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV: Newest calls' }).click()
    expect(readFileSync(await (await download).path(), 'utf8')).toMatch(/^\ufeffstarted,/)
  })

  it('asks no other machine for anything, and logs no error', () => {
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
  })

  it('leads from a page of a list that is not there to the first one, and offers no second try of what is refused each time', async () => {
    for (const path of ['/usage', '/keys', '/tokens', '/audit', '/routes']) {
      await page.goto(`${bench.gateway.url}/console${path}?after=garbage`)
      const way = page.getByRole('button', { name: 'Show the first page' })
      await way.waitFor()
      expect(await page.getByRole('button', { name: 'Try again' }).count(), path).toBe(0)
      await way.focus()
      await page.keyboard.press('Enter')
      await page.getByText('This did not work').waitFor({ state: 'detached' })
      await page.locator('h1:focus').waitFor()
      expect(query(), path).toEqual({})
    }
  })
})
