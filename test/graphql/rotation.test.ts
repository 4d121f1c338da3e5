import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { beforeEach, describe, expect, test } from 'vitest'
import { fingerprint } from '../../src/crypto/envelope.ts'
import { generateKeyText, parseKeyring } from '../../src/crypto/keyring.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { runCommand, runJson } from '../support/command-line.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type Writer, writerOf } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { withStore } from '../support/store.ts'
import { useStarted } from '../support/use-started.ts'
import { workerProgram } from '../support/worker-programs.ts'

const KEY = 'sk-a-key-that-is-sealed-anew-0123'
const [OLD, NEW] = [generateKeyText(), generateKeyText()]
const [OLD_ID = '', NEW_ID = ''] = [OLD, NEW].map((text) => parseKeyring(text).primary.kid)
const KEYS = 260

interface Status {
  readonly kid: string
  readonly use: string
  readonly secrets: number
}
interface Rotated {
  readonly resealed: number
  readonly unreadable: number
  readonly remaining: number
}

let gateway: TestGateway
let writer: Writer
const recorder = useStarted(() => startRecorder(KEY))

const environmentOf = (keys: string) => ({ ...gateway.shared, ENCRYPTION_KEYS: keys, OUTBOUND_ALLOW: 'loopback' })
const run = (argv: readonly string[], keys = `${NEW},${OLD}`) => runCommand(argv, { environment: environmentOf(keys) })
const status = (keys?: string) => runJson<Status[]>(['keys', 'status'], { environment: environmentOf(keys ?? `${NEW},${OLD}`) })
const rotate = () => runJson<Rotated>(['keys', 'rotate'], { environment: environmentOf(`${NEW},${OLD}`) })
const countUnder = (kid: string) => withStore(gateway, (store) => store.apiKeySecret.count({ where: { kid } }))
const retire = () => runJson(['keys', 'retire', '--', OLD_ID], { environment: environmentOf(`${NEW},${OLD}`) })
const actions = async () => {
  const where = { subjectType: 'encryption_key', channel: 'cli' }
  const events = await withStore(gateway, (store) => store.auditEvent.findMany({ where, orderBy: { number: 'asc' } }))
  return events.map(({ action }) => action)
}
/** Counted by the texts themselves, not by the column that names the key. */
const sealedTextsUnder = (kid: string) =>
  withStore(gateway, async (store) => {
    const where = { sealed: { startsWith: `gw2.${kid}.` } }
    return (await store.apiKeySecret.count({ where })) + (await store.providerSecret.count({ where }))
  })

/** Every kind of secret there is: five of one provider and its key, two of another provider, and many keys. */
async function storeEverything(): Promise<string> {
  const apiKeys = Array.from({ length: 100 }, (_, index) => ({ credential: { value: `${KEY}-${index}` } }))
  for (let left = KEYS; left > 0; left -= 100) await writer.created({ apiKeys: apiKeys.slice(0, left) })
  await writer.created({
    type: 'BEDROCK',
    settings: { bedrock: { region: 'us-east-1', accessKey: 'AKIA0000000000000001', accessKeySecret: 'a-secret-access-key' } },
  })
  const { id } = await writer.created({
    baseUrl: recorder.origin,
    apiKeys: [{ credential: { value: KEY }, credentialParts: [{ name: 'azure.clientSecret', credential: { value: 'a-client-secret' } }] }],
    network: {
      extraHeaders: [{ name: 'X-Api-Key', value: 'a-header-that-authenticates' }],
    },
    sealedExtensions: [{ namespace: 'acme', name: 'settings', value: '{"api_key":"in-the-settings"}' }],
  })
  return id
}

/** A gateway that has sealed with the old key, and runs with the new one in front of it. */
let tested = ''
beforeEach(async () => {
  gateway = await startTestGateway({ environment: { ENCRYPTION_KEYS: OLD, OUTBOUND_ALLOW: 'loopback' } })
  writer = writerOf(gateway)
  tested = await storeEverything()
  await gateway.restart({ ENCRYPTION_KEYS: `${NEW},${OLD}` })
  return () => gateway.close()
})

