import { expect, test } from 'vitest'
import { readStoredProvider } from '../../../src/api-keys/read-stored-provider.ts'
import type { Database } from '../../../src/database/client.ts'
import { describeDatabases } from '../../support/databases.ts'

const at = new Date('2026-01-02T03:04:05.678Z')
const provider = (id: string, name: string) => ({
  ...{ id, name, displayName: 'Ürsprung "1"', sortName: name, searchText: name, type: 'OPENAI_COMPAT' as const, enabled: false },
  ...{ baseUrl: 'https://a.example', createdAt: at, updatedAt: at, callHeaders: ['x-run'], extensions: { bifrost: null, a: [1.5, 'é'] } },
})
const key = (id: string, providerId: string) => ({
  ...{ id, providerId, name: null, masked: 'sk-a...aaaa', enabled: false, weight: 0.25, models: ['a'], createdAt: at },
  credentialParts: [{ name: 'value', masked: 'x', environmentVariable: null }],
})

async function store({ prisma }: Database): Promise<void> {
  await prisma.encryptionKey.create({ data: { kid: 'k1', canary: 'sealed', createdAt: at } })
  await prisma.provider.createMany({ data: [provider('p1', 'one'), provider('p2', 'two'), { ...provider('p3', 'gone'), deletedAt: at }] })
  await prisma.apiKey.createMany({ data: [key('zz', 'p1'), key('other', 'p2'), key('aa', 'p1'), key('lost', 'p3')] })
  const sealed = { sealed: 'sealed', kid: 'k1' }
  await prisma.apiKeySecret.createMany({
    data: ['aa', 'other'].map((apiKeyId) => ({ apiKeyId, ...sealed, fingerprint: `of ${apiKeyId}` })),
  })
  const fields = ['network.proxy.password', 'apiKey.zz.parts']
  await prisma.providerSecret.createMany({
    data: ['p1', 'p2'].flatMap((providerId) => fields.map((field) => ({ providerId, field, ...sealed }))),
  })
}

describeDatabases('a provider with all that belongs to it, read by one statement,', (databases) => {
  test('is in every column what the client reads from each table, and nothing of another provider', async () => {
    const database = await databases.open()
    const { prisma } = database
    await store(database)
    const found = await readStoredProvider(prisma, { name: 'one' })
    const keys = await prisma.apiKey.findMany({ where: { providerId: 'p1' }, orderBy: { number: 'asc' } })
    const values = await prisma.apiKeySecret.findMany({ where: { apiKeyId: { in: ['aa', 'zz'] } } })
    const others = await prisma.providerSecret.findMany({ where: { providerId: 'p1' } })
    expect(keys.map(({ id }) => id)).toEqual(['zz', 'aa'])
    expect(found?.provider).toEqual(await prisma.provider.findUnique({ where: { id: 'p1' } }))
    expect(found?.stored.rows).toEqual({ provider: found?.provider, keys })
    expect(found?.stored.keys).toEqual(keys)
    expect([...(found?.stored.sealed.keys ?? [])]).toEqual(values.map((secret) => [secret.apiKeyId, secret]))
    expect(found?.stored.sealed.fields).toEqual(new Map(others.map((secret) => [secret.field, secret])))
    expect(await readStoredProvider(prisma, { id: 'p1' })).toEqual(found)
  })

  test('may have no keys and no secrets; a deleted one, and one of another name, is none', async () => {
    const database = await databases.open()
    await database.prisma.provider.create({ data: provider('p1', 'bare') })
    const found = await readStoredProvider(database.prisma, { id: 'p1' })
    expect(found?.stored).toMatchObject({ keys: [], sealed: { keys: new Map(), fields: new Map() } })
    await database.prisma.provider.update({ where: { id: 'p1' }, data: { deletedAt: at } })
    for (const ref of [{ id: 'p1' }, { name: 'bare' }, { name: "' OR 1 = 1 --" }])
      expect(await readStoredProvider(database.prisma, ref)).toBeNull()
  })
})
