import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ProviderView, writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

let openai: ProviderView
let azure: ProviderView

const gateway = useGateway()
const writer = writerOf(gateway)
beforeAll(async () => {
  const apiKeys = [{ credential: { value: 'sk-routes-fixture-aaaa-bbbb' } }]
  openai = await writer.created({ name: 'openai', type: 'OPENAI', apiKeys })
  azure = await writer.created({ name: 'azure', type: 'AZURE', baseUrl: 'https://x.openai.azure.com', apiKeys })
})

interface RouteView {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly enabled: boolean
  readonly retryAfterTimeout: boolean
  readonly version: number
  readonly targets: readonly object[]
}
interface Result {
  readonly __typename: string
  readonly modelRoute?: RouteView
  readonly message?: string
  readonly issues?: readonly { readonly path: readonly string[]; readonly rule: string }[]
  readonly name?: string
  readonly currentVersion?: number
  readonly deletedModelRouteId?: string
  readonly routes?: readonly string[]
}
const ROUTE = `fragment Route on ModelRoute { id name description enabled retryAfterTimeout version
  targets { provider { name } providerName model weight priority state } }`
const PROBLEM = `... on UserError { message } ... on ValidationError { issues { path rule } } ... on ModelRouteNameTakenError { name }`
const CREATE = `mutation ($input: CreateModelRouteInput!) { result: createModelRoute(input: $input) { __typename
  ... on CreateModelRoutePayload { modelRoute { ...Route } } ${PROBLEM} } } ${ROUTE}`
const UPDATE = `mutation ($input: UpdateModelRouteInput!) { result: updateModelRoute(input: $input) { __typename
  ... on UpdateModelRoutePayload { modelRoute { ...Route } } ... on UserError { message } ... on ValidationError { issues { path rule } }
  ... on VersionConflictError { currentVersion } } } ${ROUTE}`
const DELETE = `mutation ($input: DeleteModelRouteInput!) { result: deleteModelRoute(input: $input) { __typename
  ... on DeleteModelRoutePayload { deletedModelRouteId name } ... on UserError { message } ... on VersionConflictError { currentVersion } } }`
const DELETE_PROVIDER = `mutation ($input: DeleteProviderInput!) { result: deleteProvider(input: $input) { __typename
  ... on DeleteProviderPayload { routes } ... on UserError { message } ... on ProviderInUseError { routes } } }`
const LIST = `{ modelRoutes { totalCount nodes { ...Route } } } ${ROUTE}`

const send = async (document: string, input: object, token?: string) =>
  (await gateway.ask<{ result: Result }>(document, { input }, token)).result
const target = (provider: string, model = 'gpt-5', more: object = {}) => ({ provider: { name: provider }, model, ...more })
async function created(name: string, targets: readonly object[] = [target('openai')], more: object = {}): Promise<RouteView> {
  const { modelRoute, message } = await send(CREATE, { name, targets, ...more })
  if (modelRoute === undefined) throw new Error(message)
  return modelRoute
}
const listed = async () => (await gateway.ask<{ modelRoutes: { totalCount: number; nodes: RouteView[] } }>(LIST)).modelRoutes

beforeEach(async () => {
  for (const { id } of (await listed()).nodes) await send(DELETE, { route: { id } })
})