describe('keys rotate', () => {
  test('brings every kind of secret under the first key beside a running gateway, and the old key is not needed any more', async () => {
    expect(await status()).toMatchObject([
      { kid: NEW_ID, use: 'seals', secrets: 0 },
      { kid: OLD_ID, use: 'opens', secrets: KEYS + 6 },
    ])
    expect(await rotate()).toMatchObject({ resealed: KEYS + 6, unreadable: 0, remaining: 0 })
    expect(await writer.test(tested)).toMatchObject({ success: true })
    // A second run has nothing to do, and is no event.
    expect(await rotate()).toMatchObject({ resealed: 0, remaining: 0 })
    expect(await actions()).toEqual(['encryption_key.rotation_started', 'encryption_key.rotated'])
    const expected = fingerprint(parseKeyring(NEW), new Secret(`${KEY}-0`))
    expect(await withStore(gateway, (store) => store.apiKeySecret.count({ where: { fingerprint: expected } }))).toBe(3)

    expect((await run(['keys', 'status'])).output).toContain('A key that only opens and has nothing under it can be retired')
    expect(await retire()).toMatchObject({ changed: true })
    expect(await retire()).toMatchObject({ changed: false })
    expect((await run(['keys', 'status'])).output).toContain('A retired key is still configured: remove it')
    expect(await status(NEW)).toMatchObject([
      { kid: NEW_ID, use: 'seals', secrets: KEYS + 6 },
      { kid: OLD_ID, use: 'retired', configured: false, secrets: 0, tokens: 0, retiredAt: expect.any(String) },
    ])
    expect((await run(['keys', 'status'], NEW)).output).not.toContain('retired key')
    expect((await actions()).slice(2)).toEqual(['encryption_key.retired'])
    await gateway.stop()
    await expect(gateway.restart({ ENCRYPTION_KEYS: `${OLD},${NEW}` })).rejects.toThrow('was retired')
    await gateway.restart({ ENCRYPTION_KEYS: NEW })
    expect(await writer.test(tested)).toMatchObject({ success: true })
    expect(recorder.requests.at(-1)?.headers).toMatchObject({ 'x-api-key': 'a-header-that-authenticates' })
    expect(await run(['keys', 'verify'], NEW)).toMatchObject({ exitCode: 0, output: expect.stringContaining(`${KEYS + 6}`) })
    expect(await sealedTextsUnder(OLD_ID)).toBe(0)
    expect(await sealedTextsUnder(NEW_ID)).toBe(KEYS + 6)
  })

  test('that was killed after a page is gone on with where it was', async () => {
    for (const [pages, before] of [
      [1, KEYS + 2],
      [1, KEYS - 98],
    ] as const) {
      expect(await countUnder(OLD_ID)).toBeLessThan(before)
      const child = spawn(process.execPath, [workerProgram('rotation-worker'), gateway.databaseUrl, String(pages)], {
        env: { PATH: process.env.PATH, ENCRYPTION_KEYS: `${NEW},${OLD}` },
        stdio: 'inherit',
      })
      expect((await once(child, 'exit'))[1]).toBe('SIGKILL')
      expect(await writer.test(tested)).toMatchObject({ success: true })
    }
    expect(await countUnder(NEW_ID)).toBe(200)
    expect(await rotate()).toMatchObject({ resealed: KEYS + 6 - 200, remaining: 0 })
    expect(await run(['keys', 'verify'])).toMatchObject({ exitCode: 0 })
  })

  test('twice at once seals each secret once, while clients read, write and test', async () => {
    let rotating = true
    const clients = [1, 2].map(async () => {
      const outcomes: unknown[] = []
      while (rotating) {
        const { id, apiKeys } = await writer.created({ baseUrl: recorder.origin, apiKeys: [{ credential: { value: KEY } }] })
        await writer.updated(id, {
          baseUrl: `${recorder.origin.replace('127.0.0.1', 'localhost')}`,
          apiKeys: [{ keep: { id: apiKeys.nodes[0]?.id } }],
        })
        outcomes.push((await writer.test(id)).success, (await writer.test(tested)).success)
      }
      return outcomes
    })
    const [one, other] = await Promise.all([rotate(), rotate()])
    rotating = false
    const outcomes = (await Promise.all(clients)).flat()
    expect(outcomes.length).toBeGreaterThan(0)
    expect(new Set(outcomes)).toEqual(new Set([true]))
    expect(one.resealed + other.resealed).toBe(KEYS + 6)
    expect(await countUnder(OLD_ID)).toBe(0)
    expect(await run(['keys', 'verify'])).toMatchObject({ exitCode: 0 })
  })

  test('leaves a secret that does not open as it is, counts it, and fails; verify names its provider', async () => {
    const provider = await withStore(gateway, async (store) => {
      const row = await store.apiKeySecret.findFirstOrThrow({ include: { apiKey: { include: { provider: true } } } })
      await store.apiKeySecret.update({ where: { apiKeyId: row.apiKeyId }, data: { sealed: `${row.sealed.slice(0, -4)}AAAA` } })
      return row.apiKey.provider.name
    })
    const { exitCode, output, errors } = await run(['keys', 'rotate'])
    expect([exitCode, output]).toEqual([1, expect.stringContaining('1 secret still sealed with another key')])
    expect(errors).toContain('cannot be opened')
    expect(await countUnder(OLD_ID)).toBe(1)
    expect(await run(['keys', 'verify'])).toMatchObject({
      exitCode: 1,
      errors: expect.stringMatching(new RegExp(`1 secret cannot be read.* these providers again: ${provider}\\.`)),
    })
    expect(await run(['keys', 'retire', '--', OLD_ID])).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('1 stored secret is'),
    })
  })

  test('is nothing that other keys can do: verify says which ones are missing, with 78', async () => {
    const { exitCode, output, errors } = await run(['keys', 'verify'], generateKeyText())
    expect([exitCode, output]).toEqual([78, expect.stringMatching(/ 0 {2}can be read\n +[1-9]\d* {2}need a key that is not configured/)])
    expect(errors).toContain(NEW_ID)
    expect((await run(['keys', 'status'], generateKeyText())).output).toContain('None of the configured keys belongs to this database')
  })

  test('is refused with a key that no gateway was started with', async () => {
    const unknown = generateKeyText()
    const { exitCode, errors } = await run(['keys', 'rotate'], `${unknown},${NEW},${OLD}`)
    expect([exitCode, errors]).toEqual([78, expect.stringContaining('No gateway has been started')])
    expect(await countUnder(OLD_ID)).toBe(KEYS + 1)
    expect((await status(`${unknown},${NEW},${OLD}`))[0]).toMatchObject({ use: 'new', secrets: 0 })
    for (const [keys, advice] of [
      [`${unknown},${NEW},${OLD}`, 'No gateway has been started with the new key yet'],
      [`${NEW},${OLD}`, ' not yet sealed with the first key:\nrun `gateway keys rotate`.'],
      [NEW, 'Secrets or tokens are under a key that is not configured: put it back'],
    ] as const)
      expect((await run(['keys', 'status'], keys)).output).toContain(advice)
  })
})

