import { getNamedType, isCompositeType, isIntrospectionType, isObjectType, isRequiredArgument } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'
import type { Fixtures, Operation } from '../support/authorization/operations.ts'
import { ROOT_FIELDS } from '../support/authorization/root-fields.ts'
import { EVER, WAYS } from '../support/authorization/ways.ts'
import type { GraphQLAnswer, Role } from '../support/gateway.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { subscribe } from '../support/subscription.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const ROLES: readonly Role[] = ['CALLER', 'VIEWER', 'EDITOR', 'ADMIN']
const PARTS = [{ name: 'azure.clientId', credential: { value: 'client-id-0001' } }]
const KEY = 'sk-authorization-fixture-aaaa'
const objectTypes = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !isIntrospectionType(type))
const roots = ['Query', 'Mutation', 'Subscription']

/** The role that each subscription needs, and what it sends. A field that is missing here fails the test. */
const SUBSCRIPTIONS: Readonly<Record<string, { readonly role: Role; readonly type: string; readonly at: (s: string) => string }>> = {
  'Subscription.providerChanged': {
    role: 'VIEWER',
    type: 'ProviderChange',
    at: (s) => `subscription { change: providerChanged ${s} }`,
  },
}
let fixtures: Fixtures
const tokens = new Map<Role, string>()
/** Whom nothing is open to: one without a token, and two whose tokens were those of admins. */
let strangers: readonly (readonly [string, string | null])[] = []

const HOUR_MS = 3_600_000
/** How far the gateway's clock is ahead. */
let aheadMs = 0
const gateway = useGateway({
  environment: { OUTBOUND_ALLOW: 'loopback', LOGIN_FAILURES_PER_MINUTE: '0' },
  clock: () => new Date(Date.now() + aheadMs),
})
const recorder = useStarted(() => startRecorder(KEY))
beforeAll(async () => {
  for (const role of ROLES) tokens.set(role, await gateway.token(role))
  strangers = [
    ['nobody', null],
    ['a revoked token', await revokedToken()],
    ['an expired token', await expiredToken()],
  ]
  fixtures = await makeFixtures()
})

async function revokedToken(): Promise<string> {
  const { id, value } = await gateway.createToken('ADMIN')
  await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id })
  return value
}

async function expiredToken(): Promise<string> {
  const { value } = await gateway.createToken('ADMIN', new Date(Date.now() + HOUR_MS))
  aheadMs = 2 * HOUR_MS
  return value
}

async function makeFixtures(): Promise<Fixtures> {
  const writer = writerOf(gateway)
  const network = { extraHeaders: [{ name: 'X-Team', value: 'platform' }], proxy: { type: 'ENVIRONMENT' } }
  const provider = await writer.created({
    baseUrl: recorder.origin,
    apiKeys: [{ credential: { value: KEY }, credentialParts: PARTS }],
    network,
  })
  const tested = await writer.test(provider.id)
  const bedrock = await writer.created({ type: 'BEDROCK', settings: { bedrock: { region: 'us-east-1' } } })
  const copilot = await writer.created({ type: 'COPILOT', baseUrl: 'https://10.0.0.1' })
  const { auditEvents } = await gateway.ask<{ auditEvents: { nodes: { id: string }[] } }>('{ auditEvents(first: 1) { nodes { id } } }')
  const routed = await writer.created({ apiKeys: [{ credential: { value: KEY } }] })
  const createRoute = async (name: string) => {
    const { createModelRoute } = await gateway.ask<{ createModelRoute: { modelRoute: { id: string } } }>(
      `mutation ($input: CreateModelRouteInput!) {
        createModelRoute(input: $input) { ... on CreateModelRoutePayload { modelRoute { id } } } }`,
      { input: { name, targets: [{ provider: { id: routed.id }, model: 'gpt-5' }] } },
    )
    return createModelRoute.modelRoute.id
  }
  await makeCall(provider, tokens.get('CALLER') ?? '')
  const other = await gateway.token('CALLER')
  await makeCall(provider, other)
  const { modelCalls } = await gateway.ask<{ modelCalls: { nodes: { id: string }[] } }>('{ modelCalls { nodes { id } } }', {}, other)
  return {
    modelCall: modelCalls.nodes[0]?.id ?? '',
    modelRoute: await createRoute('routed'),
    routed: routed.id,
    disposableRoute: () => createRoute(uniqueName()),
    auditEvent: auditEvents.nodes[0]?.id ?? '',
    provider: provider.id,
    apiKey: provider.apiKeys.nodes[0]?.id ?? '',
    connectionTest: tested.tests?.[0]?.id ?? '',
    bedrock: bedrock.id,
    copilot: copilot.id,
    upstream: recorder.origin,
    otherToken: (await gateway.createToken('VIEWER')).id,
    disposableProvider: async () => (await writer.created({ apiKeys: [{ credential: { value: KEY } }] })).id,
    disposableToken: async () => (await gateway.createToken('VIEWER')).id,
    freeName: uniqueName,
    takenName: provider.name,
  }
}

