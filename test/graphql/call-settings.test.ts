import { beforeAll, describe, expect, test } from 'vitest'
import { type Issue, uniqueName } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

interface Result {
  readonly result: {
    readonly provider?: { readonly callRoutes: string; readonly callHeaders: readonly string[] }
    readonly issues?: readonly Issue[]
  }
}

const ANSWER = 'provider { callRoutes callHeaders }'
const ISSUES = '... on ValidationError { issues { path rule message } }'
const MUTATIONS = {
  create: `mutation ($input: CreateProviderInput!) { result: createProvider(input: $input) { ... on CreateProviderPayload { ${ANSWER} } ${ISSUES} } }`,
  update: `mutation ($input: UpdateProviderInput!) { result: updateProvider(input: $input) { ... on UpdateProviderPayload { ${ANSWER} } ${ISSUES} } }`,
  upsert: `mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) { ... on UpsertProviderPayload { ${ANSWER} } ${ISSUES} } }`,
}
let editor: string
const gateway = useGateway()
beforeAll(async () => {
  editor = await gateway.token('EDITOR')
})

async function change(mutation: keyof typeof MUTATIONS, input: Record<string, unknown>, token?: string): Promise<unknown> {
  const { result } = await gateway.ask<Result>(MUTATIONS[mutation], { input }, token)
  return result.issues?.map(({ path, rule }) => `${path.join('.')} ${rule}`) ?? result.provider
}
const fresh = () => ({
  name: uniqueName('calls'),
  type: 'OPENAI',
  baseUrl: 'https://api.example.com/v1',
  apiKeys: [{ credential: { value: 'sk-call-settings-aaaa-bbbb' } }],
})

describe('what calls may do with a provider', () => {
  test('is the least that is useful, until an admin says more, and stays when something else changes', async () => {
    const { name, ...provider } = fresh()
    expect(await change('create', { name, ...provider }, editor)).toEqual({ callRoutes: 'STANDARD', callHeaders: [] })
    const more = { callRoutes: 'ALL', callHeaders: ['X-Team', 'x-run', 'x-team'] }
    const stored = { callRoutes: 'ALL', callHeaders: ['x-run', 'x-team'] }
    expect(await change('update', { provider: { name }, ...more })).toEqual(stored)
    expect(await change('update', { provider: { name }, displayName: 'Renamed' }, editor)).toEqual(stored)
    expect(await change('upsert', { name, icon: '*' }, editor)).toEqual(stored)
    expect(await change('upsert', { name, callHeaders: [] })).toEqual({ callRoutes: 'ALL', callHeaders: [] })
    expect(await change('create', { ...fresh(), ...more })).toEqual(stored)
    expect(await change('upsert', { ...fresh(), ...more })).toEqual(stored)
  })

  test('is not widened by an editor, who may narrow it or send what is there', async () => {
    const { name, ...provider } = fresh()
    await change('create', { name, ...provider, callRoutes: 'ALL', callHeaders: ['x-run'] })
    const both = ['callRoutes NOT_ALLOWED', 'callHeaders NOT_ALLOWED']
    expect(await change('create', { ...fresh(), callRoutes: 'ALL', callHeaders: ['x-run'] }, editor)).toEqual(both)
    expect(await change('upsert', { ...fresh(), callRoutes: 'ALL', callHeaders: ['x-run'] }, editor)).toEqual(both)
    for (const callHeaders of [[], ['x-run', 'x-host-override']])
      expect(await change('update', { provider: { name }, callHeaders }, editor)).toEqual(['callHeaders NOT_ALLOWED'])
    expect(await change('update', { provider: { name }, callRoutes: 'ALL', callHeaders: ['X-Run'] }, editor)).toEqual({
      callRoutes: 'ALL',
      callHeaders: ['x-run'],
    })
    expect(await change('update', { provider: { name }, callRoutes: 'STANDARD' }, editor)).toMatchObject({ callRoutes: 'STANDARD' })
    expect(await change('update', { provider: { name }, callRoutes: 'ALL' }, editor)).toEqual(['callRoutes NOT_ALLOWED'])
  })

  test.each([
    ['no name', [''], ['callHeaders.0 HEADER_FORMAT']],
    ['a blank', ['a b'], ['callHeaders.0 HEADER_FORMAT']],
    ['a credential', ['x-run', 'authorization', 'X-Api-Key'], ['callHeaders.1 NOT_ALLOWED', 'callHeaders.2 NOT_ALLOWED']],
    ['too many', Array.from({ length: 51 }, (_, n) => `x-${n}`), ['callHeaders OUT_OF_RANGE']],
  ])('has no headers with %s', async (_what, callHeaders, rules) => {
    expect(await change('create', { ...fresh(), callHeaders })).toEqual(rules)
  })

  test('is part of where keys go: they are sealed for it anew, and open afterwards', async () => {
    const { name, ...provider } = fresh()
    await change('create', { name, ...provider })
    await change('update', { provider: { name }, callHeaders: ['x-run'] })
    const { audit } = await gateway.ask<{ audit: { nodes: { changes: Record<string, unknown> }[] } }>(
      '{ audit: auditEvents(first: 1) { nodes { changes } } }',
    )
    expect(audit.nodes[0]?.changes).toMatchObject({ callHeaders: ['x-run'] })
  })
})