describe('a model route', () => {
  test('is created with its targets, read by name, in the list and as a node', async () => {
    const targets = [target('azure', 'dep', { weight: 3 }), { provider: { uuid: openai.uuid }, model: 'gpt-5', priority: 1 }]
    const route = await created('fast', targets, { description: 'The quick one.', retryAfterTimeout: true })
    const expected = {
      ...{ name: 'fast', description: 'The quick one.', enabled: true, retryAfterTimeout: true, version: 1 },
      targets: [
        { provider: { name: 'azure' }, providerName: 'azure', model: 'dep', weight: 3, priority: 0, state: 'READY' },
        { provider: { name: 'openai' }, providerName: 'openai', model: 'gpt-5', weight: 1, priority: 1, state: 'READY' },
      ],
    }
    expect(route).toMatchObject(expected)
    const read = await gateway.ask<{ modelRoute: object; node: object }>(
      `query ($id: ID!) { modelRoute(by: { name: "fast" }) { ...Route } node(id: $id) { ... on ModelRoute { ...Route } } } ${ROUTE}`,
      { id: route.id },
    )
    expect([read.modelRoute, read.node]).toEqual([route, route])
    expect(await listed()).toEqual({ totalCount: 1, nodes: [route] })
  })

  test('is changed: what is left out stays, targets are replaced, and its version grows', async () => {
    const { id } = await created('fast', [target('azure', 'dep')], { description: 'One.' })
    const first = await send(UPDATE, { route: { id }, enabled: false, expectedVersion: 1 })
    expect(first.modelRoute).toMatchObject({ enabled: false, description: 'One.', version: 2, targets: [{ model: 'dep' }] })
    const second = await send(UPDATE, { route: { name: 'fast' }, targets: [target('openai', 'a'), target('openai', 'b')] })
    expect(second.modelRoute).toMatchObject({ version: 3, targets: [{ model: 'a' }, { model: 'b' }] })
    expect(await send(UPDATE, { route: { id }, enabled: true, expectedVersion: 1 })).toMatchObject({
      ...{ __typename: 'VersionConflictError', currentVersion: 3 },
      message: expect.stringContaining('The model route was changed meanwhile'),
    })
  })

  test('is deleted, which frees its name', async () => {
    const { id } = await created('fast')
    expect(await send(DELETE, { route: { id }, expectedVersion: 5 })).toMatchObject({ __typename: 'VersionConflictError' })
    expect(await send(DELETE, { route: { id } })).toEqual({ __typename: 'DeleteModelRoutePayload', deletedModelRouteId: id, name: 'fast' })
    expect(await send(DELETE, { route: { id } })).toMatchObject({ __typename: 'ModelRouteNotFoundError' })
    expect((await listed()).totalCount).toBe(0)
    await created('fast')
  })

  test('is refused with every rule that it breaks, the name among them', async () => {
    const { issues } = await send(CREATE, { name: 'my route', description: 'x'.repeat(1_001), targets: [target('openai', 'gpt 5')] })
    expect(issues?.map(({ path }) => path.join('.'))).toEqual(['name', 'description', 'targets.0.model'])
  })

  test.each([
    ['no name', { name: '' }, ['name'], 'REQUIRED'],
    ['a name with a blank', { name: 'my route' }, ['name'], 'NAME_FORMAT'],
    ['a name that reads as a model of a provider', { name: 'openai/fast' }, ['name'], 'NAME_FORMAT'],
    ['half a text, which one database cuts and the other refuses', { description: 'a\u0000hidden' }, ['description'], 'NOT_ALLOWED'],
    ['half a character', { description: 'a\ud800' }, ['description'], 'NOT_ALLOWED'],
    ['a long name', { name: 'x'.repeat(101) }, ['name'], 'OUT_OF_RANGE'],
    ['a long description', { description: 'x'.repeat(1_001) }, ['description'], 'OUT_OF_RANGE'],
    ['no target', { targets: [] }, ['targets'], 'OUT_OF_RANGE'],
    ['too many targets', { targets: Array.from({ length: 33 }, (_, index) => target('openai', `m${index}`)) }, ['targets'], 'OUT_OF_RANGE'],
    ['a model with a blank', { targets: [target('openai', 'gpt 5')] }, ['targets', '0', 'model'], 'OUT_OF_RANGE'],
    ['a model of other letters than ASCII', { targets: [target('openai', 'modèle')] }, ['targets', '0', 'model'], 'OUT_OF_RANGE'],
    ['a weight below zero', { targets: [target('openai', 'm', { weight: -1 })] }, ['targets', '0', 'weight'], 'OUT_OF_RANGE'],
    ['a large weight', { targets: [target('openai', 'm', { weight: 1_000_001 })] }, ['targets', '0', 'weight'], 'OUT_OF_RANGE'],
    ['a long model', { targets: [target('openai', 'm'.repeat(201))] }, ['targets', '0', 'model'], 'OUT_OF_RANGE'],
    ['a large priority', { targets: [target('openai', 'm', { priority: 101 })] }, ['targets', '0', 'priority'], 'OUT_OF_RANGE'],
    ['a provider that is not there', { targets: [target('nobody')] }, ['targets', '0', 'provider'], 'NOT_ALLOWED'],
    ['a target twice', { targets: [target('openai'), { ...target('openai'), provider: null }] }, ['targets', '1'], 'NOT_ALLOWED'],
  ])('is not created with %s', async (_what, input, path, rule) => {
    const own = { name: 'fast', targets: [target('openai')], ...input }
    const targets = own.targets.map((one) =>
      'provider' in one && one.provider === null ? { ...one, provider: { uuid: openai.uuid } } : one,
    )
    const result = await send(CREATE, { ...own, targets })
    expect(result.issues).toEqual([{ path, rule }])
    expect((await listed()).totalCount).toBe(0)
  })

  test('has a name of its own', async () => {
    await created('fast')
    expect(await send(CREATE, { name: 'fast', targets: [target('openai')] })).toMatchObject({
      __typename: 'ModelRouteNameTakenError',
      name: 'fast',
    })
  })

  test('is written by editors, and read by viewers', async () => {
    await expect(send(CREATE, { name: 'fast', targets: [target('openai')] }, await gateway.token('VIEWER'))).rejects.toThrow('FORBIDDEN')
    await created('fast')
    const read = await gateway.ask<{ modelRoutes: { totalCount: number } }>(LIST, {}, await gateway.token('VIEWER'))
    expect(read.modelRoutes.totalCount).toBe(1)
  })

  test('leaves a trace of who did what', async () => {
    const { id } = await created('fast')
    await send(UPDATE, { route: { id }, enabled: false, targets: [target('azure', 'dep')] })
    await send(UPDATE, { route: { id }, enabled: true, expectedVersion: 1 })
    await send(DELETE, { route: { id } })
    const { auditEvents } = await gateway.ask<{
      auditEvents: { nodes: { action: string; subject: { name: string | null }; changes: object }[] }
    }>('{ auditEvents(first: 4) { nodes { action subject { name } changes } } }')
    expect(auditEvents.nodes.map(({ action, subject }) => [action, subject.name])).toEqual([
      ['MODEL_ROUTE_DELETED', 'fast'],
      ['MODEL_ROUTE_CHANGE_REFUSED', 'fast'],
      ['MODEL_ROUTE_UPDATED', 'fast'],
      ['MODEL_ROUTE_CREATED', 'fast'],
    ])
    expect(auditEvents.nodes[2]?.changes).toEqual({
      enabled: { from: true, to: false },
      targets: {
        from: [{ target: 'openai/gpt-5', weight: 1, priority: 0 }],
        to: [{ target: 'azure/dep', weight: 1, priority: 0 }],
      },
    })
  })
})

