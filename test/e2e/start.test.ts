import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createTcpServer, type Server } from 'node:net'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { type FailedStart, type GatewayProcess, startedProcess, startProcess, temporaryFolder } from '../support/gateway-process.ts'
import { ask, CREATE_PROVIDER, createProvider, LIST_PROVIDERS } from '../support/over-http.ts'

const folders: { remove(): void }[] = []
const running: GatewayProcess[] = []
const listeners: Server[] = []

afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop()
  for (const listener of listeners.splice(0)) listener.close()
  for (const folder of folders.splice(0)) folder.remove()
})

function newFolder(): string {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder.path
}

async function start(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const gateway = await startedProcess(folder, environment)
  running.push(gateway)
  return gateway
}

/** A start that must fail, and say so in a line of its own for a person, without a stack. */
async function refused(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<FailedStart> {
  const outcome = await startProcess(folder, environment)
  if (!('exitCode' in outcome)) {
    running.push(outcome)
    throw new Error(`The gateway started: ${outcome.output()}`)
  }
  expect(outcome.exitCode).toBeGreaterThan(0)
  expect(outcome.stderr).not.toMatch(/^\s+at /m)
  return outcome
}

/** A port of this machine that something else listens on. */
async function takenPort(): Promise<string> {
  const listener = createTcpServer()
  listeners.push(listener)
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.')
  return String(address.port)
}

const lines = (text: string) => text.trimEnd().split('\n')
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
const databaseOf = (folder: string) => join(folder, 'data', 'gateway.db')
const keyFileOf = (folder: string) => join(folder, 'data', 'encryption.key')

describe('the first start', () => {
  it('prints where everything is and the admin token once, and makes files for its user alone', async () => {
    const folder = newFolder()
    const gateway = await start(folder)
    const greeting = gateway.output()
    expect(greeting).toContain(`GraphQL      ${gateway.url}/graphql`)
    expect(greeting).toContain(`Docs         ${gateway.url}/docs\n`)
    expect(greeting).toContain(`REST         ${gateway.url}/docs/rest`)
    expect(greeting).toContain(`Database     file:${databaseOf(folder)}`)
    expect(greeting).toContain(`Key file     ${keyFileOf(folder)}`)
    expect(greeting.split(gateway.token ?? 'no token')).toHaveLength(2)
    expect(modeOf(keyFileOf(folder))).toBe('600')
    expect(modeOf(databaseOf(folder))).toBe('600')
    expect(modeOf(join(folder, 'data'))).toBe('700')
  })

  it('is followed by a second one that prints no token and serves the same data to the old one', async () => {
    const folder = newFolder()
    const first = await start(folder)
    await createProvider(first, first.token)
    const before = await ask(first, first.token, LIST_PROVIDERS)
    expect(before.text).toContain('sk-f...test')
    expect(await first.stop()).toBe(0)

    const second = await start(folder)
    expect(second.token).toBeNull()
    expect(second.output()).not.toContain('gw_')
    expect(await ask(second, first.token, LIST_PROVIDERS)).toEqual(before)
  })

  it('that finds its port taken leaves the admin token, and the advice about the key file, to the next one, and logs that it made the file', async () => {
    const folder = newFolder()
    const { output } = await refused(folder, { PORT: await takenPort() })
    expect(output).toContain(`Made the key file ${keyFileOf(folder)}. Back it up`)
    const gateway = await start(folder)
    expect(gateway.output()).toContain('The key file is new. Back it up')
    expect((await ask(gateway, gateway.token, LIST_PROVIDERS)).status).toBe(200)
  })

  it('greets when all that it did is written, where both go to one place', async () => {
    const folder = newFolder()
    const terminal = join(folder, 'terminal.log')
    const file = openSync(terminal, 'a')
    const child = spawn(process.execPath, [resolve('dist/main.js')], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', PORT: '0' },
      stdio: ['ignore', file, file],
    })
    closeSync(file)
    const written = () => readFileSync(terminal, 'utf8')
    await expect.poll(written).toContain('Send it as the header')
    child.kill('SIGTERM')
    await once(child, 'exit')
    const [before = '', after = ''] = written().split('AI provider gateway is ready.')
    expect(before.match(/Applied the migration/g)?.length).toBeGreaterThan(1)
    expect(after).not.toContain('Applied the migration')
  })

  it('reads the first setting of a .env that an editor marked as UTF-8', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, '.env'), '\uFEFFDATABASE_URL=file:./elsewhere/gateway.db\n')
    await start(folder)
    expect(existsSync(join(folder, 'elsewhere/gateway.db'))).toBe(true)
    expect(existsSync(databaseOf(folder))).toBe(false)
  })

  it('with ADMIN_TOKEN, here from a .env, prints no token, and lets that one in', async () => {
    const token = 'an-admin-token-of-the-operators-own-making'
    const folder = newFolder()
    writeFileSync(join(folder, '.env'), `ADMIN_TOKEN="${token}"\nGRAPHIQL=false # the environment says otherwise\n`)
    const gateway = await start(folder, { GRAPHIQL: 'true' })
    expect(gateway.output()).toContain('open it in a browser')
    expect(gateway.token).toBeNull()
    expect(gateway.output()).not.toContain('Admin token')
    expect((await ask(gateway, token, LIST_PROVIDERS)).status).toBe(200)
    expect(gateway.output()).not.toContain(token)
  })
})

