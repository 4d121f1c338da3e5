import { describe, expect, test } from 'vitest'
import { codeBlock } from '../support/documents.ts'
import { type ProviderView, readProvider, uniqueName, writerAs } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { auditEvents, countAuditEvents, withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-openai-primary-fixture-aaaaaa'
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const recorder = useStarted(() => startRecorder(KEY))
const editor = writerAs(gateway, 'EDITOR')

const keyIds = ({ apiKeys }: ProviderView) => apiKeys.nodes.map(({ id }) => id)
const masks = ({ apiKeys }: ProviderView) => apiKeys.nodes.map(({ masked }) => masked)
const withKeys = (...values: string[]) => editor.created({ apiKeys: values.map((value) => ({ credential: { value } })) })

/** Runs a change that must be refused, and checks that nothing of it happened. */
async function expectUnchanged<Answer>({ id, uuid }: ProviderView, change: () => Promise<Answer>): Promise<Answer> {
  const state = async () => [
    await readProvider(gateway, id),
    await countAuditEvents(gateway),
    await withStore(gateway, (store) => store.apiKeySecret.findMany({ where: { apiKey: { providerId: uuid } } })),
    await withStore(gateway, (store) => store.providerSecret.findMany({ where: { providerId: uuid } })),
  ]
  const before = await state()
  const answer = await change()
  expect(await state()).toEqual(before)
  return answer
}

describe('a change', () => {
  test('alters what it gives and leaves the rest', async () => {
    const provider = await editor.created({ displayName: 'Before', icon: '🦊', apiKeys: [{ credential: { value: KEY } }] })
    const changed = await editor.updated(provider.id, { displayName: 'After', enabled: false })
    expect(changed).toEqual({ ...provider, displayName: 'After', enabled: false, version: 2, updatedAt: changed.updatedAt })
    expect(changed.updatedAt > provider.updatedAt).toBe(true)
    expect(await editor.updated(provider.id, { displayName: '', icon: '' })).toMatchObject({ displayName: provider.name, icon: '' })
  })

  test('takes null for "left out", in every field', async () => {
    const provider = await editor.created({ displayName: 'Kept', icon: 'kept', apiKeys: [{ credential: { value: KEY } }] })
    const nothing = { displayName: null, icon: null, baseUrl: null, enabled: null, settings: null, apiKeys: null, expectedVersion: null }
    const changed = await editor.updated(provider.id, nothing)
    expect(changed).toEqual({ ...provider, version: 2, updatedAt: changed.updatedAt })
    const kept = await editor.updated(provider.id, {
      apiKeys: [{ keep: { id: keyIds(provider)[0], name: null, enabled: null, weight: null } }],
    })
    expect(kept.apiKeys).toEqual(provider.apiKeys)
  })

  test('raises the version by exactly one, a change of nothing included; a test does not', async () => {
    const provider = await editor.created({ baseUrl: recorder.origin, apiKeys: [{ credential: { value: KEY } }] })
    expect((await editor.updated(provider.id, {})).version).toBe(2)
    expect((await editor.updated(provider.id, { displayName: provider.displayName })).version).toBe(3)
    expect(
      (
        await editor.updated(provider.id, {
          apiKeys: [{ keep: { id: keyIds(provider)[0] } }, { add: { credential: { value: `${KEY}-2` } } }],
        })
      ).version,
    ).toBe(4)
    await editor.test(provider.id)
    const tested = await readProvider(gateway, provider.id)
    expect(tested?.version).toBe(4)
    await editor.update(provider.id, { baseUrl: 'nonsense' })
    expect((await readProvider(gateway, provider.id))?.version).toBe(4)
  })

  test('that expects another provider behind the name is refused and says so', async () => {
    const [provider, other] = [await editor.created({}), await editor.created({})]
    const result = await expectUnchanged(provider, () => editor.update(provider.id, { displayName: 'lost', expectedUuid: other.uuid }))
    expect(result).toMatchObject({ code: 'VERSION_CONFLICT', message: expect.stringContaining('another provider') })
  })

  test('that expects another version is refused and says which it is', async () => {
    const provider = await editor.created({})
    await editor.updated(provider.id, { expectedVersion: 1 })
    const current = await readProvider(gateway, provider.id)
    if (current === null) throw new Error('It is gone.')
    for (const expectedVersion of [0, 1, 3, -1, 2_147_483_647]) {
      const result = await expectUnchanged(current, () => editor.update(provider.id, { displayName: 'lost', expectedVersion }))
      expect(result).toMatchObject({ __typename: 'VersionConflictError', code: 'VERSION_CONFLICT', currentVersion: 2 })
    }
  })

  test('is never lost among 50 at the same moment', async () => {
    const provider = await editor.created({})
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => editor.updated(provider.id, { displayName: `change ${index}` })),
    )
    expect(results.map(({ version }) => version).length).toBe(50)
    expect((await readProvider(gateway, provider.id))?.version).toBe(51)
    expect(await auditEvents(gateway, provider.uuid)).toHaveLength(51)
  })

  test('with an expected version is won by one of 50', async () => {
    const provider = await editor.created({})
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => editor.update(provider.id, { displayName: `change ${index}`, expectedVersion: 1 })),
    )
    const kinds = results.map(({ __typename }) => __typename).sort()
    expect(kinds).toEqual(['UpdateProviderPayload', ...Array<string>(49).fill('VersionConflictError')])
  })

  test('of one that is gone is refused', async () => {
    const provider = await editor.created({})
    await editor.remove(provider.id)
    expect(await editor.update(provider.id, { displayName: 'x' })).toMatchObject({ __typename: 'ProviderNotFoundError' })
  })

  test('writes one audit event that names what changed and shows keys as masks', async () => {
    const provider = await withKeys(KEY, 'sk-second-of-two-fixtures-b')
    const [first = ''] = keyIds(provider)
    await editor.updated(provider.id, {
      displayName: 'New',
      apiKeys: [{ keep: { id: first } }, { add: { credential: { value: 'sk-third-of-the-fixtures-c' } } }],
    })
    const [, event, ...others] = await auditEvents(gateway, provider.uuid)
    expect(others).toEqual([])
    expect(event).toMatchObject({
      action: 'provider.updated',
      changes: {
        displayName: 'New',
        apiKeys: { added: [{ masked: 'sk-t...es-c' }], removed: [{ masked: 'sk-s...es-b' }], kept: 1 },
      },
    })
  })

  test('leaves no change of a setting out of the audit log', async () => {
    const provider = await withKeys()
    const changes = { icon: '/i.svg', modelsPath: '/list', authentication: 'x-key', testAfterWrites: 'NEVER', enabled: false }
    for (const [field, value] of Object.entries(changes)) await editor.updated(provider.id, { [field]: value })
    const [, ...events] = await auditEvents(gateway, provider.uuid)
    for (const [index, [field, value]] of Object.entries(changes).entries())
      expect(events[index]?.changes).toMatchObject({ [field]: value })
  })
})

