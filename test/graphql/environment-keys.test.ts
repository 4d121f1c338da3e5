import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOpenAiUpstream } from '../support/openai-upstream.ts'
import { writerAs, writerOf } from '../support/providers.ts'
import { everythingStored, withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const NAME = 'GATEWAY_TEST_KEY'
const VALUE = 'sk-from-the-environment-0123456789'

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: `${NAME}, GATEWAY_TEST_OTHER` } })
const upstream = useStarted(() => startOpenAiUpstream({ [VALUE]: ['model-one'], 'sk-changed-0123456789': ['model-two'] }))
const admin = writerOf(gateway)
const editor = writerAs(gateway, 'EDITOR')
beforeAll(() => {
  process.env[NAME] = VALUE
})
afterAll(() => {
  delete process.env[NAME]
})

const provider = (apiKeys: readonly object[] = [{ credential: { environmentVariable: NAME } }]) =>
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
  const VARIABLE = ['credential', 'environmentVariable']
  test.each([
    ['neither value nor variable', {}, ['credential'], 'REQUIRED'],
    ['an empty name', { credential: { environmentVariable: '' } }, VARIABLE, 'NOT_ALLOWED'],
    ['no name of a variable', { credential: { environmentVariable: 'A-B' } }, VARIABLE, 'NOT_ALLOWED'],
    ['a variable that is not listed', { credential: { environmentVariable: 'PATH' } }, VARIABLE, 'NOT_ALLOWED'],
    ['a secret of the gateway', { credential: { environmentVariable: 'ADMIN_TOKEN' } }, VARIABLE, 'NOT_ALLOWED'],
  ])('refuse %s', async (_what, key, path, rule) => {
    const found = await admin.create({ apiKeys: [key] })
    expect(found.issues).toMatchObject([{ path: ['apiKeys', '0', ...path], rule }])
    const { id } = await provider([])
    const changed = await admin.update(id, { apiKeys: [{ add: key }] })
    expect(changed.issues).toMatchObject([{ path: ['apiKeys', '0', 'add', ...path], rule }])
  })

  test('refuse a variable from an editor, who could have it sent anywhere, unless the provider has it already', async () => {
    const created = await editor.create({ apiKeys: [{ credential: { environmentVariable: NAME } }] })
    expect(created.issues).toMatchObject([{ path: ['apiKeys', '0', ...VARIABLE], rule: 'NOT_ALLOWED' }])
    const { id, apiKeys } = await provider()
    const other = await editor.update(id, { apiKeys: [{ add: { credential: { environmentVariable: 'GATEWAY_TEST_OTHER' } } }] })
    expect(other.issues).toMatchObject([{ rule: 'NOT_ALLOWED' }])
    expect(await editor.update(id, { apiKeys: [{ keep: { id: apiKeys.nodes[0]?.id, weight: 2 } }] })).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
    expect(await editor.update(id, { apiKeys: [{ add: { credential: { environmentVariable: NAME }, name: 'again' } }] })).toMatchObject({
      __typename: 'UpdateProviderPayload',
    })
  })
})

describe('a credential has exactly one of a value and a variable, wherever it stands', () => {
  const PLACES: Readonly<Record<string, (credential: unknown, id: string) => object>> = {
    'a new key': (credential) => ({ add: { credential } }),
    'a kept key': (credential, id) => ({ keep: { id, credential } }),
    'a part of a new key': (credential) => ({ add: { credentialParts: [{ name: 'azure.clientSecret', credential }] } }),
    'a part of a kept key': (credential, id) => ({ keep: { id, credentialParts: [{ name: 'azure.clientSecret', credential }] } }),
  }
  const WRONG: readonly object[] = [
    { value: VALUE, environmentVariable: NAME },
    { value: VALUE, environmentVariable: null },
    { value: null, environmentVariable: NAME },
    {},
    { value: null },
    { environmentVariable: null },
    { value: null, environmentVariable: null },
    { value: VALUE, other: NAME },
    [{ value: VALUE }, { environmentVariable: NAME }],
  ]
  const DOCUMENT = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }'
  const literalOf = (input: object) => JSON.stringify(input).replace(/"(\w+)":/g, '$1: ')

  test.each(Object.entries(PLACES))(
    '%s: else the request is refused, its secret is not repeated, and nothing changes',
    async (_place, at) => {
      const { id, apiKeys, version } = await provider()
      for (const credential of WRONG) {
        const input = { provider: { id }, keepOtherApiKeys: true, apiKeys: [at(credential, apiKeys.nodes[0]?.id ?? '')] }
        const literal = `mutation { updateProvider(input: ${literalOf(input)}) { __typename } }`
        for (const [document, variables, code] of [
          [DOCUMENT, { input }, 'BAD_USER_INPUT'],
          [literal, {}, 'GRAPHQL_VALIDATION_FAILED'],
        ] as const) {
          const { body, text } = await gateway.graphql(document, variables)
          expect(new Set(body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set([code]))
          expect(body.data).toBeUndefined()
          expect(text).not.toContain(VALUE)
        }
      }
      const { node } = await gateway.ask<{ node: object }>('query ($id: ID!) { node(id: $id) { ... on Provider { version } } }', { id })
      expect(node).toEqual({ version })
    },
  )

  test('and null is none: a new key needs one, a stored one stays', async () => {
    const { id, apiKeys } = await provider()
    const change = (one: object) => admin.update(id, { keepOtherApiKeys: true, apiKeys: [one] })
    expect((await change({ add: { credential: null } })).issues).toMatchObject([
      { path: ['apiKeys', '0', 'add', 'credential'], rule: 'REQUIRED' },
    ])
    const { provider: kept } = await change({ keep: { id: apiKeys.nodes[0]?.id, credential: null, weight: 2 } })
    expect(kept?.apiKeys.nodes).toMatchObject([{ masked: `env:${NAME}`, weight: 2 }])
  })

  test('and a variable of a part that is not offered is told at the part', async () => {
    const credentialParts = [{ name: 'azure.clientId', credential: { value: 'client-0001' } }]
    const wrong = { name: 'azure.clientSecret', credential: { environmentVariable: 'PATH' } }
    const { issues } = await admin.create({ apiKeys: [{ credentialParts: [...credentialParts, wrong] }] })
    expect(issues).toMatchObject([
      { path: ['apiKeys', '0', 'credentialParts', '1', 'credential', 'environmentVariable'], rule: 'NOT_ALLOWED' },
    ])
  })
})