describe('a start that cannot be', () => {
  it('names the port that is taken, in one line', async () => {
    const port = await takenPort()
    const { exitCode, stderr } = await refused(newFolder(), { PORT: port })
    expect(exitCode).toBe(1)
    expect(lines(stderr)).toEqual([
      `Cannot listen on 127.0.0.1 port ${port} (EADDRINUSE). Another program listens there: stop it, or set PORT to a free port.`,
    ])
  })

  it('names the data folder that is no folder, in one line', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'data'), 'a file where the folder should be')
    const { exitCode, stderr } = await refused(folder)
    expect(exitCode).toBe(1)
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toContain(databaseOf(folder))
    expect(stderr).toContain('DATABASE_URL')
  })

  // Root may read everything, so only another user can be refused.
  it.skipIf(process.getuid?.() === 0)('names the data folder that it may not read, in one line', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'data'), { mode: 0o000 })
    const { exitCode, stderr } = await refused(folder)
    expect(exitCode).toBe(1)
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toContain('EACCES')
  })

  it.each([
    ['a text that is no key', 'not-a-key', 'base64:'],
    ['nothing', '', 'encryption key'],
    ['half a key', 'base64:aGFsZg==', '4 bytes instead of 32'],
  ])('is refused with a key file that holds %s, which it keeps to itself', async (_what, text, hint) => {
    const folder = newFolder()
    mkdirSync(join(folder, 'data'))
    writeFileSync(keyFileOf(folder), text)
    const { exitCode, stderr } = await refused(folder)
    expect(exitCode).toBe(78)
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toContain(hint)
    expect(stderr).toContain(keyFileOf(folder))
    if (text !== '') expect(stderr).not.toContain(text)
    expect(readFileSync(keyFileOf(folder), 'utf8')).toBe(text)
  })

  it('is refused with a .env that cannot be read, in one line', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, '.env'))
    const { exitCode, stderr } = await refused(folder)
    expect(exitCode).toBe(78)
    expect(lines(stderr)).toEqual(['The file .env in the working directory cannot be read (EISDIR). Correct or remove it.'])
  })

  it('is refused with a .env that is no UTF-8, of which no setting would be read', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, '.env'), '\uFEFFHOST=127.0.0.1\n', 'utf16le')
    expect(await refused(folder)).toMatchObject({ exitCode: 78, stderr: expect.stringContaining('The file .env in the working directory') })
    expect(existsSync(databaseOf(folder))).toBe(false)
  })

  it('is refused with a key file that cannot be read, in one line', async () => {
    const folder = newFolder()
    mkdirSync(keyFileOf(folder), { recursive: true })
    const { exitCode, stderr } = await refused(folder)
    expect(exitCode).toBe(78)
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toContain(`${keyFileOf(folder)} cannot be read (EISDIR)`)
  })

  it('is refused with a keyring of another database: before the port opens, and without a change of its bytes', async () => {
    const folder = newFolder()
    const first = await start(folder)
    await createProvider(first, first.token)
    expect(await first.stop()).toBe(0)
    const before = readFileSync(databaseOf(folder))

    // With its port taken, a start that came as far as opening it would fail with another code and another line.
    const { exitCode, stderr } = await refused(folder, { ENCRYPTION_KEYS: generateKeyText(), PORT: await takenPort() })
    expect(exitCode).toBe(78)
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toContain('ENCRYPTION_KEYS')
    expect(readFileSync(databaseOf(folder)).equals(before)).toBe(true)

    const again = await start(folder)
    expect((await ask(again, first.token, LIST_PROVIDERS)).text).toContain('sk-f...test')
  })

  it('lists every problem of its configuration at once, with the variables and without the secrets', async () => {
    const token = 'too-short-to-be-a-token'
    const { exitCode, stderr } = await refused(newFolder(), {
      PORT: '99999',
      LOG_LEVEL: 'loud',
      GRAPHIQL: 'perhaps',
      DATABASE_URL: 'mysql://root:planted-password@db/gateway',
      ADMIN_TOKEN: token,
    })
    expect(exitCode).toBe(78)
    for (const name of ['PORT', 'LOG_LEVEL', 'GRAPHIQL', 'DATABASE_URL', 'ADMIN_TOKEN'])
      expect(stderr).toMatch(new RegExp(`^- ${name} `, 'm'))
    expect(stderr).not.toContain(token)
    expect(stderr).not.toContain('planted-password')
  })
})

describe('what a start writes', () => {
  it('holds no key and no token, in any spelling, at the most talkative level', async () => {
    const folder = newFolder()
    const planted = 'sk-planted-KEY-0123456789-in-no-log'
    const gateway = await start(folder, { LOG_LEVEL: 'trace', OUTBOUND_ALLOW: 'loopback' })
    await createProvider(gateway, gateway.token, { name: 'planted', baseUrl: 'http://127.0.0.1:9/v1', key: planted })
    await ask(gateway, gateway.token, 'mutation { testConnection(input: { saved: { provider: { name: "planted" } } }) { __typename } }')
    const wrong = { input: { name: 'wrong', type: 'OPENAI', apiKeys: planted, unknown: planted } }
    expect((await ask(gateway, gateway.token, CREATE_PROVIDER, wrong)).text).not.toContain(planted)
    await ask(gateway, `${planted}-as-a-token-which-it-is-not`, LIST_PROVIDERS)
    await ask(gateway, gateway.token, `{ ${planted} }`)
    await gateway.stop()

    const [before = '', after = ''] = gateway.output().split(gateway.token ?? 'no token')
    const written = { log: before + after, database: readFileSync(databaseOf(folder), 'latin1') }
    for (const secret of [planted, gateway.token ?? 'no token'])
      for (const spelling of [secret, ...(['base64', 'base64url', 'hex'] as const).map((as) => Buffer.from(secret).toString(as))])
        for (const [where, text] of Object.entries(written)) expect(text, `${spelling} in the ${where}`).not.toContain(spelling)
  })
})
