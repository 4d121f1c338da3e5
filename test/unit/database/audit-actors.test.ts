import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../../src/database/migrate.ts'
import { MIGRATIONS_FOLDER } from '../../../src/database/migrations.ts'
import { describeDatabases } from '../../support/databases.ts'

const THIS = '20261130001428_audit_actors'
const TOKEN = '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e'
const GONE = '7f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e'
const PROVIDER = '8f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e'

/** Events as releases before this migration wrote them: actor, channel, subject type and id. */
const STORED: readonly (readonly [string, string, string, string])[] = [
  ['gateway (start)', 'start', 'access_token', TOKEN],
  [`ci (${TOKEN})`, 'graphql', 'provider', PROVIDER],
  [`gateway (start) (${TOKEN})`, 'coder', 'provider', GONE],
  ['command line (deploy@gw-1)', 'cli', 'encryption_key', 'kid-1'],
  ['command line (uid (7)@gw)', 'cli', 'provider', ''],
  ['odd', 'graphql', 'provider', ''],
]

describeDatabases('audit events of an earlier release', (databases, kind) => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gateway-migrations-'))
    cpSync(MIGRATIONS_FOLDER, folder, { recursive: true })
    for (const name of readdirSync(join(folder, kind))) if (name >= THIS) rmSync(join(folder, kind, name), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('are given the kind, id and name of their actor, and the name of their subject', async () => {
    const database = await databases.open(await databases.freshUrl())
    await migrate(database, () => {}, folder)
    const { prisma } = database
    const time = new Date('2026-01-01T00:00:00Z')
    await prisma.$executeRaw`INSERT INTO access_tokens (id, lookup_id, secret_digest, name, role, source, created_at)
      VALUES (${TOKEN}, 'lookup', 'hash', 'ci', 'ADMIN', 'API', ${time})`
    await prisma.$executeRaw`INSERT INTO providers (id, name, sort_name, search_text, type, base_url, created_at, updated_at, deleted_at)
      VALUES (${PROVIDER}, 'openai', 'openai', 'openai', 'OPENAI', '', ${time}, ${time}, ${time})`
    for (const [index, [actor, channel, type, id]] of STORED.entries())
      await prisma.$executeRaw`INSERT INTO audit_events (id, action, actor, channel, subject_type, subject_id, request_id, created_at)
        VALUES (${String(index)}, 'test', ${actor}, ${channel}, ${type}, ${id}, 'test', ${time})`
    await migrate(database)
    const events = await prisma.auditEvent.findMany({ orderBy: { number: 'asc' } })
    expect(events.map(({ actorKind, actorId, actor, subjectName }) => [actorKind, actorId, actor, subjectName])).toEqual([
      ['SYSTEM', '', 'gateway', 'ci'],
      ['TOKEN', TOKEN, 'ci', 'openai'],
      ['TOKEN', TOKEN, 'gateway (start)', null],
      ['COMMAND_LINE', 'deploy@gw-1', 'command line', 'kid-1'],
      ['COMMAND_LINE', 'uid (7)@gw', 'command line', null],
      ['TOKEN', '', 'odd', null],
    ])
  })
})