describe('the wanted set of keys', () => {
  test('keeps, changes, adds and drops in one step', async () => {
    const provider = await withKeys('sk-keep-this-one-00000001', 'sk-drop-this-one-00000002', 'sk-change-this-00000003')
    const [kept, , renamed] = keyIds(provider)
    const changed = await editor.updated(provider.id, {
      apiKeys: [
        { add: { credential: { value: 'sk-new-on-top-000000004' }, name: 'new' } },
        { keep: { id: renamed, name: 'renamed', enabled: false, weight: 2.5 } },
        { keep: { id: kept } },
      ],
    })
    expect(changed.apiKeys.nodes).toMatchObject([
      { id: kept, name: null, enabled: true, weight: 1 },
      { id: renamed, name: 'renamed', enabled: false, weight: 2.5 },
      { name: 'new', masked: 'sk-n...0004' },
    ])
    expect((await editor.updated(provider.id, { apiKeys: [] })).apiKeys.totalCount).toBe(0)
  })

  test('with an unknown key changes nothing at all', async () => {
    const provider = await withKeys(KEY)
    const stranger = await withKeys('sk-of-another-provider-01')
    const unknown = Buffer.from('ApiKey:6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e').toString('base64')
    for (const id of [unknown, keyIds(stranger)[0]]) {
      const result = await expectUnchanged(provider, () =>
        editor.update(provider.id, {
          displayName: 'lost',
          apiKeys: [{ add: { credential: { value: 'sk-must-not-be-stored-1' } } }, { keep: { id } }],
        }),
      )
      expect(result).toMatchObject({ __typename: 'ApiKeyNotFoundError', code: 'API_KEY_NOT_FOUND' })
    }
    expect(await readProvider(gateway, stranger.id)).toEqual(stranger)
  })

  test('as docs/incidents.md does it for a leaked key replaces that key, and leaves the others', async () => {
    const provider = await withKeys('sk-leaked-key-0123456789-aaaa', 'sk-other-key-0123456789-bbbb')
    const variables = { provider: provider.name, apiKey: keyIds(provider)[0], value: 'sk-new-key-0123456789-cccc' }
    expect(await gateway.ask(codeBlock('docs/incidents.md', 'graphql replace-api-key'), variables)).toMatchObject({
      updateProvider: { provider: { version: 2 } },
    })
    const after = await readProvider(gateway, provider.id)
    expect(after && [keyIds(after), masks(after)]).toEqual([keyIds(provider), ['sk-n...cccc', 'sk-o...bbbb']])
  })

  test('with a key kept twice is refused', async () => {
    const provider = await withKeys(KEY)
    const keep = { keep: { id: keyIds(provider)[0] } }
    const result = await expectUnchanged(provider, () => editor.update(provider.id, { apiKeys: [keep, keep] }))
    expect(result.issues).toMatchObject([{ path: ['apiKeys', '1', 'keep', 'id'], rule: 'API_KEY_REPEATED' }])
  })

  test('with a key that is kept and removed is refused where it is named again', async () => {
    const provider = await withKeys(KEY)
    const [id] = keyIds(provider)
    const apiKeys = [{ keep: { id } }, { remove: id }]
    const result = await expectUnchanged(provider, () => editor.update(provider.id, { keepOtherApiKeys: true, apiKeys }))
    expect(result.issues).toMatchObject([{ path: ['apiKeys', '1', 'remove'], rule: 'API_KEY_REPEATED' }])
  })

  test('needs exactly one of keep and add in each entry', async () => {
    const provider = await withKeys(KEY)
    for (const entry of [{}, { keep: { id: keyIds(provider)[0] }, add: { credential: { value: KEY } } }, { add: null }]) {
      const document = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }'
      const { body, text } = await gateway.graphql(document, { input: { provider: { id: provider.id }, apiKeys: [entry] } })
      expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
      expect(text).not.toContain(KEY)
    }
  })

  test('has at most 100 keys', async () => {
    const values = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ credential: { value: `sk-one-of-many-keys-${index}` } }))
    expect((await editor.create({ apiKeys: values(101) })).issues).toMatchObject([{ path: ['apiKeys'], rule: 'OUT_OF_RANGE' }])
    const provider = await editor.created({ apiKeys: values(100) })
    expect(provider.apiKeys.totalCount).toBe(100)
    const keeps = keyIds(provider).map((id) => ({ keep: { id } }))
    const result = await expectUnchanged(provider, () =>
      editor.update(provider.id, { apiKeys: [...keeps, { add: { credential: { value: KEY } } }] }),
    )
    expect(result.issues).toMatchObject([{ path: ['apiKeys'], rule: 'OUT_OF_RANGE' }])
  })

  test('may hold one value twice where a dialect takes that, sealed differently each time', async () => {
    const name = uniqueName('twice')
    const body = JSON.stringify({ type: 'openai', name, base_url: 'https://api.example.com/v1', api_keys: [KEY, KEY] })
    const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' }
    expect((await gateway.fetch('/api/v2/ai/providers', { method: 'POST', headers, body })).status).toBe(201)
    const { provider } = await gateway.ask<{ provider: { uuid: string } }>(
      'query ($name: String!) { provider(by: { name: $name }) { uuid } }',
      { name },
    )
    const sealed = await withStore(gateway, (store) => store.apiKeySecret.findMany({ where: { apiKey: { providerId: provider.uuid } } }))
    expect(new Set(sealed.map((row) => row.sealed)).size).toBe(2)
  })
})

