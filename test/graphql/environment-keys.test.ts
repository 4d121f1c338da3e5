import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from '../support/openai-upstream.ts'
import { type Writer, writerAs, writerOf } from '../support/providers.ts'
import { everythingStored, withStore } from '../support/store.ts'

const NAME = 'GATEWAY_TEST_KEY'
const VALUE = 'sk-from-the-environment-0123456789'

let gateway: TestGateway
let upstream: OpenAiUpstream
let admin: Writer
let editor: Writer

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: `${NAME}, GATEWAY_TEST_OTHER` } })
  upstream = await startOpenAiUpstream({ [VALUE]: ['model-one'], 'sk-changed-0123456789': ['model-two'] })
  admin = writerOf(gateway)
  editor = await writerAs(gateway, 'EDITOR')
  process.env[NAME] = VALUE
})
afterAll(async () => {
  delete process.env[NAME]
  await gateway.close()
  await upstream.close()
})

const provider = (apiKeys: readonly object[] = [{ environmentVariable: NAME }]) =>
  admin.created({ baseUrl: `${upstream.origin}/v1`, apiKeys })

test('a key from the environment is shown by its name and sent by its value, which is nowhere on disk', async () => {
  const { id, uuid, apiKeys } = await provider()
  expect(apiKeys.nodes).toMatchObject([{ masked: `env:${NAME}`, enabled: true, weight: 1 }])
  const { node } = await gateway.ask<{ node: { environmentVariable: string | null } }>(
    'query ($id: ID!) { node(id: $id) { ... on ApiKey { environmentVariable } } }',
    { id: apiKeys.nodes[0]?.id },
  )
  expect(node.environmentVariable).toBe(NAME)
  expect(await admin.test(id)).toMatchObject({ success: true, tests: [{ status: 'OK', keyVerified: true, models: ['model-one'] }] })
  expect(upstream.sentWith(VALUE)).toHaveLength(1)
  expect(await withStore(gateway, (store) => store.apiKeySecret.count({ where: { apiKey: { providerId: uuid } } }))).toBe(1)
  expect(await everythingStored(gateway)).not.toContain(VALUE)
})

test('the value is read at use', async () => {
  const { id } = await provider()
  process.env[NAME] = 'sk-changed-0123456789'
  try {
    expect(await admin.test(id)).toMatchObject({ tests: [{ status: 'OK', models: ['model-two'] }] })
    delete process.env[NAME]
    const before = upstream.requests.length
    expect(await admin.test(id)).toMatchObject({
      success: false,
      tests: [{ status: 'NOT_TESTABLE', message: expect.stringContaining(NAME) }],
    })
    expect(upstream.requests).toHaveLength(before)
  } finally {
    process.env[NAME] = VALUE
  }
})

test('a variable that the operator no longer lists is not read', async () => {
  const { id } = await provider()
  await gateway.restart({ SECRET_ENV_ALLOW: 'GATEWAY_TEST_OTHER' })
  try {
    const before = upstream.requests.length
    expect(await admin.test(id)).toMatchObject({
      tests: [{ status: 'NOT_TESTABLE', message: expect.stringContaining('SECRET_ENV_ALLOW') }],
    })
    expect(upstream.requests).toHaveLength(before)
  } finally {
    await gateway.restart()
  }
})

describe('the rules', () => {
  test.each([
    ['neither value nor variable', {}, [], 'EXACTLY_ONE'],
    ['both', { value: VALUE, environmentVariable: NAME }, [], 'EXACTLY_ONE'],
    ['an empty name', { environmentVariable: '' }, ['environmentVariable'], 'NOT_ALLOWED'],
    ['no name of a variable', { environmentVariable: 'A-B' }, ['environmentVariable'], 'NOT_ALLOWED'],
    ['a variable that is not listed', { environmentVariable: 'PATH' }, ['environmentVariable'], 'NOT_ALLOWED'],
    ['a secret of the gateway', { environmentVariable: 'ADMIN_TOKEN' }, ['environmentVariable'], 'NOT_ALLOWED'],
  ])('refuse %s', async (_what, key, path, rule) => {
    const found = await admin.create({ apiKeys: [key] })
    expect(found.issues).toMatchObject([{ path: ['apiKeys', '0', ...path], rule }])
    const { id } = await provider([])
    const changed = await admin.update(id, { apiKeys: [{ add: key }] })
    expect(changed.issues).toMatchObject([{ path: ['apiKeys', '0', 'add', ...path], rule }])
  })

  test('refuse a variable from an editor, who could have it sent anywhere, unless the provider has it already', async () => {
    const created = await editor.create({ apiKeys: [{ environmentVariable: NAME }] })
    expect(created.issues).toMatchObject([{ path: ['apiKeys', '0', 'environmentVariable'], rule: 'NOT_ALLOWED' }])
    const { id, apiKeys } = await provider()
    const other = await editor.update(id, { apiKeys: [{ add: { environmentVariable: 'GATEWAY_TEST_OTHER' } }] })
    expect(other.issues).toMatchObject([{ rule: 'NOT_ALLOWED' }])
    expect(await editor.update(id, { apiKeys: [{ keep: { id: apiKeys.nodes[0]?.id, weight: 2 } }] })).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
    expect(await editor.update(id, { apiKeys: [{ add: { environmentVariable: NAME, name: 'again' } }] })).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
  })
})
