import { describe, expect, test } from 'vitest'
import { readProvider, uniqueName, writerAs } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { auditEvents, countAuditEvents, withoutAudit, withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-openai-primary-fixture-aaaaaa'
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const recorder = useStarted(() => startRecorder(KEY))
const editor = writerAs(gateway, 'EDITOR')

/** Runs a write that must not be accepted, and checks that it left nothing behind. */
async function expectNoTrace<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  const count = () => gateway.ask('{ providers { totalCount } }')
  const [providers, events] = [await count(), await countAuditEvents(gateway)]
  const answer = await write()
  expect(await count()).toEqual(providers)
  expect(await countAuditEvents(gateway)).toBe(events)
  return answer
}

describe('creating a provider', () => {
  test('stores what is given, exactly, and answers with defaults for the rest', async () => {
    const name = uniqueName()
    const provider = await editor.created({
      name,
      baseUrl: 'https://API.example.com:443/v1//?x=1',
      apiKeys: [{ credential: { value: KEY } }],
    })
    expect(provider).toMatchObject({
      name,
      displayName: name,
      icon: '',
      type: 'OPENAI',
      baseUrl: 'https://API.example.com:443/v1//?x=1',
      enabled: true,
      version: 1,
      settings: null,
      lastConnectionTest: null,
      apiKeys: { totalCount: 1, nodes: [{ masked: 'sk-o...aaaa', name: null, enabled: true, weight: 1, lastConnectionTest: null }] },
    })
    expect(provider.createdAt).toBe(provider.updatedAt)
    expect(provider.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await readProvider(gateway, provider.id)).toEqual(provider)
  })

  test('takes explicit values, keys in their order, and null for "not given"', async () => {
    const provider = await editor.created({
      ...{ displayName: 'Ünï ✓', icon: '🦊', enabled: false, settings: null },
      apiKeys: [
        { credential: { value: 'sk-first-of-two-keys-0001' }, name: 'first', enabled: false, weight: 0 },
        { credential: { value: 'sk-second-of-two-keys-002' }, name: null, enabled: null, weight: null },
      ],
    })
    expect(provider).toMatchObject({ displayName: 'Ünï ✓', icon: '🦊', enabled: false })
    expect(provider.apiKeys.nodes).toMatchObject([
      { name: 'first', enabled: false, weight: 0 },
      { name: null, enabled: true, weight: 1 },
    ])
    expect((await editor.created({ apiKeys: null })).apiKeys.totalCount).toBe(0)
    const blank = await editor.created({ displayName: ' \t', apiKeys: [{ credential: { value: 'sk-without-any-name-0003' }, name: '' }] })
    expect(blank).toMatchObject({ displayName: blank.name, apiKeys: { nodes: [{ name: null }] } })
  })

  test('writes one audit event with masks, in the name of the caller', async () => {
    const provider = await editor.created({ apiKeys: [{ credential: { value: KEY } }] })
    const [event, ...others] = await auditEvents(gateway, provider.uuid)
    expect(others).toEqual([])
    expect(event).toMatchObject({
      ...{ action: 'provider.created', channel: 'graphql', subjectType: 'provider' },
      ...{ subjectName: provider.name, actorKind: 'TOKEN', actor: 'test editor' },
      changes: { name: provider.name, apiKeys: { added: [{ id: provider.apiKeys.nodes[0]?.uuid, masked: 'sk-o...aaaa' }] } },
    })
    expect(JSON.stringify(event)).not.toContain(KEY)
  })

  test.each([
    '',
    'Upper',
    'two--hyphens',
    '-front',
    'back-',
    'under_score',
    'white space',
    'ünïcode',
    'dot.ted',
    'a\nb',
    ' a',
    'a'.repeat(1_001),
  ])('refuses the name %j and leaves nothing behind', async (name) => {
    const result = await expectNoTrace(() => editor.create({ name }))
    expect(result).toMatchObject({ __typename: 'ValidationError', code: 'VALIDATION_FAILED', issues: [{ path: ['name'] }] })
  })

  test.each(['a', '0', 'a-b-c', 'openai-eu-2', '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e', 'a'.repeat(1_000)])(
    'accepts the name %j',
    async (name) => {
      expect((await editor.created({ name })).name).toBe(name)
    },
  )

  test('refuses a taken name; of 50 at the same moment exactly one wins', async () => {
    const name = uniqueName('contested')
    const results = await Promise.all(Array.from({ length: 50 }, () => editor.create({ name, apiKeys: [{ credential: { value: KEY } }] })))
    const kinds = results.map(({ __typename }) => __typename).sort()
    expect(kinds).toEqual(['CreateProviderPayload', ...Array<string>(49).fill('ProviderNameTakenError')])
    expect(results.find(({ code }) => code !== undefined)).toMatchObject({ code: 'PROVIDER_NAME_TAKEN', takenName: name })
    const stored = await withStore(gateway, async (store) => ({
      providers: await store.provider.count({ where: { name } }),
      keys: await store.apiKey.count({ where: { provider: { name } } }),
    }))
    expect(stored).toEqual({ providers: 1, keys: 1 })
  })

  test('leaves no trace of a refused name: no row, no key, no audit event', async () => {
    const { name } = await editor.created({})
    await expectNoTrace(() => editor.create({ name, apiKeys: [{ credential: { value: KEY } }] }))
  })
})

