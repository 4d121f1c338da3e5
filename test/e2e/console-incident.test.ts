import { existsSync, readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, checkPage, GOOD_KEY, OTHER_GOOD_KEY, useConsoleBench, WIDE } from '../support/console.ts'

const LEAKED = GOOD_KEY
const MOST_CLICKS = 8

describe.skipIf(!existsSync(CHROMIUM))('the keys of all providers, and a key that has leaked', () => {
  const bench = useConsoleBench()
  let page: Page

  beforeAll(async () => {
    await bench.createProvider('openai', {
      displayName: 'OpenAI production',
      apiKeys: [{ credential: { value: LEAKED }, name: 'primary' }],
    })
    await bench.createProvider('other', { apiKeys: [{ credential: { value: 'sk-other-0123456789wxyz' }, enabled: false }] })
    await bench.testProvider('other')
    const { createAccessToken: made } = await bench.ask<{ createAccessToken: { value: string } }>(
      'mutation { createAccessToken(input: { name: "web team", role: CALLER, calls: {} }) { ... on CreateAccessTokenPayload { value } } }',
    )
    const answer = await fetch(`${bench.gateway.url}/ai/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${made.value}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] }),
    })
    expect(answer.status).toBe(200)
    await answer.text()
    page = await bench.signIn(undefined, { colorScheme: 'light', viewport: WIDE })
  })

  const open = (path: string) => page.goto(`${bench.gateway.url}/console${path}`)
  const masks = () => page.getByRole('rowheader').getByRole('link').allTextContents()
  const shows = (expected: readonly string[]) => expect.poll(masks, { timeout: 60_000 }).toEqual(expected)

  it('are listed with their providers and states, and found by end, name, outcome and state, which stand in the URL', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Keys' }).click()
    await shows(['sk-o...wxyz', 'sk-g...cdef'])
    await page.getByRole('row', { name: /sk-o\.\.\.wxyz.*other.*Disabled/ }).waitFor()
    await page.getByLabel('Enabled').selectOption('true')
    await shows(['sk-g...cdef'])
    expect(new URL(page.url()).search).toBe('?enabled=true')
    await open('/keys?search=primary')
    await shows(['sk-g...cdef'])
    await open('/keys?search=nothing-like-it')
    await page.getByText('No key matches').waitFor()
  })

  it('are exported as they are shown', async () => {
    await open('/keys')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV: Keys' }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe('keys.csv')
    expect(readFileSync(await file.path(), 'utf8')).toMatch(
      /^key,name,.*\r\nsk-o\.\.\.wxyz,,other,false,DISABLED,.*\r\nsk-g\.\.\.cdef,primary,openai,true,READY,/,
    )
  })

  it('say in the first line that one is refused, and lead there', async () => {
    await bench.createProvider('refused', { apiKeys: [{ credential: { value: 'sk-refused-0123456789fade' } }] })
    await bench.testProvider('refused')
    await open('/keys')
    await page.getByText('1 enabled key was refused').waitFor()
    await checkPage(page, 'keys with a banner')
    await page.getByRole('link', { name: 'Show refused keys' }).click()
    await shows(['sk-r...fade'])
    await bench.ask('mutation { deleteProvider(input: { provider: { name: "refused" } }) { __typename } }')
    await page.getByText('No key matches').waitFor()
    await open('/keys')
    await shows(['sk-o...wxyz', 'sk-g...cdef'])
    expect(await page.getByText('was refused').count()).toBe(0)
  })

  it('are searched by their last four characters alone when a whole one is pasted', async () => {
    await open('/keys')
    await page.getByLabel('Search keys').fill(LEAKED)
    await shows(['sk-g...cdef'])
    expect(new URL(page.url()).search).toBe('?search=cdef')
    expect(bench.misdeeds.urls.filter((url) => url.includes(LEAKED))).toEqual([])
  })

  it(`takes at most ${MOST_CLICKS} clicks from its last four characters to the audit entry of its rotation`, async () => {
    await open('/')
    let clicks = 0
    const click = async (target: Locator) => {
      await target.click()
      clicks += 1
    }
    const dialog = page.getByRole('dialog')

    await click(page.getByRole('navigation').getByRole('link', { name: 'Keys' }))
    await click(page.getByLabel('Search keys'))
    await page.keyboard.type('cdef')
    await shows(['sk-g...cdef'])
    await click(page.getByRole('row', { name: /sk-g\.\.\.cdef/ }).getByText('Ready'))

    // Who and what uses it.
    await page.getByRole('heading', { name: 'sk-g...cdef', exact: true }).waitFor()
    await page.getByRole('list', { name: 'Callers' }).getByText('web team').waitFor()
    await page.getByRole('list', { name: 'Models' }).getByText('gpt-4.1').waitFor()
    await page.getByRole('main').getByRole('link', { name: 'OpenAI production' }).waitFor()

    await click(page.getByRole('button', { name: 'Rotate key' }))
    await dialog.getByLabel('New API key', { exact: true }).fill(OTHER_GOOD_KEY)
    await click(dialog.getByRole('button', { name: 'Test first' }))
    await dialog.getByRole('status').filter({ hasText: '3 models' }).waitFor()
    await click(dialog.getByRole('button', { name: 'Rotate', exact: true }))
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'sk-o...3210', exact: true }).waitFor()

    await click(page.getByRole('link', { name: 'Audit log' }))
    await page.getByRole('row', { name: /provider updated.*sk-g\.\.\.cdef → sk-o\.\.\.3210.*openai/ }).waitFor()
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS)
  })

  it('leads from a key of a provider to its page, and to all that it was used for', async () => {
    await open('/providers/openai')
    await page.getByRole('link', { name: 'sk-o...3210' }).click()
    await page.getByRole('heading', { name: 'sk-o...3210', exact: true }).waitFor()
    await page.getByRole('link', { name: 'All usage: Callers in 30 days' }).click()
    await page.getByRole('button', { name: 'Remove the filter Key: sk-o...3210' }).waitFor()
  })

  it('shows a viewer the key and no control that changes it', async () => {
    const viewer = await bench.signIn((await bench.createToken('VIEWER')).value)
    await viewer.getByRole('navigation').getByRole('link', { name: 'Keys' }).click()
    await viewer.getByRole('link', { name: 'sk-o...3210' }).click()
    await viewer.getByText('You see the calls of your own token').waitFor()
    expect(await viewer.getByRole('main').getByRole('button').count()).toBe(0)
    expect(await viewer.getByRole('link', { name: 'Audit log' }).count()).toBe(0)
    await viewer.context().close()
  })

  it('says so when the key is gone', async () => {
    await page.goBack()
    await page.getByRole('heading', { name: 'sk-o...3210', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Actions for the key sk-o...3210' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('heading', { name: 'No such key' }).waitFor()
    for (const id of [btoa('ApiKey:6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e'), 'mistyped']) {
      await open('/keys')
      await open(`/keys/${id}`)
      await page.getByRole('heading', { name: 'No such key' }).waitFor()
    }
  })

  it('asks no other machine for anything, logs no error, and lets no key into a URL', () => {
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
    for (const key of [LEAKED, OTHER_GOOD_KEY]) expect(bench.misdeeds.urls.filter((url) => url.includes(key))).toEqual([])
  })
})
