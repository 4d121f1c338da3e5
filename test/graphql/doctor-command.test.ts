import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { runCommand } from '../support/command-line.ts'
import { inSqlite, upgrade } from '../support/first-release.ts'
import { writerOf } from '../support/providers.ts'
import { withStore } from '../support/store.ts'
import { testDatabaseKind } from '../support/test-database.ts'
import { useGateway } from '../support/use.ts'

interface Line {
  readonly check: string
  readonly ok: boolean
  readonly message: string
}
const gateway = useGateway()

const testOfFiles = test.runIf(testDatabaseKind === 'sqlite')

async function doctor(environment: Readonly<Record<string, string>> = {}, clock?: () => Date) {
  const settings = { PORT: new URL(gateway.url).port, ...gateway.shared, ...environment }
  const { exitCode, output } = await runCommand(['doctor', '--json'], { environment: settings, ...(clock && { clock }) })
  const lines: readonly Line[] = JSON.parse(output)
  return { exitCode, lines, todo: lines.filter(({ ok }) => !ok).map(({ check, message }) => `${check}: ${message}`) }
}

describe('doctor', () => {
  test('finds nothing to do beside a gateway that runs well, and says so line by line', async () => {
    const { exitCode, lines, todo } = await doctor()
    expect([exitCode, todo]).toEqual([0, []])
    expect(lines.map(({ check }) => check)).toEqual([
      ...['Node.js', 'configuration', 'database'],
      ...(testDatabaseKind === 'sqlite' ? ['integrity'] : []),
      ...['migrations', 'rows', 'encryption keys', 'rotation', 'base URLs', 'secrets', 'access tokens', 'admin tokens', 'clock'],
      ...(testDatabaseKind === 'sqlite' ? ['disk'] : []),
      ...['file modes', 'gateway'],
    ])
    expect(lines.at(-1)?.message).toBe(`ready at ${gateway.url}`)
    const text = await runCommand(['doctor'], { environment: { PORT: '0', ...gateway.shared } })
    expect(
      text.output
        .trimEnd()
        .split('\n')
        .filter((line) => !/^(OK {3}| {10})/.test(line)),
    ).toEqual([])
  })

  test('changes nothing', async () => {
    await gateway.stop()
    const state = () => readdirSync(gateway.folder).map((name) => [name, statSync(join(gateway.folder, name)).mode])
    const before = state()
    const revision = () => withStore(gateway, async (store) => (await store.revision.findFirstOrThrow()).value)
    const number = await revision()
    await doctor()
    expect([state().filter(([name]) => !String(name).endsWith('-shm') && !String(name).endsWith('-wal')), await revision()]).toEqual([
      before.filter(([name]) => !String(name).endsWith('-shm') && !String(name).endsWith('-wal')),
      number,
    ])
    await gateway.restart()
  })

  test('reports every problem of the configuration, with 78', async () => {
    const { exitCode, todo } = await doctor({ PORT: 'many', LOG_LEVEL: 'loud' })
    expect(exitCode).toBe(78)
    expect(todo).toEqual([expect.stringMatching(/^configuration: .*\n- PORT must be a whole number.*\n- LOG_LEVEL must be/)])
  })

  testOfFiles('reports a database that is not there, and makes none', async () => {
    const { exitCode, todo } = await doctor({ DATABASE_URL: `file:${gateway.folder}/mistyped.db` })
    expect([exitCode, todo]).toEqual([1, [expect.stringMatching(/^database: There is none at .*mistyped\.db yet/)]])
    expect(readdirSync(gateway.folder)).not.toContain('mistyped.db')
  })

  testOfFiles('reports a folder in the place of the database, and a file that is none', async () => {
    const other = join(gateway.folder, 'other.db')
    writeFileSync(other, 'a text '.repeat(100), { mode: 0o600 })
    for (const [place, advice] of [
      [gateway.folder, 'is a folder'],
      [other, 'Check that the file is a SQLite database'],
    ] as const) {
      const { exitCode, todo } = await doctor({ DATABASE_URL: `file:${place}` })
      expect([exitCode, todo]).toEqual([1, [expect.stringContaining(advice)]])
    }
    rmSync(other)
  })

  testOfFiles('reports damage in a place that nobody has read', async () => {
    const copy = join(gateway.folder, 'damaged.db')
    await runCommand(['backup', '--to', copy], { environment: gateway.shared })
    const bytes = readFileSync(copy)
    bytes.fill(0xff, 4096 * 6, 4096 * 9)
    writeFileSync(copy, bytes)
    const settings = { DATABASE_URL: `file:${copy}` }
    expect((await doctor(settings)).todo).toEqual([expect.stringMatching(/^(integrity|database): The file is damaged/)])
  })

  test('reports what else listens at its port', async () => {
    const other = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const PORT = String(typeof address === 'string' ? '' : address?.port)
    expect((await doctor({ PORT })).todo).toEqual([expect.stringMatching(/^gateway: The program at .* is not a gateway \(404/)])
    other.close()
  })

  test('reports a gateway that takes connections and does not answer', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const PORT = typeof address === 'object' ? String(address?.port) : ''
    expect((await doctor({ PORT })).todo).toEqual([expect.stringMatching(/^gateway: The program at .* did not answer/)])
    server.closeAllConnections()
    server.close()
  })

  test('reports that a newer release has written the database, as a start would', async () => {
    await withStore(
      gateway,
      (store) =>
        store.$executeRaw`UPDATE _prisma_migrations SET migration_name = '20990101000000_newer' WHERE migration_name LIKE '%order_and_type'`,
    )
    expect((await doctor({ PORT: '0' })).todo).toEqual([expect.stringMatching(/^migrations: .*20990101000000_newer.* a newer one/)])
    await withStore(
      gateway,
      (store) =>
        store.$executeRaw`UPDATE _prisma_migrations SET migration_name = '20261121065506_provider_order_and_type' WHERE migration_name LIKE '%newer'`,
    )
  })

  testOfFiles('reports a key file that is missing, and makes none', async () => {
    renameSync(gateway.keyFile, join(gateway.folder, 'aside'))
    expect((await doctor()).todo).toEqual([expect.stringMatching(/^encryption keys: The key file .* is missing/)])
    expect(readdirSync(gateway.folder)).not.toContain('encryption.key')
    renameSync(join(gateway.folder, 'aside'), gateway.keyFile)
  })

  testOfFiles('reports files with secrets that others may read', async () => {
    chmodSync(gateway.keyFile, 0o644)
    const token = join(gateway.folder, 'token')
    writeFileSync(token, 'an-admin-token-of-more-than-32-characters', { mode: 0o640 })
    chmodSync(token, 0o640)
    expect((await doctor({ ADMIN_TOKEN_FILE: token })).todo).toEqual([
      `file modes: Other users may use ${token}, ${gateway.keyFile}. Run \`chmod 600 ${token} ${gateway.keyFile}\`.`,
    ])
    chmodSync(gateway.keyFile, 0o600)
  })

  test('reports a clock that is behind', async () => {
    await writerOf(gateway).created({})
    const { todo } = await doctor({}, () => new Date(Date.now() - 3_600_000))
    expect(todo).toEqual([expect.stringMatching(/^clock: .*NTP/)])
  })

  test('finds no fault with a clock that was wrong once', async () => {
    const clock = () => new Date(Date.now() + 3_600_000)
    const created = ['tokens', 'create', '--name', 'early', '--role', 'viewer']
    expect(await runCommand(created, { environment: gateway.shared, clock })).toMatchObject({ exitCode: 0 })
    expect((await doctor()).todo).toEqual([expect.stringMatching(/^clock: .*NTP/)])
    await writerOf(gateway).created({})
    expect((await doctor()).todo).toEqual([])
    await withStore(gateway, (store) => store.accessToken.deleteMany({ where: { name: 'early' } }))
  })

  testOfFiles('names each row and column that cannot be read, among thousands that can, and shows no value', async () => {
    const provider = await writerOf(gateway).created({
      name: 'odd',
      apiKeys: [{ name: 'spare', credential: { value: 'sk-odd-0123456789' } }],
    })
    const run = (...statements: string[]) =>
      withStore(gateway, async (store) => {
        for (const statement of statements) await store.$executeRawUnsafe(statement)
      })
    await run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) INSERT INTO audit_events (id, action, actor, channel, subject_type, subject_id, request_id, created_at)
       SELECT 'made-' || i, 'TEST', 'x', 'CLI', 'provider', '', '', '2026-01-01T00:00:00.000+00:00' FROM n`,
      "UPDATE audit_events SET actor_kind = 'of-nobody-4713' WHERE id IN ('made-7', 'made-2100')",
      "UPDATE access_tokens SET role = 'of-nobody-4713'",
      "UPDATE providers SET type = 'of-nobody-4713', settings = '{of-nobody-4713', network = '[\"of-nobody-4713\"]' WHERE name = 'odd'",
      "UPDATE api_keys SET weight = 'of-nobody-4713' WHERE name = 'spare'",
    )
    const { exitCode, lines, todo } = await doctor({ PORT: '0' })
    expect([exitCode, todo.length]).toEqual([1, 1])
    expect(todo[0]?.split('\n').slice(1)).toEqual([
      `providers ${provider.uuid} odd: type, settings, network`,
      expect.stringMatching(/^api_keys [\w-]{36} spare: weight$/),
      expect.stringMatching(/^access_tokens [\w-]{36} .+: role$/),
      ...['audit_events made-7 : actor_kind', 'audit_events made-2100 : actor_kind'].map((line) => line.replace(' :', ':')),
    ])
    expect(JSON.stringify(lines)).not.toContain('4713')
    await run(
      "DELETE FROM audit_events WHERE id LIKE 'made-%'",
      "UPDATE access_tokens SET role = 'ADMIN'",
      "UPDATE providers SET type = 'OPENAI', settings = NULL, network = NULL WHERE name = 'odd'",
      "UPDATE api_keys SET weight = 1 WHERE name = 'spare'",
    )
  })

  test('reports JSON of another shape, and goes on to what else is wrong', async () => {
    const { uuid } = await writerOf(gateway).created({ name: 'misshapen', apiKeys: [{ credential: { value: 'sk-misshapen-0123456789' } }] })
    const set = (baseUrl: string, extensions: string[] | object) =>
      withStore(gateway, (store) => store.provider.update({ where: { id: uuid }, data: { baseUrl, extensions } }))
    await set('https://elsewhere.example.com/v1', ['a list'])
    const { todo } = await doctor({ PORT: '0' })
    expect(todo).toEqual([
      expect.stringContaining(`\nproviders ${uuid} misshapen: extensions`),
      'secrets: 1 secret cannot be read. Give the secrets of these providers again: misshapen.',
    ])
    await withStore(gateway, (store) => store.provider.delete({ where: { id: uuid } }))
  })

  test('reports that nobody can sign in as an admin', async () => {
    await withStore(gateway, (store) => store.accessToken.updateMany({ data: { revokedAt: new Date() } }))
    // Written past the gateway, so the token does not verify either.
    expect((await doctor()).todo).toEqual([
      expect.stringContaining('access tokens: 1 access token does not verify'),
      expect.stringContaining('gateway tokens create'),
    ])
    await withStore(gateway, (store) => store.accessToken.updateMany({ data: { revokedAt: null } }))
  })

  test('reports keys of another database, and a rotation that is not finished', async () => {
    await writerOf(gateway).created({ apiKeys: [{ credential: { value: 'sk-under-the-first-key-0123' } }] })
    const wrong = await doctor({ ENCRYPTION_KEYS: generateKeyText() })
    expect(wrong).toMatchObject({ exitCode: 1, todo: [expect.stringContaining('encryption keys: None of the configured encryption keys')] })
    if (testDatabaseKind === 'sqlite') return
    const next = `${generateKeyText()},${gateway.shared.ENCRYPTION_KEYS}`
    expect((await doctor({ ENCRYPTION_KEYS: next })).todo).toEqual([expect.stringContaining('Restart the gateways')])
    await gateway.restart({ ENCRYPTION_KEYS: next })
    expect((await doctor({ ENCRYPTION_KEYS: next, PORT: '0' })).todo).toEqual([
      'rotation: 1 secret and 1 token not sealed with the first key yet. Run `gateway keys rotate`.',
    ])
  })

  test('reports credentials in base URLs by the names of the providers, and shows none', async () => {
    const made = await writerOf(gateway).created({ name: 'with-a-credential' })
    const setUrl = (baseUrl: string) =>
      withStore(gateway, (store) => store.provider.update({ where: { id: made.uuid }, data: { baseUrl } }))
    await setUrl('https://relay.example.com/v1?region=eu')
    expect((await doctor({ PORT: '0' })).todo.filter((line) => line.startsWith('base URLs'))).toEqual([])
    await setUrl('https://relay.example.com/v1?region=eu&api-key=of-the-relay-4713')
    const { exitCode, todo } = await doctor({ PORT: '0' })
    expect(exitCode).toBe(1)
    expect(todo).toContainEqual('base URLs: A credential is in the base URL of with-a-credential. Put it into a header, which is sealed.')
    expect(todo.join()).not.toContain('of-the-relay-4713')
    await setUrl(made.baseUrl)
  })

  test('asks for a rotation after the upgrade from 0.1.0 until the key of then is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-doctor-'))
    const copy = await inSqlite(folder, 'two-keys.sqlite')
    await upgrade(copy)
    await copy.database.close()
    const lines = async () => {
      const environment = { DATABASE_URL: copy.url, ENCRYPTION_KEYS: copy.keys.join(), PORT: '0' }
      const { output } = await runCommand(['doctor', '--json'], { environment })
      const found: readonly Line[] = JSON.parse(output)
      return found.filter(({ check }) => check === 'rotation')
    }
    expect(await lines()).toMatchObject([{ ok: false, message: expect.stringContaining('sealed secrets for release 0.1.0') }])
    rmSync(folder, { recursive: true, force: true })
  })

  test('reports a database that this release has not migrated', async () => {
    await withStore(gateway, (store) => store.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%initial'`)
    // The last test: nothing puts the migration back.
    expect(await doctor({ PORT: '0' })).toMatchObject({ exitCode: 1, todo: [expect.stringContaining("Start this release's gateway once")] })
  })
})
