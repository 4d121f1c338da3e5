import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { generateKeyText, parseKeyring } from '../../src/crypto/keyring.ts'
import { StartupError } from '../../src/errors.ts'
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts'
import { writerOf } from '../support/providers.ts'
import { bytesOf, everythingStored, withStore } from '../support/store.ts'
import { testDatabaseKind } from '../support/test-database.ts'

const opened: TestGateway[] = []
afterEach(async () => {
  for (const gateway of opened.splice(0)) await gateway.close()
})

async function open(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ migrated: false, ...options })
  opened.push(gateway)
  return gateway
}

/** For what only a database in a file has: the file itself, and the key file beside it. */
const testOfFiles = test.runIf(testDatabaseKind === 'sqlite')

const VIEWER = '{ viewer { role } }'
const NO_TOKEN = { environment: { ADMIN_TOKEN: '' } }

/** The error of a start that must be refused. */
async function refusal(start: Promise<unknown>): Promise<StartupError> {
  const error = await start.then(
    () => new Error('It started.'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(StartupError)
  if (!(error instanceof StartupError)) throw error
  return error
}

describe('the first start', () => {
  testOfFiles('makes a key file for its user alone, and one admin token that works', async () => {
    const gateway = await open(NO_TOKEN)
    expect(statSync(gateway.keyFile).mode & 0o777).toBe(0o600)
    expect(gateway.started.keys).toMatchObject({ path: gateway.keyFile, created: true })
    expect(() => parseKeyring(readFileSync(gateway.keyFile, 'utf8'))).not.toThrow()
    const { admin } = gateway.started
    if (admin.kind !== 'created') throw new Error('There is no token.')
    expect(await gateway.ask(VIEWER, {}, admin.token)).toEqual({ viewer: { role: 'ADMIN' } })
  })

  test('names each migration that changed something once in its log', async () => {
    const lines: string[] = []
    await open({ log: (line) => lines.push(line) })
    const applied = lines.flatMap((line) => /Applied the migration (\w+)/.exec(line)?.[1] ?? [])
    expect(applied.length).toBeGreaterThan(10)
    expect(applied).toEqual([...new Set(applied)])
  })

  test('leaves files that only their user can read', async () => {
    const gateway = await open()
    const shared = readdirSync(gateway.folder).filter((name) => (statSync(join(gateway.folder, name)).mode & 0o077) !== 0)
    expect(shared).toEqual([])
  })

  testOfFiles('is followed by one that makes neither, and serves the same data', async () => {
    const gateway = await open(NO_TOKEN)
    const { admin } = gateway.started
    const key = readFileSync(gateway.keyFile, 'utf8')
    const again = await gateway.restart()
    expect(again.admin).toEqual({ kind: 'ready' })
    expect(again.keys).toMatchObject({ path: gateway.keyFile, created: false })
    expect(readFileSync(gateway.keyFile, 'utf8')).toBe(key)
    if (admin.kind === 'created') expect(await gateway.ask(VIEWER, {}, admin.token)).toEqual({ viewer: { role: 'ADMIN' } })
    expect(await withStore(gateway, (store) => store.accessToken.count())).toBe(1)
  })

  testOfFiles('writes its key file also beside the draft of a start with its process id that was killed', async () => {
    const gateway = await open()
    await gateway.stop()
    const folder = join(gateway.folder, 'second')
    mkdirSync(folder)
    const keyFile = join(folder, 'encryption.key')
    writeFileSync(`${keyFile}.${process.pid}`, '')
    await gateway.restart({ DATABASE_URL: `file:${join(folder, 'gateway.db')}` })
    expect(() => parseKeyring(readFileSync(keyFile, 'utf8'))).not.toThrow()
  })

  test('with configured keys writes no key file', async () => {
    const gateway = await open({ environment: { ENCRYPTION_KEYS: generateKeyText() } })
    expect(readdirSync(gateway.folder)).not.toContain('encryption.key')
    expect(gateway.started.keys).toMatchObject({ path: null, created: false })
  })
})

describe('ADMIN_TOKEN', () => {
  const [first, second] = ['first-admin-token-of-32-characters-0', 'second-admin-token-of-32-characters']

  test('stops working when another one is configured, and works again when it is configured again', async () => {
    const gateway = await open({ environment: { ADMIN_TOKEN: first } })
    await gateway.restart({ ADMIN_TOKEN: second })
    expect((await gateway.graphql(VIEWER, {}, first)).status).toBe(401)
    expect((await gateway.graphql(VIEWER, {}, second)).status).toBe(200)
    await gateway.restart({ ADMIN_TOKEN: first })
    expect((await gateway.graphql(VIEWER, {}, first)).status).toBe(200)
    expect((await gateway.graphql(VIEWER, {}, second)).status).toBe(401)
  })

  test('stops working when it is taken out of the configuration; then a token is made', async () => {
    const gateway = await open({ environment: { ADMIN_TOKEN: first } })
    expect((await gateway.restart({ ADMIN_TOKEN: '' })).admin.kind).toBe('created')
    expect((await gateway.graphql(VIEWER, {}, first)).status).toBe(401)
    const where = { subjectName: 'ADMIN_TOKEN', action: 'access_token.revoked' }
    expect(
      await withStore(gateway, (store) => store.auditEvent.findMany({ where })),
      'the audit log tells of its end by its name',
    ).toMatchObject([{ actorKind: 'SYSTEM', channel: 'start', changes: { name: 'ADMIN_TOKEN', role: 'ADMIN' } }])
  })

  test('that an admin revoked stays revoked over a restart, and the start says so', async () => {
    const gateway = await open()
    const other = await gateway.token('ADMIN')
    const { viewer } = await gateway.ask<{ viewer: { token: { id: string } } }>('{ viewer { token { id } } }')
    await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id: viewer.token.id }, other)
    expect((await gateway.graphql(VIEWER)).status).toBe(401)
    expect((await gateway.restart()).admin).toEqual({ kind: 'configured-token-revoked' })
    expect((await gateway.graphql(VIEWER)).status).toBe(401)
    expect((await gateway.graphql(VIEWER, {}, other)).status).toBe(200)
  })

  test('that is a stored token of another role, or nearly a stored one, is refused', async () => {
    const gateway = await open()
    const [viewer, admin] = [await gateway.token('VIEWER'), await gateway.token('ADMIN')]
    expect((await refusal(gateway.restart({ ADMIN_TOKEN: viewer }))).message).toContain('whose role is viewer')
    const mistyped = `${admin.slice(0, -1)}${admin.endsWith('A') ? 'B' : 'A'}`
    const { message, exitCode } = await refusal(gateway.restart({ ADMIN_TOKEN: mistyped }))
    expect([exitCode, message]).toEqual([78, expect.stringContaining('may be mistyped')])
    expect(message).not.toContain(admin.slice(-20, -1))
    expect((await gateway.restart({ ADMIN_TOKEN: admin })).admin).toEqual({ kind: 'ready' })
  })

  test('that has expired is said to be no longer valid', async () => {
    let now = new Date()
    const gateway = await open({ clock: () => now })
    const { value } = await gateway.createToken('ADMIN', new Date(now.getTime() + 60_000))
    now = new Date(now.getTime() + 120_000)
    expect((await gateway.restart({ ADMIN_TOKEN: value })).admin).toEqual({ kind: 'configured-token-revoked' })
  })

  test('is stored as a digest only', async () => {
    const gateway = await open({ environment: { ADMIN_TOKEN: first } })
    await gateway.stop()
    expect(await everythingStored(gateway)).not.toContain(first)
  })
})

