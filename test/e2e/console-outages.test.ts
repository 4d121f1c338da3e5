import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, createExamples, PAGES, useConsoleBench } from '../support/console.ts'

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
  const bench = useConsoleBench()
  let page: Page

  beforeAll(async () => {
    await createExamples(bench)
    page = await bench.signIn()
  })

  it.each([...PAGES, ['/routes', 'No routes'] as const])('does not break the page %s, which goes on by itself', async (path, landmark) => {
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

  it('calls no change unmade whose answer alone was lost', async () => {
    await page.goto(`${bench.gateway.url}/console/providers/openai`)
    const key = page.getByRole('switch', { name: /^Key .* enabled$/ })
    await key.waitFor()
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation')) return route.continue()
      await route.fetch()
      await route.abort('connectionreset')
    })
    await key.click({ force: true })
    await page.getByText('The change may have been made').waitFor()
    expect(await page.getByText('Nothing was changed').count()).toBe(0)
    await expect.poll(() => key.isChecked()).toBe(false)
    await page.goto(`${bench.gateway.url}/console/tokens`)
    await page.getByRole('button', { name: 'Revoke for the robot' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('The change may have been made').waitFor()
    expect(await page.getByText('was not revoked').count()).toBe(0)
    await page.unroute('**/graphql')
  })

  /** Holds back every change until it is let go; tells when the first one is on its way. */
  const holdBack = async () => {
    let letGo = () => {}
    let isComing = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const isOnItsWay = new Promise<void>((resolve) => {
      isComing = resolve
    })
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation')) return route.continue()
      isComing()
      await held
      await route.continue()
    })
    return { isOnItsWay, letGo }
  }

  it('leaves a dialog open until it has answered: a new token is not lost, and a refusal is told, where the focus is kept', async () => {
    await page.goto(`${bench.gateway.url}/console/tokens`)
    await page.getByRole('button', { name: 'Create token' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('slowly made')
    const making = await holdBack()
    await page.keyboard.press('Enter')
    await making.isOnItsWay
    await page.keyboard.press('Escape')
    expect(await dialog.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true)
    making.letGo()
    await dialog.getByText('It is shown only once').waitFor()
    await page.unroute('**/graphql')

    const { createProvider: made } = await bench.createProvider('going')
    await page.goto(`${bench.gateway.url}/console/providers/going`)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete provider…' }).click()
    const deleting = await holdBack()
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await deleting.isOnItsWay
    await page.keyboard.press('Escape')
    await bench.ask('mutation ($id: ID!) { updateProvider(input: { provider: { id: $id }, displayName: "Changed" }) { __typename } }', {
      id: made.provider.id,
    })
    deleting.letGo()
    await dialog.getByText('Somebody changed the provider meanwhile').waitFor()
    await page.waitForFunction(() => document.activeElement?.textContent === 'Delete')
    await page.unroute('**/graphql')
  })

  it('keeps what was typed for a provider from another one that has its name by now', async () => {
    const { createProvider: made } = await bench.createProvider('replaced')
    await page.goto(`${bench.gateway.url}/console/providers/replaced`)
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByRole('dialog').getByLabel('API key', { exact: true }).fill('sk-for-the-first-one')
    await page.context().setOffline(true)
    await bench.ask('mutation ($id: ID!) { deleteProvider(input: { provider: { id: $id } }) { __typename } }', { id: made.provider.id })
    await bench.createProvider('replaced', { displayName: 'Another one' })
    await page.context().setOffline(false)
    await page.getByRole('heading', { name: 'Another one' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})