describe('deleting a provider', () => {
  test('frees its name, and takes it, its keys and its tests out of everything that can be asked', async () => {
    const provider = await editor.created({ baseUrl: recorder.origin, apiKeys: [{ credential: { value: KEY } }] })
    const tested = await editor.test(provider.id)
    const [keyId, testId] = [provider.apiKeys.nodes[0]?.id, tested.tests?.[0]?.id]
    const ids = [provider.id, keyId, testId]
    const found = () => gateway.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
    expect(await found()).toEqual({ nodes: ids.map((id) => ({ id })) })

    expect(await editor.remove(provider.id)).toMatchObject({
      ...{ __typename: 'DeleteProviderPayload', name: provider.name },
      ...{ deletedProviderId: provider.id, deletedProviderUuid: provider.uuid },
    })
    expect(await found()).toEqual({ nodes: [null, null, null] })
    for (const by of [{ id: provider.id }, { uuid: provider.uuid }, { name: provider.name }])
      expect(await gateway.ask('query ($by: ProviderRef!) { provider(by: $by) { id } }', { by })).toEqual({ provider: null })
    const search = 'query ($search: String!) { providers(filter: { search: $search }) { totalCount nodes { id } } }'
    expect(await gateway.ask(search, { search: provider.name })).toEqual({ providers: { totalCount: 0, nodes: [] } })
    const again = await editor.created({ name: provider.name })
    expect(again.id).not.toBe(provider.id)
  })

  test('leaves no sealed secret behind', async () => {
    const provider = await editor.created({ apiKeys: [{ credential: { value: KEY } }, { credential: { value: `${KEY}-2` } }] })
    const bedrock = await editor.created({
      type: 'BEDROCK',
      settings: { bedrock: { accessKey: 'AKIA0001', accessKeySecret: 'secret-0001' } },
    })
    await editor.remove(provider.id)
    await editor.remove(bedrock.id)
    const left = await withStore(gateway, async (store) => [
      await store.apiKeySecret.count({ where: { apiKeyId: { in: provider.apiKeys.nodes.map(({ uuid }) => uuid) } } }),
      await store.providerSecret.count({ where: { providerId: bedrock.uuid } }),
    ])
    expect(left).toEqual([0, 0])
  })

  test('refuses one that is gone, unknown, or at another version, and says so once in the audit log', async () => {
    const provider = await editor.created({})
    expect(await expectNoTrace(() => editor.remove(provider.id, { expectedVersion: 2 }))).toMatchObject({
      ...{ __typename: 'VersionConflictError', code: 'VERSION_CONFLICT', currentVersion: 1 },
    })
    await editor.remove(provider.id, { expectedVersion: 1 })
    const gone = await expectNoTrace(() => editor.remove(provider.id))
    expect(gone).toMatchObject({ __typename: 'ProviderNotFoundError', code: 'PROVIDER_NOT_FOUND' })
    expect((await auditEvents(gateway, provider.uuid)).map(({ action }) => action)).toEqual(['provider.created', 'provider.deleted'])
  })

  test('of 20 at the same moment one is accepted', async () => {
    const provider = await editor.created({})
    const results = await Promise.all(Array.from({ length: 20 }, () => editor.remove(provider.id)))
    expect(results.filter(({ __typename }) => __typename === 'DeleteProviderPayload')).toHaveLength(1)
  })
})

describe('an audit event that cannot be written', () => {
  test('keeps each change from happening', async () => {
    const provider = await editor.created({ apiKeys: [{ credential: { value: KEY } }] })
    const name = uniqueName()
    await withoutAudit(gateway, async () => {
      const refusals = [
        [
          'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }',
          { name, type: 'OPENAI', baseUrl: 'https://a.example' },
        ],
        [
          'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }',
          { provider: { id: provider.id }, enabled: false },
        ],
        ['mutation ($input: DeleteProviderInput!) { deleteProvider(input: $input) { __typename } }', { provider: { id: provider.id } }],
        ['mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { __typename } }', { name, role: 'VIEWER' }],
      ] as const
      for (const [document, input] of refusals) {
        const { status, body, text } = await gateway.graphql(document, { input })
        expect(status).toBe(500)
        expect(body.errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR')
        expect(text).not.toContain('no audit')
      }
    })
    expect(await readProvider(gateway, provider.id)).toEqual(provider)
    expect(await gateway.ask('query ($name: String!) { provider(by: { name: $name }) { id } }', { name })).toEqual({ provider: null })
    expect(await withStore(gateway, (store) => store.accessToken.count({ where: { name } }))).toBe(0)
  })
})

test('a provider is found by its id, its UUID in any case, and its name; by exactly one of them', async () => {
  const { id, uuid, name } = await editor.created({})
  const BY = 'query ($by: ProviderRef!) { provider(by: $by) { id } }'
  for (const by of [{ id }, { uuid }, { uuid: uuid.toUpperCase() }, { name }])
    expect(await gateway.ask(BY, { by })).toEqual({ provider: { id } })
  for (const by of [{}, { id, name }, { id: null }, { id, name: null }]) {
    const { body } = await gateway.graphql(BY, { by })
    expect(body.data?.provider ?? null).toBeNull()
    expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  }
})

test('an id of another type does not name a provider', async () => {
  const provider = await editor.created({ apiKeys: [{ credential: { value: KEY } }] })
  const { body } = await gateway.graphql('query ($by: ProviderRef!) { provider(by: $by) { id } }', {
    by: { id: provider.apiKeys.nodes[0]?.id },
  })
  expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
})
