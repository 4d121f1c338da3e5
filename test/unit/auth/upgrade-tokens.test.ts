import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticate } from '../../../src/auth/authenticate.ts'
import { digestToken, generateToken } from '../../../src/auth/token.ts'
import { encrypt, writeEncrypted } from '../../../src/crypto/aead.ts'
import { lengthPrefixed } from '../../../src/crypto/encoding.ts'
import { generateKeyText, type Keyring, type KeyringKey, parseKeyring } from '../../../src/crypto/keyring.ts'
import type { Database } from '../../../src/database/client.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { MIGRATIONS_FOLDER } from '../../../src/database/migrations.ts'
import { FIRST_RELEASE_READERS } from '../../../src/rest/mounts.ts'
import { upgradeStoredData } from '../../../src/upgrade/upgrade-stored-data.ts'
import { describeDatabases, type TestDatabases } from '../../support/databases.ts'

/** The last migration of the release without MACs (0.1.0, commit 2ca7ee5). */
const LAST_OF_0_1 = '20261128042432_audit_action'
const now = new Date('2026-03-04T05:06:07.089Z')
const keyring = parseKeyring(generateKeyText())
const [VIEWER, ADMIN] = [generateToken(), generateToken()]

/** A canary as 0.1.0 made it. */
function oldCanary({ kid, canary }: KeyringKey): string {
  const text = Buffer.from('ai-provider-gateway canary', 'utf8')
  return `gwc1.${writeEncrypted(encrypt(canary, text, lengthPrefixed(['gwc1', kid])))}`
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-old-migrations-'))
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true })
  for (const kind of ['sqlite', 'postgresql'])
    for (const name of readdirSync(join(folder, kind))) if (name > LAST_OF_0_1) rmSync(join(folder, kind, name), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A database as 0.1.0 leaves it: two tokens, and the key that it was started with. */
async function oldDatabase(databases: TestDatabases): Promise<Database> {
  const database = await databases.open(await databases.freshUrl())
  await migrate(database, undefined, folder)
  const cast =
    database.kind === 'postgresql'
      ? { role: '::"Role"', source: '::"TokenSource"', time: '::timestamp' }
      : { role: '', source: '', time: '' }
  const run = (sql: string) => database.prisma.$executeRawUnsafe(sql)
  const created = `'2026-01-02 03:04:05.678'${cast.time}`
  await run(
    `INSERT INTO encryption_keys (kid, canary, created_at) VALUES ('${keyring.primary.kid}', '${oldCanary(keyring.primary)}', ${created})`,
  )
  for (const [token, role] of [
    [VIEWER, 'VIEWER'],
    [ADMIN, 'ADMIN'],
  ] as const) {
    const { lookupId, secretDigest } = digestToken(token)
    await run(
      `INSERT INTO access_tokens (id, lookup_id, secret_hash, name, role, source, created_at) VALUES ('id-${role}', '${lookupId}', '${secretDigest}', 'of ${role}', '${role}'${cast.role}, 'API'${cast.source}, ${created})`,
    )
  }
  return database
}

const upgrade = (database: Database, keys: Keyring = keyring) => upgradeStoredData(database, keys, FIRST_RELEASE_READERS, now, () => {})
const resultOf = async (database: Database, token: string) => {
  const result = await authenticate({ database, keyring }, digestToken(token), now)
  return 'principal' in result ? result.principal.role : result.refusal
}
const setMarkerBack = (database: Database) =>
  database.prisma.encryptionKey.updateMany({ where: { kid: keyring.primary.kid }, data: { canary: oldCanary(keyring.primary) } })

describeDatabases('the tokens of 0.1.0', (databases) => {
  test('work after the upgrade, each with its role, and the audit log names them', async () => {
    const database = await oldDatabase(databases)
    await migrate(database)
    // Killed between the migration and the upgrade: nobody gets in, and the next start upgrades.
    expect(await resultOf(database, ADMIN)).toBe('unknown')
    await upgrade(database)
    expect([await resultOf(database, VIEWER), await resultOf(database, ADMIN)]).toEqual(['VIEWER', 'ADMIN'])
    const [event] = await database.prisma.auditEvent.findMany({ where: { action: 'encryption_key.secrets_upgraded' } })
    expect(event?.changes).toMatchObject({ tokenNames: ['of VIEWER', 'of ADMIN'] })
  })

  test('are upgraded all or none: an upgrade that is interrupted leaves them for the next start', async () => {
    const database = await oldDatabase(databases)
    await migrate(database)
    // The last step of the upgrade fails.
    await database.prisma.$executeRawUnsafe('ALTER TABLE audit_events RENAME TO hidden_events')
    await expect(upgrade(database)).rejects.toThrow()
    expect(await database.prisma.accessToken.count({ where: { mac: { not: null } } })).toBe(0)
    await database.prisma.$executeRawUnsafe('ALTER TABLE hidden_events RENAME TO audit_events')
    await upgrade(database)
    expect(await resultOf(database, ADMIN)).toBe('ADMIN')
  })

  test('are upgraded once: a row that was inserted since is not made genuine, nor by the marker that is set back', async () => {
    const database = await oldDatabase(databases)
    await migrate(database)
    await upgrade(database)
    const forged = generateToken()
    const row = { id: 'forged', ...digestToken(forged), name: 'forged', role: 'ADMIN', source: 'API', createdAt: now } as const
    await database.prisma.accessToken.create({ data: row })
    await upgrade(database)
    expect(await resultOf(database, forged)).toBe('unknown')
    await setMarkerBack(database)
    await upgrade(database)
    expect(await resultOf(database, forged)).toBe('unknown')
  })

  test('cannot be read by 0.1.0 any more: the column of their digests has another name', async () => {
    const database = await oldDatabase(databases)
    await migrate(database)
    await expect(database.prisma.$queryRawUnsafe('SELECT secret_hash FROM access_tokens')).rejects.toThrow('secret_hash')
  })
})