async function makeCall({ name }: { readonly name: string }, token: string): Promise<void> {
  const { status } = await gateway.fetch(`/ai/${name}/models`, { headers: { authorization: `Bearer ${token}` } })
  expect(status).toBe(200)
}

async function run({ query, variables }: Operation, role: Role | null): Promise<GraphQLAnswer<Record<string, unknown>>> {
  return gateway.graphql(query, variables, role === null ? null : (tokens.get(role) ?? ''))
}

async function expectClosedToStrangers({ query, variables }: Operation): Promise<void> {
  for (const [who, token] of strangers)
    expect(`${who} ${verdictOf(await gateway.graphql(query, variables, token))}`).toBe(`${who} signed out`)
}

/** What an answer says about who may ask. */
function verdictOf({ status, body }: GraphQLAnswer<unknown>): string {
  const codes = body.errors?.map(({ extensions }) => extensions.code) ?? []
  if (status === 401 && codes.join() === 'UNAUTHENTICATED' && body.data == null) return 'signed out'
  if (status === 403 && codes.length > 0 && codes.every((code) => code === 'FORBIDDEN')) return 'forbidden'
  if (status === 200 && codes.length === 0) return 'allowed'
  return `status ${status} with ${JSON.stringify(body)}`
}

const expected = (role: Role, needed: Role) => (ROLES.indexOf(role) >= ROLES.indexOf(needed) ? 'allowed' : 'forbidden')

/** A selection of one field; of an object, its type's name. */
function selectionOf(type: string, field: string): string {
  const definition = schema.getType(type)
  if (!isObjectType(definition)) throw new Error(`${type} is no object type.`)
  const { type: fieldType, args = [] } = definition.getFields()[field] ?? {}
  const few = args.some(({ name }) => name === 'first')
    ? `${field}(first: 1)`
    : args.some(isRequiredArgument)
      ? `${field}(${EVER}, by: DAY)`
      : field
  return isCompositeType(getNamedType(fieldType)) ? `{ ${few} { __typename } }` : `{ ${few} }`
}

