import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everyVendor } from '../sdks/vendor-answers.ts'
import { refusal, startCallVendor } from '../support/call-vendor.ts'
import { CHROMIUM, checkPage, useConsoleBench } from '../support/console.ts'
import { packageFolder } from '../support/package-folder.ts'
import { useStarted } from '../support/use-started.ts'

const run = promisify(execFile)
const packages = packageFolder('sdks')

const PROVIDERS = [
  ['openai', 'OPENAI', '/v1'],
  ['azure', 'AZURE', ''],
  ['anthropic', 'ANTHROPIC', ''],
  ['google', 'GOOGLE', ''],
  ['bedrock', 'BEDROCK', ''],
  ['compatible', 'OPENAI_COMPAT', '/openai/v1'],
  ['openrouter', 'OPENROUTER', '/api/v1'],
  ['vercel', 'VERCEL', '/v1'],
] as const

describe.skipIf(!existsSync(CHROMIUM))('"Use it" on the page of a provider', () => {
  const bench = useConsoleBench()
  let token: string
  let page: Page
  let folder: string

  const vendor = useStarted(() => startCallVendor(everyVendor))
  beforeAll(async () => {
    for (const [name, type, path] of PROVIDERS) await bench.createProvider(name, inputOf(type, vendor.origin + path))
    token = await createToken({ role: 'CALLER', calls: {} })
    page = await bench.signIn()
    folder = mkdtempSync(join(tmpdir(), 'use-it-'))
    if (packages.isInstalled) symlinkSync(join(packages.path, 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  function inputOf(type: string, baseUrl: string) {
    const bedrock = { region: 'eu-central-1', accessKey: 'AKIAGOODAAAABBBBCCCC', accessKeySecret: 'sk-aws-good-fixture-aaaa-bbbb' }
    return type === 'BEDROCK' ? { type, baseUrl, apiKeys: [], settings: { bedrock } } : { type, baseUrl }
  }

  async function createToken(input: Readonly<Record<string, unknown>>): Promise<string> {
    const made = await bench.ask<{ createAccessToken: { value: string } }>(
      'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on CreateAccessTokenPayload { value } } }',
      { input: { name: 'test', ...input } },
    )
    return made.createAccessToken.value
  }

  const open = async (window: Page, path: string) => {
    await window.goto(`${bench.gateway.url}/console${path}`)
    await window.getByRole('heading', { name: 'Use it' }).waitFor()
  }

  /** The lines of each tool, as a person sees them. */
  async function linesOf(name: string): Promise<ReadonlyMap<string, string>> {
    await open(page, `/providers/${name}`)
    const lines = new Map<string, string>()
    for (const tab of await page.getByRole('tablist', { name: 'SDKs and tools' }).getByRole('tab').all()) {
      await tab.click()
      lines.set((await tab.textContent()) ?? '', (await page.locator('.use-lines').textContent()) ?? '')
    }
    return lines
  }

  /** Runs lines as they stand, with the token where they say. */
  async function runLines(label: string, lines: string): Promise<string> {
    const env = { PATH: process.env.PATH, GATEWAY_TOKEN: token }
    if (label === 'curl') return (await run('sh', ['-eu', '-c', lines], { env })).stdout
    const file = join(folder, `${label.replaceAll(/\W+/g, '-')}.mjs`)
    writeFileSync(file, lines)
    return (await run(process.execPath, [file], { env, cwd: folder })).stdout
  }

  const isProgram = (label: string) => label === 'curl' || (packages.isInstalled && /TypeScript|^AI SDK$/.test(label))

  it.each(PROVIDERS)('shows lines for %s that reach a model as they stand, in a shell and with each SDK', async (name) => {
    const programs = [...(await linesOf(name))].filter(([label]) => isProgram(label))
    expect(programs.length).toBeGreaterThanOrEqual(packages.isInstalled ? 3 : 1)
    for (const [label, lines] of programs) {
      vendor.requests.length = 0
      expect(await runLines(label, lines), `${name}, ${label}`).toContain('Hello there.')
      expect(vendor.requests, label).toHaveLength(1)
      expect(JSON.stringify(vendor.requests[0]?.rawHeaders), label).not.toContain(token)
    }
  })

  it('shows for tools the address that their SDK takes, and says where the token goes', async () => {
    const anthropic = await linesOf('anthropic')
    expect(anthropic.get('Claude Code')).toContain(`ANTHROPIC_BASE_URL='${bench.gateway.url}/ai/anthropic'`)
    const openai = await linesOf('openai')
    expect(openai.get('Codex')).toContain(`base_url = "${bench.gateway.url}/ai/openai/v1"`)
    expect([...openai.keys()]).toEqual(expect.arrayContaining(['LangChain', 'Open WebUI', 'LibreChat', 'Continue']))
    for (const [label, lines] of [...anthropic, ...openai]) expect(lines, label).toMatch(/GATEWAY_TOKEN|env_key/)
  })

  it('names the tool in its address, so that a link shows it, and is used by keyboard', async () => {
    await open(page, '/providers/openai?use=codex')
    await page.getByText('wire_api = "responses"').waitFor()
    await page.getByRole('tab', { name: 'Codex' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('ChatOpenAI(').waitFor()
    expect(new URL(page.url()).search).toBe('?use=langchain')
    await page.getByRole('button', { name: 'Copy the lines for LangChain' }).click()
    await page.getByRole('button', { name: 'Copied the lines for LangChain' }).waitFor()
  })

  it('makes a token for the provider alone, with the scope filled in', async () => {
    await open(page, '/providers/openai')
    await page.getByRole('button', { name: 'Create a token for this' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('for openai alone')
    await dialog.getByRole('button', { name: 'Create token' }).click()
    const made = (await page.locator('.made-token').textContent()) ?? ''
    await page.getByRole('button', { name: 'Done' }).click()
    expect((await chat('compatible', made)).status).toBe(404)
    expect((await chat('openai', made)).status).toBe(200)
  })

  const chat = (provider: string, bearer: string) =>
    fetch(`${bench.gateway.url}/ai/${provider}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5', messages: [] }),
    })

  const NARROW_KEY = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }'
  async function keyId(provider: string): Promise<string> {
    const found = await bench.ask<{ provider: { apiKeys: { nodes: { id: string }[] } } }>(
      'query ($name: String!) { provider(by: { name: $name }) { apiKeys { nodes { id } } } }',
      { name: provider },
    )
    return found.provider.apiKeys.nodes[0]?.id ?? ''
  }

  it('shows that a key rests, why and until when, and an editor lets calls use it again', async () => {
    await bench.ask(NARROW_KEY, {
      input: {
        provider: { name: 'openai' },
        keepOtherApiKeys: true,
        apiKeys: [{ keep: { id: await keyId('openai'), models: ['gpt-*'], exceptModels: ['gpt-5-pro'] } }],
      },
    })
    vendor.answerWith(refusal(401, { error: { message: 'Incorrect API key provided' } }))
    expect((await chat('openai', token)).status).toBe(502)
    vendor.answerWith(everyVendor)
    const { value } = await bench.createToken('EDITOR')
    const editor = await bench.signIn(value)
    await open(editor, '/providers/openai')
    const key = editor.locator('.key-row')
    await key.getByText(/Refused.*The vendor refused the key \(401\)\..*Tried again.*Last used/).waitFor()
    await editor.getByText('The vendor refuses every enabled key').first().waitFor()
    await key.getByText(/Models: gpt-\*\..*Not for gpt-5-pro\./).waitFor()
    await checkPage(editor, 'a key that rests')
    await key.getByRole('button', { name: /^Reset availability of the key/ }).click()
    await key.getByText('Ready').waitFor()
    await editor.getByText('Calls are refused now').waitFor({ state: 'detached' })
    expect((await chat('openai', token)).status).toBe(200)
    expect(await editor.getByRole('button', { name: 'Edit model calls' }).count(), 'is for admins').toBe(0)
    await editor.context().close()
  })

  it('says why a provider is not called, and what to do', async () => {
    await bench.createProvider('keyless', { type: 'OPENAI', apiKeys: [] })
    await open(page, '/providers/keyless')
    await page.getByText('No API key is stored. Add one.').first().waitFor()
    await bench.ask('mutation { updateProvider(input: { provider: { name: "keyless" }, enabled: false }) { __typename } }')
    await page.getByText('It is disabled. An editor can enable it.').first().waitFor()
  })

  it('lets an admin choose the routes and headers of calls, and says what that risks', async () => {
    await open(page, '/providers/compatible')
    await page.getByRole('button', { name: 'Edit model calls' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Every route of the API').check()
    await dialog.getByText('Callers may manage the account').waitFor()
    await dialog.getByLabel('More headers').fill('X-Team\nx-api-key')
    await dialog.getByText('A header can send the key elsewhere').waitFor()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('x-api-key: A header that carries a credential is never passed on.').waitFor()
    await dialog.getByLabel('More headers').fill('X-Team')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Every route of the API').waitFor()
    await dialog.waitFor({ state: 'detached' })
    const { provider } = await bench.ask<{ provider: unknown }>('{ provider(by: { name: "compatible" }) { callRoutes callHeaders } }')
    expect(provider).toEqual({ callRoutes: 'ALL', callHeaders: ['x-team'] })
  })

  it('is all that a caller sees: the providers of the token, and nothing of the registry', async () => {
    const caller = await bench.openWindow()
    const queries: string[] = []
    caller.on('request', (request) => {
      if (request.url().endsWith('/graphql')) queries.push(request.postDataJSON().operationName)
    })
    await caller.goto(`${bench.gateway.url}/console`)
    await caller
      .getByLabel('Access token', { exact: true })
      .fill(await createToken({ role: 'CALLER', calls: { providers: [{ name: 'google' }, { name: 'anthropic' }] } }))
    await caller.getByRole('button', { name: 'Sign in' }).click()
    await caller.getByRole('heading', { name: 'anthropic' }).waitFor()
    await checkPage(caller, 'the page of a caller')
    await expect
      .poll(() => caller.getByLabel('Provider', { exact: true }).locator('option').allTextContents())
      .toEqual(['anthropic', 'google'])
    await caller.getByLabel('Provider', { exact: true }).selectOption('google')
    await caller.getByText(`${bench.gateway.url}/ai/google/v1beta/models`).waitFor()
    // The chosen tool stays the chosen one, where the other provider has it too.
    await caller.getByRole('tab', { name: 'AI SDK', exact: true }).click()
    await caller.getByLabel('Provider', { exact: true }).selectOption('anthropic')
    await caller.getByRole('tab', { name: 'AI SDK', exact: true, selected: true }).waitFor()
    expect(queries).toEqual(['Viewer'])
    await caller.goto(`${bench.gateway.url}/console/tokens`)
    await caller.getByRole('heading', { name: 'Use it' }).waitFor()
    await caller.context().close()
  })

  it('names a model that the token of a caller may call', async () => {
    const own = await createToken({ role: 'CALLER', calls: { providers: [{ name: 'openai' }], models: ['gpt-4*', 'my-model'] } })
    const caller = await bench.openWindow()
    await caller.goto(`${bench.gateway.url}/console`)
    await caller.getByLabel('Access token', { exact: true }).fill(own)
    await caller.getByRole('button', { name: 'Sign in' }).click()
    await caller.getByText('"model":"my-model"').waitFor()
    await caller.context().close()
  })

  it('tells a caller without a provider what to do', async () => {
    await bench.createProvider('switched-off', { enabled: false })
    const caller = await bench.openWindow()
    await caller.goto(`${bench.gateway.url}/console`)
    await caller
      .getByLabel('Access token', { exact: true })
      .fill(await createToken({ role: 'CALLER', calls: { providers: [{ name: 'switched-off' }] } }))
    await caller.getByRole('button', { name: 'Sign in' }).click()
    await caller.getByText('Ask an admin for another scope').waitFor()
    await caller.context().close()
  })

  it('asks no other machine for anything, and logs no error', () => {
    expect(bench.misdeeds.foreignRequests).toEqual([])
    expect(bench.misdeeds.problems).toEqual([])
    expect(bench.misdeeds.urls.filter((url) => url.includes(token))).toEqual([])
  })
})
