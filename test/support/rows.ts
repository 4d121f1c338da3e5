/** Rows for tests of the database alone, with the least that its columns ask for. */
import { randomUUID } from 'node:crypto'
import type { Prisma } from '../../src/generated/prisma-sqlite/client.ts'

const now = new Date('2026-01-01T00:00:00Z')

export function providerRow(name: string, more: Partial<Prisma.ProviderUncheckedCreateInput> = {}): Prisma.ProviderUncheckedCreateInput {
  const names = { name, sortName: name, searchText: name }
  return { id: randomUUID(), ...names, type: 'OPENAI', baseUrl: '', createdAt: now, updatedAt: now, ...more }
}

export function tokenRow(): Prisma.AccessTokenUncheckedCreateInput {
  const id = randomUUID()
  return { id, lookupId: id, secretDigest: 'none', name: 'test', role: 'VIEWER', source: 'API', createdAt: now }
}

export function auditRow(action: string): Prisma.AuditEventUncheckedCreateInput {
  const subject = { subjectType: 'test', subjectId: 'test' }
  return { id: randomUUID(), action, actor: 'test', channel: 'test', requestId: 'test', createdAt: now, ...subject }
}