test('every root field has a rule', () => {
  const fields = roots.flatMap((root) => {
    const type = schema.getType(root)
    return isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${root}.${field}`) : []
  })
  expect(Object.keys({ ...ROOT_FIELDS, ...SUBSCRIPTIONS }).sort()).toEqual(fields.sort())
})

test('every object type has a rule, and every node type one for `node` and for `nodes`', () => {
  const ruled = new Set([...WAYS, ...Object.values(SUBSCRIPTIONS)].map(({ type }) => type))
  expect(objectTypes.map(({ name }) => name).filter((name) => !roots.includes(name) && !ruled.has(name))).toEqual([])
  const nodeTypes = objectTypes.flatMap((type) =>
    isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node') ? [type.name] : [],
  )
  const viaNode = (name: string) => WAYS.filter((way) => way.name === name).map(({ type }) => type)
  expect(viaNode('node').sort()).toEqual(nodeTypes.sort())
  expect(viaNode('nodes').sort()).toEqual(nodeTypes.sort())
})

describe('a root field is open to its role and those above, and to no stranger', () => {
  test.each(Object.entries(ROOT_FIELDS))('%s', async (_name, { role: needed, at }) => {
    const operation = await at('{ __typename }', fixtures)
    await expectClosedToStrangers(operation)
    for (const role of ROLES) expect(`${role} ${verdictOf(await run(operation, role))}`).toBe(`${role} ${expected(role, needed)}`)
  })
})

describe('a subscription, with every field of what it sends, is open to its role and those above, and to no stranger', () => {
  test.each(Object.entries(SUBSCRIPTIONS))('%s', async (_name, { role: needed, type, at }) => {
    const definition = schema.getType(type)
    const fields = isObjectType(definition) ? Object.keys(definition.getFields()) : []
    const document = at(`{ ${fields.map((field) => selectionOf(type, field).slice(2, -2)).join(' ')} }`)
    for (const [who, token] of strangers) expect([who, (await subscribe(gateway, document, {}, { token })).status]).toEqual([who, 401])
    for (const role of ROLES) {
      const stream = await subscribe<{ change: object }>(gateway, document, {}, { token: tokens.get(role) ?? '' })
      expect([role, stream.status]).toEqual([role, expected(role, needed) === 'allowed' ? 200 : 403])
      if (stream.status !== 200) continue
      await writerOf(gateway).created({})
      await stream.atLeast(1)
      expect(Object.keys(stream.received[0]?.data?.change ?? {}).sort()).toEqual(fields.sort())
      expect(stream.received[0]?.errors).toBeUndefined()
      stream.leave()
    }
  })
})

describe('every field of an object is open to the role of the way to it, and to no stranger', () => {
  test.each(WAYS.map((way) => [`${way.type} through ${way.name}`, way] as const))('%s', async (_name, { name, type, role: needed, at }) => {
    const definition = schema.getType(type)
    const fields = isObjectType(definition) ? Object.keys(definition.getFields()) : []
    expect(fields.length).toBeGreaterThan(0)
    // Whoever may not see an object is not told by its name that there is one.
    const named = name === 'node' || name === 'nodes' ? ['__typename'] : []
    for (const field of [...fields, ...named]) {
      const selection = selectionOf(type, field)
      await expectClosedToStrangers(await at(selection, fixtures))
      for (const role of ROLES) {
        const answer = await run(await at(selection, fixtures), role)
        expect(`${field}: ${role} ${verdictOf(answer)}`).toBe(`${field}: ${role} ${expected(role, needed)}`)
      }
    }
  })
})

test('the ways lead to objects: none of them is open because it finds nothing', async () => {
  for (const { name, type, role, at } of WAYS) {
    const asWhom = type === 'KeyRequiredForNewEndpointError' ? 'EDITOR' : role
    const { text } = await run(await at('{ found: __typename }', fixtures), asWhom)
    // The test of a draft belongs to no provider, and these callers are tokens.
    if (!['the provider of a draft test', 'the person who asks'].includes(name)) expect(`${name}: ${text}`).toContain(`"found":"${type}"`)
  }
})

test('introspection needs a token too', async () => {
  const introspection = { query: '{ __schema { types { name } } }' }
  expect(verdictOf(await run(introspection, null))).toBe('signed out')
  expect(verdictOf(await run(introspection, 'CALLER'))).toBe('allowed')
})

test('a refused root field changes nothing and is not reached through an alias, a fragment or beside an allowed one', async () => {
  const before = await gateway.ask('{ accessTokens { totalCount } }')
  const make = 'createAccessToken(input: { name: "smuggled", role: ADMIN }) { ... on CreateAccessTokenPayload { value } }'
  for (const query of [
    `mutation { harmless: ${make} }`,
    `mutation { ...F } fragment F on Mutation { ${make} }`,
    `mutation { ... on Mutation { ${make} } deleteProvider(input: { provider: { name: "nobody" } }) { __typename } }`,
    `mutation ($yes: Boolean = true) { ${make.replace('(', ' @include(if: $yes) (').replace(' @include(if: $yes) (input: { name: "smuggled", role: ADMIN })', '(input: { name: "smuggled", role: ADMIN }) @include(if: $yes)')} }`,
  ]) {
    const { status, text } = await run({ query }, 'EDITOR')
    expect(status).toBe(403)
    expect(text).not.toContain('gw_')
  }
  expect(await gateway.ask('{ accessTokens { totalCount } }')).toEqual(before)
})