describe('a provider that model routes use', () => {
  test('is deleted with `force` alone; then the target shows that it is gone', async () => {
    const other = await writer.created({ name: 'other', type: 'OPENAI' })
    await created('fast', [target('other'), target('azure', 'dep')])
    await created('slow', [target('other')])
    expect(await send(DELETE_PROVIDER, { provider: { id: other.id } })).toMatchObject({
      ...{ __typename: 'ProviderInUseError', routes: ['fast', 'slow'] },
      message: expect.stringContaining('fast, slow'),
    })
    expect(await send(DELETE_PROVIDER, { provider: { id: other.id }, force: true })).toEqual({
      __typename: 'DeleteProviderPayload',
      routes: ['fast', 'slow'],
    })
    const { nodes } = await listed()
    expect(nodes[0]?.targets).toMatchObject([
      { provider: null, providerName: 'other', state: 'PROVIDER_DELETED' },
      { provider: { name: 'azure' }, state: 'READY' },
    ])
  })

  test("is deleted by the dialects' DELETE", async () => {
    await writer.created({ name: 'other', type: 'OPENAI' })
    await created('fast', [target('other')])
    const response = await gateway.fetch('/api/v2/ai/providers/other', {
      method: 'DELETE',
      headers: { authorization: `Bearer ${gateway.adminToken}` },
    })
    expect(response.status).toBe(204)
    expect((await listed()).nodes[0]?.targets).toMatchObject([{ state: 'PROVIDER_DELETED' }])
  })

  test('shows its target as disabled, and as without a key', async () => {
    const other = await writer.created({
      name: 'other',
      type: 'OPENAI',
      apiKeys: [{ credential: { value: 'sk-other-fixture-aaaa-bbbb' }, models: ['o3'] }],
    })
    await created('fast', [target('other', 'gpt-5'), target('other', 'o3')])
    expect((await listed()).nodes[0]?.targets).toMatchObject([{ state: 'NO_KEY' }, { state: 'READY' }])
    await writer.updated(other.id, { enabled: false })
    expect((await listed()).nodes[0]?.targets).toMatchObject([{ state: 'PROVIDER_DISABLED' }, { state: 'PROVIDER_DISABLED' }])
    expect(azure.name).toBe('azure')
    await writer.remove(other.id, { force: true })
  })
})
