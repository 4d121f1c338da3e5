import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { isUniqueViolation } from '../../../src/database/failures.ts'
import { insertRow } from '../../../src/database/insert-row.ts'
import { CURRENT_REVISION, raiseRevision, readRevision } from '../../../src/database/revision.ts'
import { describeDatabases } from '../../support/databases.ts'
import { auditRow } from '../../support/rows.ts'

const at = new Date('2026-01-02T03:04:05.678Z')
const provider = () => ({
  ...{ id: randomUUID(), name: 'ours', displayName: 'Ürsprung "1"', sortName: 'ours', searchText: "o'urs", icon: '🤖' },
  ...{ type: 'OPENAI_COMPAT' as const, baseUrl: 'https://a.example', enabled: false, vendorPreset: null, createdAt: at, updatedAt: at },
  network: { timeoutMs: 1_000, extraHeaders: [{ name: 'X', value: 'é' }], proxy: null },
})

describeDatabases('a row inserted by a statement of its own', (databases) => {
  test('is in every column what the client would store', async () => {
    const { prisma, write } = await databases.open()
    const [ours, theirs] = [provider(), { ...provider(), name: 'theirs' }]
    await write((tx) => insertRow(tx, 'provider', ours))
    await write((tx) => tx.provider.create({ data: theirs }))
    const [row = {}] = await prisma.$queryRawUnsafe<object[]>('SELECT * FROM providers LIMIT 1')
    const texts = Object.keys(row).map((column) => `CAST("${column}" AS TEXT) AS "${column}"`)
    const [one, other] = await prisma.$queryRawUnsafe<object[]>(`SELECT ${texts.join(', ')} FROM providers ORDER BY number`)
    expect(one).toEqual({ ...other, id: ours.id, name: 'ours', number: '1' })
    expect(Object.keys(row)).toHaveLength(20)
    expect(await prisma.provider.findMany({ where: { createdAt: at } })).toMatchObject([ours, theirs])
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

  test('has no revision in a database that has lost it: the change fails, and says what to do', async () => {
    const { prisma, write } = await databases.open()
    await prisma.revision.deleteMany()
    await expect(write(raiseRevision)).rejects.toThrow('restore a backup')
  })
})
