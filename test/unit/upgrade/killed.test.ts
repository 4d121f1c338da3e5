/** A process that is killed while it brings a database of 0.1.0 to this release, at the first statement, at the last, and between. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findOutdatedKeys } from '../../../src/api-keys/encryption-keys.ts'
import { verifySecrets } from '../../../src/api-keys/verify-secrets.ts'
import { type FirstRelease, inPostgresql, inSqlite, upgrade } from '../../support/first-release.ts'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../support/postgres.ts'
import { workerProgram } from '../../support/worker-programs.ts'

let folder: string
let server: PostgresServer | undefined
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-upgrade-'))
  if (postgresPrograms !== null) server = await startPostgres()
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The signal that ended it, or what it printed. */
async function runWorker({ url, keys }: FirstRelease, statement = 0): Promise<string> {
  const parameters = [workerProgram('upgrade-worker'), url, keys.join(), String(statement)]
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  const [, signal] = await once(child, 'close')
  return signal ?? output.trim()
}

const sealedTexts = async ({ database }: FirstRelease) => ({
  keys: await database.prisma.$queryRaw`SELECT api_key_id, sealed, kid FROM api_key_secrets ORDER BY api_key_id`,
  fields: await database.prisma.$queryRaw`SELECT provider_id, field, sealed, kid FROM provider_secrets ORDER BY provider_id, field`,
})

const KINDS = [
  { title: 'SQLite', make: () => inSqlite(folder), isThere: true },
  {
    title: 'PostgreSQL',
    make: () => (server === undefined ? Promise.reject(new Error('No server was started.')) : inPostgresql(server)),
    isThere: postgresPrograms !== null,
  },
]

describe.each(KINDS)('a database of 0.1.0 on $title', ({ make, isThere }) => {
  test.skipIf(!isThere)(
    'starts again after kill -9 at any point of the upgrade, with every secret readable',
    async () => {
      const whole = await make()
      const statements = Number(await runWorker(whole))
      expect(statements).toBeGreaterThan(50)
      expect((await verifySecrets(whole.database, whole.keyring, () => {})).readable).toBe(31)
      await whole.database.close()
      for (const share of [0, 0.5, 0.9, 1]) {
        const fixture = await make()
        const before = await sealedTexts(fixture)
        expect(await runWorker(fixture, 1 + Math.round(share * (statements - 1)))).toBe('SIGKILL')
        // What is sealed is brought over whole or not at all.
        expect(await sealedTexts(fixture)).toEqual(before)
        await upgrade(fixture)
        const { readable, unreadable } = await verifySecrets(fixture.database, fixture.keyring, () => {})
        expect({ share, readable, unreadable }).toEqual({
          share,
          readable: 31,
          unreadable: { MALFORMED: 0, UNKNOWN_KEY: 0, NOT_AUTHENTIC: 0 },
        })
        expect(await findOutdatedKeys(fixture.database.prisma, fixture.keyring)).toEqual([])
        await fixture.database.close()
      }
    },
    300_000,
  )
})
