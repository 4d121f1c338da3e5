import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { runCommand } from '../support/command-line.ts'
import { type Result, uniqueName, writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const [ONE, TWO, THREE] = ['sk-fixture-of-repeats-0001', 'sk-fixture-of-repeats-0002', 'sk-fixture-of-repeats-0003'] as const
const REPEATED = { credential: { environmentVariable: 'REPEATED_KEY' } }
const variables = { SECRET_ENV_ALLOW: 'REPEATED_KEY' }
const gateway = useGateway({ environment: variables })
const admin = writerOf(gateway)
beforeAll(() => {
  process.env.REPEATED_KEY = 'sk-in-a-variable'
})

const issueAt = (path: readonly string[], key: number, field = 'value') => [
  { path: ['apiKeys', ...path, 'credential', field], rule: 'API_KEY_REPEATED', message: expect.stringContaining(`as key ${key}.`) },
]

test('a new provider has each key once: the later of two is told as the same value as the first', async () => {
  const { issues } = await admin.create({
    apiKeys: [{ credential: { value: ONE } }, { credential: { value: TWO } }, { credential: { value: ONE } }],
  })
  expect(issues).toMatchObject(issueAt(['2'], 1))
  const inVariable = [REPEATED, REPEATED]
  expect((await admin.create({ apiKeys: inVariable })).issues).toMatchObject(issueAt(['1'], 1, 'environmentVariable'))
})

test('a change adds no value that is stored already, and rotates no key to that of another one', async () => {
  const { id, apiKeys } = await admin.created({ apiKeys: [{ credential: { value: ONE } }, { credential: { value: TWO } }] })
  const [first, second] = apiKeys.nodes.map((key) => key.id)
  const change = (...changes: readonly object[]): Promise<Result> => admin.update(id, { keepOtherApiKeys: true, apiKeys: changes })
  expect((await change({ add: { credential: { value: TWO } } })).issues).toMatchObject(issueAt(['0', 'add'], 2))
  expect((await change({ keep: { id: second, credential: { value: ONE } } })).issues).toMatchObject(issueAt(['0', 'keep'], 1))
  expect((await change({ add: { credential: { value: THREE } } }, { add: { credential: { value: THREE } } })).issues).toMatchObject(
    issueAt(['1', 'add'], 3),
  )
  // Neither its own value again, nor that of a key which goes, is a repetition.
  expect(await change({ keep: { id: first, credential: { value: ONE } } })).toMatchObject({ __typename: 'UpdateProviderPayload' })
  expect(await change({ keep: { id: first, credential: { value: TWO } } }, { remove: second })).toMatchObject({
    __typename: 'UpdateProviderPayload',
  })
})

test('a key is not given the UUID of another one, and is told of that alone', async () => {
  const { id, apiKeys } = await admin.created({ apiKeys: [{ credential: { value: ONE } }] })
  const [first] = apiKeys.nodes
  const taken = { uuid: first?.uuid, credential: { value: TWO } }
  const fresh = { uuid: randomUUID(), credential: { value: THREE } }
  const issuesOf = async (...changes: readonly object[]) => {
    const { issues } = await admin.update(id, { keepOtherApiKeys: true, apiKeys: changes })
    return issues?.map(({ path, rule }) => `${path.join('.')} ${rule}`)
  }
  expect(await issuesOf({ add: fresh }, { add: taken })).toEqual(['apiKeys.1.add.uuid API_KEY_ID_TAKEN'])
  expect(await issuesOf({ add: fresh }, { add: { ...fresh, credential: { value: TWO } } })).toEqual(['apiKeys.1.add.uuid API_KEY_ID_TAKEN'])
  expect(await issuesOf({ remove: first?.id }, { add: taken })).toEqual(['apiKeys.1.add.uuid API_KEY_ID_TAKEN'])
  expect((await admin.create({ apiKeys: [taken] })).issues).toMatchObject([{ rule: 'API_KEY_ID_TAKEN' }])
  expect((await admin.create({ apiKeys: [fresh, { ...fresh, credential: { value: TWO } }] })).issues).toMatchObject([
    { path: ['apiKeys', '1', 'uuid'], rule: 'API_KEY_ID_TAKEN' },
  ])
})

test('an upsert that states the whole set gives each value once, whatever was stored', async () => {
  const name = uniqueName('upsert')
  const upsert = async (...values: readonly string[]) => {
    const document = `mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) {
      __typename ... on ValidationError { issues { path rule message } } } }`
    const input = {
      name,
      type: 'OPENAI',
      baseUrl: 'https://api.example.com/v1',
      apiKeys: values.map((value) => ({ credential: { value } })),
    }
    return (await gateway.ask<{ result: Result }>(document, { input })).result
  }
  expect((await upsert(ONE, ONE)).issues).toMatchObject(issueAt(['1'], 1))
  expect(await upsert(ONE, TWO)).toMatchObject({ __typename: 'UpsertProviderPayload' })
  expect(await upsert(TWO, ONE)).toMatchObject({ __typename: 'UpsertProviderPayload' })
  expect((await upsert(TWO, TWO)).issues).toMatchObject(issueAt(['1'], 1))
})

test('a file gives each value once, too, also where two variables have the same', async () => {
  const apiKeys = [{ valueFrom: { env: 'FIRST' } }, { valueFrom: { env: 'SECOND' } }]
  const file = JSON.stringify({ providers: [{ name: uniqueName('file'), type: 'OPENAI', baseUrl: 'https://api.example.com/v1', apiKeys }] })
  const apply = (SECOND: string) =>
    runCommand(['apply', '-f', '-'], { environment: { ...gateway.shared, ...variables, FIRST: ONE, SECOND }, input: file })
  expect(await apply(ONE)).toMatchObject({ exitCode: 1, errors: expect.stringContaining('apiKeys[1].value: The same value as key 1.') })
  expect(await apply(TWO)).toMatchObject({ exitCode: 0 })
  const again = await apply(ONE)
  expect(again).toMatchObject({ exitCode: 1, errors: expect.stringContaining('The same value as key 1.') })
})
