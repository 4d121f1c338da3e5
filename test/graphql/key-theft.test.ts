import { beforeEach, describe, expect, test } from 'vitest'
import { type ProviderView, type Result, readProvider, writerAs } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { auditEvents, withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const [FIRST, SECOND] = ['sk-first-key-worth-stealing-1', 'sk-second-key-worth-stealing-2']
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const home = useStarted(() => startRecorder(FIRST, SECOND))
const thief = useStarted(() => startRecorder(FIRST, SECOND))
const editor = writerAs(gateway, 'EDITOR')
const admin = writerAs(gateway, 'ADMIN')

let provider: ProviderView
beforeEach(async () => {
  thief.requests.length = 0
  provider = await editor.created({ baseUrl: home.origin, apiKeys: [{ credential: { value: FIRST } }, { credential: { value: SECOND } }] })
})

const keeping = () => provider.apiKeys.nodes.map(({ id }) => ({ keep: { id } }))

/** The change was refused, nothing of it happened, and the stored keys go where they went before. */
async function expectRefused(result: Result): Promise<void> {
  expect(result).toMatchObject({ __typename: 'KeyRequiredForNewEndpointError', code: 'KEY_REQUIRED_FOR_NEW_ENDPOINT' })
  const { baseUrl, version, updatedAt } = provider
  expect(await readProvider(gateway, provider.id)).toMatchObject({ baseUrl, version, updatedAt, apiKeys: { totalCount: 2 } })
  expect(await editor.test(provider.id)).toMatchObject({ success: true })
  expect(thief.requests).toEqual([])
}

describe('an editor cannot point stored keys at another origin', () => {
  test('by leaving the keys out', async () => {
    await expectRefused(await editor.update(provider.id, { baseUrl: thief.origin }))
  })

  test('by keeping all, or one, of them', async () => {
    await expectRefused(await editor.update(provider.id, { baseUrl: thief.origin, apiKeys: keeping() }))
    await expectRefused(await editor.update(provider.id, { baseUrl: thief.origin, apiKeys: keeping().slice(1) }))
    await expectRefused(
      await editor.update(provider.id, {
        baseUrl: thief.origin,
        apiKeys: [...keeping().slice(1), { add: { credential: { value: FIRST } } }],
      }),
    )
  })

  test('by another scheme, another port, another name of the same host, or a name that only starts alike', async () => {
    const port = Number(new URL(home.origin).port)
    for (const baseUrl of [
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
      'https://127.0.0.1.example.com',
    ])
      await expectRefused(await editor.update(provider.id, { baseUrl }))
  })

  test('by another path behind the same origin, which may be another tenant', async () => {
    for (const path of ['/v1', '/V1', '//', '/v1;x', '/%2F', '?a=b'])
      await expectRefused(await editor.update(provider.id, { baseUrl: `${home.origin}${path}` }))
  })

  test('by drafting a test with its id, or by naming its key under another provider', async () => {
    const bait = await editor.created({ baseUrl: thief.origin })
    const [key] = provider.apiKeys.nodes
    expect(await editor.test(bait.id, { apiKeyId: key?.id })).toMatchObject({ __typename: 'ApiKeyNotFoundError' })
    expect(await editor.update(bait.id, { apiKeys: keeping() })).toMatchObject({ __typename: 'ApiKeyNotFoundError' })
    expect(thief.keys()).not.toContain(FIRST)
    expect(thief.keys()).not.toContain(SECOND)
  })
})

describe('an editor may', () => {
  test('spell the same place in another way', async () => {
    for (const baseUrl of [`${home.origin}/`, home.origin.replace('http', 'HTTP'), home.origin])
      expect((await editor.update(provider.id, { baseUrl })).__typename).toBe('UpdateProviderPayload')
    expect(await editor.test(provider.id)).toMatchObject({ success: true })
  })

  test('move to another origin when all keys are given again, or dropped', async () => {
    const moved = await editor.updated(provider.id, { baseUrl: thief.origin, apiKeys: [{ add: { credential: { value: FIRST } } }] })
    expect(moved).toMatchObject({ baseUrl: thief.origin, apiKeys: { totalCount: 1 } })
    expect(await editor.test(provider.id)).toMatchObject({ success: true })
    expect(thief.keys()).toContain(FIRST)
    expect(thief.keys()).not.toContain(SECOND)
    expect((await editor.updated(provider.id, { baseUrl: home.origin, apiKeys: [] })).apiKeys.totalCount).toBe(0)
    const [, event] = await auditEvents(gateway, provider.uuid)
    expect(event?.changes).not.toHaveProperty('keysKeptForNewEndpoint')
  })

  test('move a provider that has no keys', async () => {
    const empty = await editor.created({ baseUrl: home.origin })
    expect((await editor.updated(empty.id, { baseUrl: thief.origin })).baseUrl).toBe(thief.origin)
  })
})

describe('an admin', () => {
  test('may move stored keys; the audit event says so, and each key works at the new place', async () => {
    const elsewhere = await startRecorder(FIRST, SECOND)
    try {
      const moved = await admin.updated(provider.id, { baseUrl: elsewhere.origin })
      expect(moved.apiKeys.nodes.map(({ id, masked }) => ({ id, masked }))).toEqual(
        provider.apiKeys.nodes.map(({ id, masked }) => ({ id, masked })),
      )
      const [, event] = await auditEvents(gateway, provider.uuid)
      expect(event).toMatchObject({ action: 'provider.updated', changes: { baseUrl: elsewhere.origin, keysKeptForNewEndpoint: true } })
      expect(await editor.test(provider.id)).toMatchObject({ success: true })
      expect(elsewhere.keys()).toEqual(expect.arrayContaining([FIRST, SECOND]))
    } finally {
      await elsewhere.close()
    }
  })

  test('may move some keys and drop or add others in the same change', async () => {
    const [kept] = keeping()
    await admin.updated(provider.id, {
      baseUrl: thief.origin,
      apiKeys: [kept, { add: { credential: { value: 'sk-added-with-the-move-03' } } }],
    })
    await editor.test(provider.id)
    expect(thief.keys()).toEqual(expect.arrayContaining([FIRST, 'sk-added-with-the-move-03']))
    expect(thief.keys()).not.toContain(SECOND)
  })

  test('who moves no key leaves no such remark', async () => {
    await admin.updated(provider.id, { baseUrl: thief.origin, apiKeys: [{ add: { credential: { value: FIRST } } }] })
    const [, event] = await auditEvents(gateway, provider.uuid)
    expect(event?.changes).not.toHaveProperty('keysKeptForNewEndpoint')
  })

  test('moves the others when a key cannot be read: it stays unreadable, and the answer and the audit event name it', async () => {
    const [first, second] = provider.apiKeys.nodes
    await withStore(gateway, (store) =>
      store.apiKeySecret.updateMany({ where: { apiKeyId: first?.uuid ?? '' }, data: { sealed: 'gw2.broken' } }),
    )
    const update = `mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) {
      ... on UpdateProviderPayload { provider { baseUrl } unreadableSecrets } } }`
    const input = { provider: { id: provider.id }, baseUrl: thief.origin }
    expect(await gateway.ask(update, { input })).toEqual({
      updateProvider: { provider: { baseUrl: thief.origin }, unreadableSecrets: [first?.uuid] },
    })
    const events = await auditEvents(gateway, provider.uuid)
    expect(events.at(-1)?.changes).toMatchObject({ movedSecrets: { count: 2, unreadable: [first?.uuid] } })
    const result = await admin.test(provider.id)
    expect(result.tests?.map(({ status }) => status)).toEqual(['NOT_TESTABLE', 'OK'])
    expect(second?.uuid).toBeDefined()
    const upsert = `mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) {
      ... on UpsertProviderPayload { unreadableSecrets } } }`
    const back = { name: provider.name, baseUrl: home.origin }
    expect(await gateway.ask(upsert, { input: back })).toEqual({ upsertProvider: { unreadableSecrets: [first?.uuid] } })
    expect(await gateway.ask(upsert, { input: back })).toEqual({ upsertProvider: { unreadableSecrets: [] } })
  })
})

describe('access keys in Bedrock settings', () => {
  const PAIR = { accessKey: 'AKIAIOSFODNN7EXAMPLE', accessKeySecret: 'wJalrXUtnFEMIbedrock' }
  const create = (settings: Record<string, string>) =>
    editor.created({
      type: 'BEDROCK',
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      settings: { bedrock: { region: 'us-east-1', ...settings } },
    })
  const baseUrl = 'https://bedrock.example.com'
  const REFUSED = { __typename: 'KeyRequiredForNewEndpointError' }

  test('do not follow an editor to another origin, neither whole nor by halves', async () => {
    const { id } = await create(PAIR)
    expect(await editor.update(id, { baseUrl })).toMatchObject(REFUSED)
    expect(await editor.update(id, { baseUrl, settings: { bedrock: { region: 'us-east-1' } } })).toMatchObject(REFUSED)
    expect(await editor.update(id, { baseUrl, settings: { bedrock: { accessKey: PAIR.accessKey } } })).toMatchObject(REFUSED)
    expect(await editor.update(id, { baseUrl, settings: { bedrock: { accessKeySecret: '' } } })).toMatchObject(REFUSED)
  })

  test('follow when both are given again or deleted', async () => {
    const { id } = await create(PAIR)
    expect((await editor.updated(id, { baseUrl, settings: { bedrock: PAIR } })).settings).toMatchObject({ hasAccessKey: true })
    const cleared = { accessKey: '', accessKeySecret: '', region: 'us-east-1' }
    expect((await editor.updated(id, { baseUrl: `${baseUrl}:8443`, settings: { bedrock: cleared } })).settings).toMatchObject({
      hasAccessKey: false,
    })
  })

  test('follow an admin, sealed for the new endpoint', async () => {
    const { id, uuid } = await create(PAIR)
    const sealed = () => withStore(gateway, (store) => store.providerSecret.findMany({ where: { providerId: uuid } }))
    const before = await sealed()
    expect((await admin.updated(id, { baseUrl })).settings).toMatchObject({ hasAccessKey: true })
    const after = await sealed()
    expect(after.map(({ field }) => field)).toEqual(before.map(({ field }) => field))
    expect(after.map((row) => row.sealed)).not.toEqual(before.map((row) => row.sealed))
    expect((await auditEvents(gateway, uuid))[1]).toMatchObject({ changes: { keysKeptForNewEndpoint: true } })
  })
})
