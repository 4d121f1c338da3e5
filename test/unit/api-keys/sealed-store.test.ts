import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resealSecrets } from '../../../src/api-keys/reseal-secrets.ts'
import { verifySecrets } from '../../../src/api-keys/verify-secrets.ts'
import { generateKeyText, parseKeyring } from '../../../src/crypto/keyring.ts'
import { type Database, openDatabase } from '../../../src/database/client.ts'
import { SqliteDriver } from '../../../src/database/sqlite-driver.ts'
import { inSqlite, upgrade } from '../../support/first-release.ts'
import { sqlOf } from '../../support/statements.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-sealed-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs work, and other work in between as soon as the first statement about keys is on its way; in a transaction that waits. */
async function interrupted<Result>(work: () => Promise<Result>, other: () => Promise<unknown>): Promise<Result> {
  const { execute, runScript } = SqliteDriver.prototype
  let pending: Promise<unknown> | null = null
  let isInTransaction = false
  SqliteDriver.prototype.runScript = function (sql) {
    isInTransaction ||= /\bBEGIN\b/.test(sql)
    return Reflect.apply(runScript, this, [sql])
  }
  SqliteDriver.prototype.execute = async function (...given) {
    if (pending === null && /^SELECT.*FROM `main`\.`api_keys`/.test(sqlOf(given[0]))) {
      pending = other()
      if (!isInTransaction) await pending
    }
    return Reflect.apply(execute, this, given)
  }
  try {
    return await work()
  } finally {
    Object.assign(SqliteDriver.prototype, { execute, runScript })
    expect(pending).not.toBeNull()
    await pending
  }
}

test.each([
  ['a key that is deleted', (other: Database) => other.write((transaction) => transaction.apiKey.deleteMany())],
  [
    'a provider that is moved',
    (other: Database) => other.write((transaction) => transaction.provider.updateMany({ data: { modelsPath: '/m' } })),
  ],
])('secrets are verified and sealed anew in one state of the data: beside %s', async (_title, change) => {
  const { database, url, keys, keyring } = await inSqlite(folder, 'one-key.sqlite', ['plain-openai'])
  await upgrade({ database, keyring })
  const other = await openDatabase(url)
  const verified = await interrupted(
    () => verifySecrets(database, keyring, () => {}),
    () => change(other),
  )
  expect(verified).toEqual({ readable: 2, unreadable: { MALFORMED: 0, UNKNOWN_KEY: 0, NOT_AUTHENTIC: 0 }, providers: [] })
  await other.close()
  await database.close()

  const again = await inSqlite(folder, 'one-key.sqlite', ['plain-openai'])
  await upgrade(again)
  const rival = await openDatabase(again.url)
  const rotated = parseKeyring([generateKeyText(), ...keys].join())
  await again.database.write((transaction) =>
    transaction.encryptionKey.create({ data: { kid: rotated.primary.kid, canary: 'not looked at', createdAt: new Date() } }),
  )
  await expect(
    interrupted(
      () => resealSecrets(again.database, rotated, () => {}),
      () => change(rival),
    ),
  ).resolves.toMatchObject({})
  await rival.close()
  await again.database.close()
})