describe('a start is refused before it listens, and changes nothing,', () => {
  /** A stopped gateway with a sealed key. */
  async function stopped(environment: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await open({ environment })
    await writerOf(gateway).created({ apiKeys: [{ credential: { value: 'sk-sealed-before-the-refusal' } }] })
    await gateway.stop()
    return gateway
  }

  async function expectRefusal(gateway: TestGateway, environment: Record<string, string>, ...words: string[]): Promise<void> {
    const before = bytesOf(gateway)
    const error = await refusal(gateway.restart(environment))
    for (const word of words) expect(error.message).toContain(word)
    expect(error.exitCode).toBe(78)
    expect(bytesOf(gateway)).toEqual(before)
  }

  testOfFiles('with a keyring that does not belong to the database', async () => {
    const gateway = await stopped()
    const other = generateKeyText()
    const [own, wrong] = [readFileSync(gateway.keyFile, 'utf8'), other].map((text) => parseKeyring(text).primary.kid)
    await expectRefusal(gateway, { ENCRYPTION_KEYS: other }, own ?? '?', wrong ?? '?', 'ENCRYPTION_KEYS')
    await gateway.restart()
  })

  testOfFiles('without the key file, which is not made again', async () => {
    const gateway = await stopped()
    const aside = join(gateway.folder, 'aside')
    renameSync(gateway.keyFile, aside)
    await expectRefusal(gateway, {}, gateway.keyFile, 'is missing')
    expect(readdirSync(gateway.folder)).not.toContain('encryption.key')
    renameSync(aside, gateway.keyFile)
    await gateway.restart()
  })

  testOfFiles('with a key file that holds no key', async () => {
    const gateway = await stopped()
    writeFileSync(gateway.keyFile, 'no key\n')
    await expectRefusal(gateway, {}, 'Encryption key 1 of 1')
  })

  testOfFiles('with a key file that was emptied', async () => {
    const gateway = await stopped()
    writeFileSync(gateway.keyFile, '')
    await expectRefusal(gateway, {}, 'encryption key')
  })

  testOfFiles('with a key file that cannot be read', async () => {
    const gateway = await open({ environment: { ENCRYPTION_KEYS: generateKeyText() } })
    await gateway.stop()
    const folderInItsPlace = join(gateway.folder, 'encryption.key')
    mkdirSync(folderInItsPlace)
    const error = await refusal(gateway.restart({ ENCRYPTION_KEYS: '' }))
    expect(error.message).toContain(`The key file ${folderInItsPlace} cannot be read (EISDIR)`)
    rmSync(folderInItsPlace, { recursive: true })
  })

  test.runIf(testDatabaseKind === 'postgresql')('without configured keys, where there is no place for a key file', async () => {
    await expectRefusal(await stopped(), { ENCRYPTION_KEYS: '' }, 'ENCRYPTION_KEYS')
  })

  test('when the first key is retired', async () => {
    const [old, current] = [generateKeyText(), generateKeyText()]
    const gateway = await stopped({ ENCRYPTION_KEYS: `${current},${old}` })
    const { kid } = parseKeyring(old).primary
    await withStore(gateway, (store) => store.encryptionKey.update({ where: { kid }, data: { retiredAt: new Date() } }))
    await expectRefusal(gateway, { ENCRYPTION_KEYS: `${old},${current}` }, kid, 'retired')
    await gateway.restart({ ENCRYPTION_KEYS: `${current},${old}` })
  })

  test('when a key that secrets are sealed with is missing, naming it and their number', async () => {
    const [old, next] = [generateKeyText(), generateKeyText()]
    const gateway = await stopped({ ENCRYPTION_KEYS: old })
    await gateway.restart({ ENCRYPTION_KEYS: `${next},${old}` })
    await gateway.stop()
    await expectRefusal(gateway, { ENCRYPTION_KEYS: next }, parseKeyring(old).primary.kid, '1 stored secret')
    await gateway.restart({ ENCRYPTION_KEYS: `${next},${old}` })
  })

  test('when a canary was tampered with', async () => {
    const gateway = await stopped()
    await withStore(gateway, async (store) => {
      const { kid, canary } = await store.encryptionKey.findFirstOrThrow()
      const tampered = canary.slice(0, -2) + (canary.endsWith('AA') ? 'BB' : 'AA')
      await store.encryptionKey.update({ where: { kid }, data: { canary: tampered } })
    })
    await expectRefusal(gateway, {}, 'canary')
  })
})

