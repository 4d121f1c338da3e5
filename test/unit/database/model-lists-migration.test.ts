import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../../src/database/migrate.ts'
import { describeDatabases } from '../../support/databases.ts'
import { providerRow } from '../../support/rows.ts'

const MIGRATION = '_model_lists'

describeDatabases('the names of models that every test had', (databases, kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-migrations-'))
  beforeAll(() => {
    cpSync('prisma/migrations', folder, { recursive: true })
    const names = readdirSync(join(folder, kind)).toSorted()
    const from = names.findIndex((name) => name.endsWith(MIGRATION))
    for (const name of names.slice(from)) rmSync(join(folder, kind, name), { recursive: true })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('move into one list for equal ones, and older ones leave their number', async () => {
    const database = await databases.open(await databases.freshUrl())
    await migrate(database, undefined, folder)
    const { prisma } = database
    const insert = (id: string, day: number, status: string, models: readonly string[]) =>
      prisma.$executeRawUnsafe(
        `INSERT INTO connection_tests (id, provider_id, status, message, key_verified, duration_ms, models, tested_at)
         VALUES ('${id}', 'p', ${kind === 'sqlite' ? `'${status}'` : `'${status}'::"ConnectionStatus"`}, '', true, 1, '${JSON.stringify(models)}', '2026-01-0${day}T00:00:00.000+00:00')`,
      )
    await prisma.$executeRawUnsafe(
      `INSERT INTO providers (id, name, sort_name, search_text, type, base_url, created_at, updated_at)
       VALUES ('p', 'p', 'p', 'p', 'OPENAI', '', '2026-01-01T00:00:00.000+00:00', '2026-01-01T00:00:00.000+00:00')`,
    )
    await insert('old', 1, 'OK', ['gone'])
    await insert('same-before', 2, 'OK', ['a', 'b'])
    await insert('good-1', 3, 'OK', ['a', 'b'])
    await insert('good-2', 3, 'OK', ['c'])
    await insert('bad', 4, 'UNAUTHORIZED', [])
    await prisma.$executeRawUnsafe("UPDATE providers SET last_connection_test_id = 'bad'")
    await migrate(database)
    const tests = await prisma.connectionTest.findMany({
      select: { id: true, modelCount: true, modelList: { select: { names: true } } },
      orderBy: { number: 'asc' },
    })
    expect(tests).toEqual([
      { id: 'old', modelCount: 1, modelList: null },
      { id: 'same-before', modelCount: 2, modelList: { names: ['a', 'b'] } },
      { id: 'good-1', modelCount: 2, modelList: { names: ['a', 'b'] } },
      { id: 'good-2', modelCount: 1, modelList: { names: ['c'] } },
      { id: 'bad', modelCount: 0, modelList: null },
    ])
    expect(await prisma.modelList.count()).toBe(2)
    expect(await prisma.provider.findFirst({ select: { lastConnectionTestId: true } })).toEqual({ lastConnectionTestId: 'bad' })
    await prisma.provider.create({ data: providerRow('another') })
  })
})
