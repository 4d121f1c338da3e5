import { describe, expect, it } from 'vitest'
import { coderClient, newProvider } from '../../support/coder-client.ts'
import { withStore } from '../../support/store.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

const BAD_PATH = { message: 'Invalid provider id or name: must be a UUID or match ^[a-z0-9]+(-[a-z0-9]+)*$.' }
const NOT_FOUND = { message: 'Resource not found or you do not have access to this resource' }

describe('id or name (Coder contract, section 6)', () => {
  it('finds a provider by its name and by its id, in every form that Go reads', async () => {
    const { id, name } = await client.created()
    for (const idOrName of [name, id, id.toUpperCase(), `urn:uuid:${id}`, `{${id}}`, id.replaceAll('-', '')])
      expect((await client.get(idOrName)).body.id).toBe(id)
  })

  it.each(['Bad_Name', 'a--b', 'a b', '-', '%', 'a\u0000', 'ä', 'x'.repeat(2_000).concat('_')])(
    'refuses %.20j as neither, in every method',
    async (idOrName) => {
      for (const answer of [
        await client.get(idOrName),
        await client.patch(idOrName, { enabled: true }),
        await client.remove(idOrName),
        await client.test(idOrName),
      ])
        expect([answer.status, answer.body]).toEqual([400, BAD_PATH])
    },
  )

  it.each(['not-there', '00000000-0000-0000-0000-000000000001', '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e'])(
    'answers 404 for %s, in every method',
    async (idOrName) => {
      for (const answer of [
        await client.get(idOrName),
        await client.patch(idOrName, { enabled: true }),
        await client.remove(idOrName),
        await client.test(idOrName),
      ])
        expect([answer.status, answer.body]).toEqual([404, NOT_FOUND])
    },
  )

  it('creates a name that looks like a UUID, and never finds it by that name', async () => {
    const name = '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5f'
    const { id } = await client.created({ name })
    expect((await client.get(name)).status).toBe(404)
    expect((await client.get(id)).body.name).toBe(name)
  })

  it('orders the list by name', async () => {
    for (const name of ['sorted-b', 'sorted-a', 'sorted-10', 'sorted-2']) await client.created({ name })
    const names = (await client.list()).map(({ name }) => name).filter((name) => name.startsWith('sorted-'))
    expect(names).toEqual(['sorted-10', 'sorted-2', 'sorted-a', 'sorted-b'])
  })

  it('allows several providers of one type and one base_url', async () => {
    const same = { type: 'google', base_url: 'https://same.example' }
    expect((await client.created(same)).id).not.toBe((await client.created(same)).id)
  })
})

describe('deleting', () => {
  it('makes a provider unknown by id and by name, and a second DELETE answer 404', async () => {
    const { id, name } = await client.created({ api_keys: ['sk-key-one'] })
    expect((await client.remove(id)).status).toBe(204)
    for (const idOrName of [id, name]) {
      expect((await client.get(idOrName)).body).toEqual(NOT_FOUND)
      expect((await client.remove(idOrName)).status).toBe(404)
    }
  })

  it('frees the name at once, for a provider with another id', async () => {
    const first = await client.created()
    await client.remove(first.name)
    const second = await client.created({ name: first.name })
    expect(second.id).not.toBe(first.id)
    expect((await client.read(first.name)).id).toBe(second.id)
    expect((await client.create(newProvider({ name: first.name }))).status).toBe(409)
  })

  it('keeps the row, disabled, and not its secrets', async () => {
    const { id, name } = await client.created({ enabled: true, api_keys: ['sk-key-one'] })
    await client.remove(name)
    const row = await withStore(gateway, (store) => store.provider.findUnique({ where: { id }, include: { apiKeys: true } }))
    expect(row).toMatchObject({ enabled: false, deletedAt: expect.any(Date), apiKeys: [] })
  })
})

describe('masks (section 5)', () => {
  it.each([
    ['k1', '...'],
    ['abcd', '...'],
    ['abcde', 'a...e'],
    ['sk-test', 's...t'],
    ['123456789', '1...9'],
    ['0123456789', '01...89'],
    ['sk-1234567890123456', 'sk...56'],
    ['sk-12345678901234567', 'sk-1...4567'],
    ['sk-openai-primary-fixture-aaaaaa', 'sk-o...aaaa'],
    ['🔑🔑🔑🔑🔑', '🔑...🔑'],
  ])('shows %s as %s, in the answer and in the audit log', async (key, masked) => {
    const provider = await client.created({ api_keys: [key] })
    expect(provider.api_keys.map((shown) => shown.masked)).toEqual([masked])
    const [event] = await withStore(gateway, (store) => store.auditEvent.findMany({ where: { subjectId: provider.id } }))
    expect(event?.changes).toMatchObject({ apiKeys: { added: [{ masked }] } })
  })
})