describe('a start ends with one clear line and exit code 1', () => {
  test('when the port is in use', async () => {
    const gateway = await open()
    await gateway.stop()
    const squatter = createServer()
    await new Promise<void>((resolve) => void squatter.listen(0, '127.0.0.1', resolve))
    const address = squatter.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const error = await refusal(gateway.restart({ PORT: port }))
    expect(error.message).toBe(
      `Cannot listen on 127.0.0.1 port ${port} (EADDRINUSE). Another program listens there: stop it, or set PORT to a free port.`,
    )
    expect(error.exitCode).toBe(1)
    await new Promise((resolve) => squatter.close(resolve))
    await gateway.restart()
  })

  test('when the address is not one of this machine', async () => {
    const gateway = await open()
    const error = await refusal(gateway.restart({ HOST: '192.0.2.1' }))
    expect(error.message).toContain('Set HOST to an address of this machine')
    expect(error.exitCode).toBe(1)
  })

  testOfFiles('when the data folder cannot be used', async () => {
    const gateway = await open()
    await gateway.stop()
    const error = await refusal(gateway.restart({ DATABASE_URL: `file:${gateway.databaseFile}/below-a-file/gateway.db` }))
    expect(error.message).toMatch(/^The database .* cannot be written \(.*\)\. Give the user that runs the gateway write access to /)
    expect(error.message).not.toContain('\n')
    expect(error.exitCode).toBe(1)
  })

  testOfFiles('when the file is no database', async () => {
    const gateway = await open()
    await gateway.stop()
    writeFileSync(join(gateway.folder, 'text.db'), 'This is a text, and no database at all. '.repeat(100))
    const error = await refusal(gateway.restart({ DATABASE_URL: `file:${join(gateway.folder, 'text.db')}` }))
    expect(error.message).toContain('Check that the file is a SQLite database')
    expect(error.exitCode).toBe(1)
  })
})
