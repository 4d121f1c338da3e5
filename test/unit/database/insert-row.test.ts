import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openActivity } from '../../../src/activity/activity.ts'
import { insertCalls } from '../../../src/activity/insert-calls.ts'
import type { Database } from '../../../src/database/client.ts'
import { isUniqueViolation } from '../../../src/database/failures.ts'
import { insertRow } from '../../../src/database/insert-row.ts'
import { CURRENT_REVISION, raiseRevision, readRevision } from '../../../src/database/revision.ts'
import { toCallRow } from '../../../src/usage/call-row.ts'
import { callRecord } from '../../support/call-records.ts'
import { describeDatabases } from '../../support/databases.ts'
import { auditRow } from '../../support/rows.ts'

const at = new Date('2026-01-02T03:04:05.678Z')
const provider = () => ({
  ...{ id: randomUUID(), name: 'ours', displayName: 'Ürsprung "1"', sortName: 'ours', searchText: "o'urs", icon: '🤖' },
  ...{ type: 'OPENAI_COMPAT' as const, baseUrl: 'https://a.example', enabled: false, vendorPreset: null, createdAt: at, updatedAt: at },
  network: { timeoutMs: 1_000, extraHeaders: [{ name: 'X', value: 'é' }], proxy: null },
})

const [ours, keyId] = [provider(), randomUUID()]
const key = {
  ...{ id: keyId, providerId: ours.id, name: 'main', masked: 'sk-a...aaaa', enabled: false, weight: 2.5, environmentVariable: 'A_KEY' },
  ...{ extensions: { bifrost: { models: ['*'] } }, createdAt: at },
}
const encryptionKey = { kid: 'k1', canary: 'sealed', createdAt: at }
const secret = { apiKeyId: keyId, sealed: 'sealed', kid: 'k1', fingerprint: 'f' }
const list = { id: 'list', providerId: ours.id, names: ['a', 'é"'] }
const tested = {
  ...{ id: randomUUID(), providerId: ours.id, apiKeyId: keyId, status: 'OK' as const, message: 'Good.', httpStatus: null },
  ...{ keyVerified: true, durationMs: 12, modelCount: 2, modelListId: 'list', testedAt: at },
}
const event = { ...auditRow('told'), changes: { name: 'ours', apiKeys: { added: [] } }, revision: 7 }

/** Each row of a table, with every column as text. */
async function textsOf({ prisma }: Pick<Database, 'prisma'>, table: string): Promise<object[]> {
  const [row = {}] = await prisma.$queryRawUnsafe<object[]>(`SELECT * FROM ${table} LIMIT 1`)
  const texts = Object.keys(row).map((column) => `CAST("${column}" AS TEXT) AS "${column}"`)
  return prisma.$queryRawUnsafe<object[]>(`SELECT ${texts.join(', ')} FROM ${table}`)
}

describeDatabases('a row inserted by a statement of its own', (databases) => {
  test('is in every column what the client would store, in each table', async () => {
    const [one, other] = [await databases.open(), await databases.open()]
    for (const { prisma } of [one, other]) await prisma.encryptionKey.create({ data: encryptionKey })
    await one.write(async (tx) => {
      await insertRow(tx, 'provider', ours)
      await insertRow(tx, 'apiKey', key)
      await insertRow(tx, 'apiKeySecret', secret)
      await insertRow(tx, 'modelList', list)
      await insertRow(tx, 'connectionTest', tested)
      await insertRow(tx, 'auditEvent', event)
    })
    await other.write(async (tx) => {
      await tx.provider.create({ data: ours })
      await tx.apiKey.create({ data: key })
      await tx.apiKeySecret.create({ data: secret })
      await tx.modelList.create({ data: list })
      await tx.connectionTest.create({ data: tested })
      await tx.auditEvent.create({ data: event })
    })
    for (const table of ['providers', 'api_keys', 'api_key_secrets', 'model_lists', 'connection_tests', 'audit_events']) {
      const stored = await textsOf(one, table)
      expect(stored, table).toHaveLength(1)
      expect(stored, table).toEqual(await textsOf(other, table))
    }
    expect(await one.prisma.provider.findFirst()).toMatchObject(ours)
  })

  test('is in every column what the client would store of model calls, which are many at a time', async () => {
    const [one, other] = [await openActivity(await databases.open(), () => {}), await openActivity(await databases.open(), () => {})]
    const nothing = { providerId: null, providerName: null, providerType: null, apiKeyId: null, apiKeyMasked: null, model: null } as const
    const records = [
      callRecord(),
      callRecord({ startedAt: 1, streamed: true, requestBytes: 2 ** 53 - 1, responseBytes: 0.5, durationMs: 1e6 }),
      callRecord({ ...nothing, httpStatus: null, timeToFirstByteMs: null, usage: null, usageSource: 'MISSING', client: null }),
      callRecord({ providerName: `it's "\\\n🤖`, model: '12', client: '1.50', vendorRequestId: 'null', routeName: 'true' }),
    ]
    const calls = records.flatMap((record) => toCallRow(record) ?? [])
    await one.write((tx) => insertCalls(one.engine, tx, calls))
    await other.write((tx) => tx.modelCall.createMany({ data: calls }))
    const stored = await textsOf(one, 'model_calls')
    expect(stored).toHaveLength(records.length)
    expect(new Set(stored.map((row) => JSON.stringify(row)))).toEqual(
      new Set((await textsOf(other, 'model_calls')).map((row) => JSON.stringify(row))),
    )
    expect(await one.prisma.modelCall.findMany({ orderBy: { id: 'asc' } })).toEqual(calls.sort((a, b) => (a.id < b.id ? -1 : 1)))
    await one.close()
    await other.close()
  })

  test('leaves to its default what is undefined, and takes an expression for a value', async () => {
    const database = await databases.open()
    const { prisma, write } = database
    await write(async (tx) => {
      await raiseRevision(tx)
      await insertRow(tx, 'auditEvent', { ...auditRow('told'), changes: undefined, revision: CURRENT_REVISION })
      expect(await tx.auditEvent.findFirst()).toMatchObject({
        action: 'told',
        changes: null,
        revision: (await tx.revision.findFirst())?.value,
      })
    })
    const { id } = provider()
    await write((tx) => insertRow(tx, 'provider', { ...provider(), id, enabled: undefined, network: undefined }))
    expect(await prisma.provider.findUnique({ where: { id } })).toMatchObject({ enabled: true, network: null, version: 1 })
    expect(await readRevision(database)).toBeGreaterThan(1)
  })

  test('breaks a unique index in the same words as any other', async () => {
    const { prisma, write } = await databases.open()
    await write((tx) => insertRow(tx, 'provider', provider()))
    const failure = await write((tx) => insertRow(tx, 'provider', provider())).catch((error: unknown) => error)
    expect(isUniqueViolation(failure, { name: 'providers_live_name_key', columns: ['name'] })).toBe(true)
    expect(String(failure)).not.toContain('a.example')
    expect(await prisma.provider.count()).toBe(1)
  })

  test('raises the revision once in a transaction, whoever asks for it in it', async () => {
    const database = await databases.open()
    const before = await readRevision(database)
    await database.write(async (tx) => {
      await raiseRevision(tx)
      await raiseRevision(tx)
    })
    expect(await readRevision(database)).toBe(before + 1)
  })

  test('has no revision in a database that has lost it: the change fails, and says what to do', async () => {
    const { prisma, write } = await databases.open()
    await prisma.revision.deleteMany()
    await expect(write(raiseRevision)).rejects.toThrow('restore a backup')
  })
})