describe('the commands on keys', () => {
  test('refuse to retire a key while a secret is under it, the first key, and an unknown one', async () => {
    for (const [kid, reason] of [
      [OLD_ID, `${KEYS + 6} stored secrets are still under this key`],
      [NEW_ID, 'first of the configured keys'],
      ['unknown', 'knows no encryption key'],
    ] as const)
      expect(await run(['keys', 'retire', '--', kid])).toMatchObject({ exitCode: 1, errors: expect.stringContaining(reason) })
    expect(new Set(await actions())).toEqual(new Set(['encryption_key.change_refused']))
    expect((await status()).map(({ use }) => use)).toEqual(['seals', 'opens'])
  })

  test('print neither a key nor a secret', async () => {
    const commands = [
      ['keys', 'status'],
      ['keys', 'verify'],
      ['keys', 'rotate'],
      ['keys', 'retire', '--', OLD_ID],
      ['keys', 'status'],
    ]
    for (const argv of commands)
      for (const form of [argv, [...argv.slice(0, 2), '--json', ...argv.slice(2)]]) {
        const { output, errors } = await run(form)
        for (const secret of [KEY, OLD, NEW, OLD.slice(7), NEW.slice(7), 'gw2.', 'a-secret-access-key'])
          expect(output + errors).not.toContain(secret)
      }
  })
})