describe('the mask of a key', () => {
  test.each([
    ['k1', '...'],
    ['abcd', '...'],
    ['abcde', 'a...e'],
    ['sk-test', 's...t'],
    ['123456789', '1...9'],
    ['0123456789', '01...89'],
    ['sk-1234567890123456', 'sk...56'],
    ['sk-12345678901234567', 'sk-1...4567'],
    [KEY, 'sk-o...aaaa'],
  ])('of %j is %j', async (value, masked) => {
    expect(masks(await withKeys(value))).toEqual([masked])
  })

  test.each(['...', 'a...e', 'sk-o...aaaa', '01...89', 'sk-****abcd', '********', 'xx****'])('%j sent back is refused', async (value) => {
    const created = await editor.create({ apiKeys: [{ credential: { value } }] })
    expect(created.issues).toMatchObject([{ path: ['apiKeys', '0', 'credential', 'value'], rule: 'API_KEY_MASKED' }])
    const provider = await withKeys(KEY)
    const result = await expectUnchanged(provider, () => editor.update(provider.id, { apiKeys: [{ add: { credential: { value } } }] }))
    expect(result.issues).toMatchObject([{ path: ['apiKeys', '0', 'add', 'credential', 'value'], rule: 'API_KEY_MASKED' }])
  })

  test('shaped only nearly like one is accepted', async () => {
    for (const value of ['abcde...fghij', 'sk-12345...', '...abcdefgh', '***abc', 'a..b'])
      expect((await withKeys(value)).apiKeys.totalCount).toBe(1)
  })
})
