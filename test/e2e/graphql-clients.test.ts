import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../support/gateway-process.ts'
import { packageFolder } from '../support/package-folder.ts'
import { useGateway } from '../support/use.ts'

const clients = packageFolder('clients')
const CREATE =
  'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { ... on CreateProviderPayload { provider { id } } } }'

clients.describe('GraphQL clients as their users have them', () => {
  const folders: ReturnType<typeof temporaryFolder>[] = []
  const gateway = useGateway()
  afterAll(() => {
    for (const folder of folders) folder.remove()
  })

  /** A project of its own: the sources of a folder here, the gateway's schema, and the packages. */
  function projectOf(sources: string): string {
    const folder = temporaryFolder()
    folders.push(folder)
    cpSync(join(clients.path, sources), folder.path, { recursive: true })
    cpSync('schema.graphql', join(folder.path, 'schema.graphql'))
    symlinkSync(join(clients.path, 'node_modules'), join(folder.path, 'node_modules'))
    return folder.path
  }

  /** Runs a client over three providers of its own, and returns what it saw. */
  async function walk(prefix: string, program = `${prefix}.mjs`, environment: Readonly<Record<string, string>> = {}): Promise<unknown> {
    for (const letter of ['a', 'b', 'c'])
      await gateway.ask(CREATE, { input: { name: `${prefix}-${letter}`, type: 'OPENAI_COMPAT', baseUrl: 'https://api.example.com/v1' } })
    const own = { GATEWAY_URL: gateway.url, GATEWAY_TOKEN: gateway.adminToken, PREFIX: prefix }
    return JSON.parse(await clients.node([program], { ...own, ...environment }))
  }

  /** Two pages of a list, what is created, and a problem that the result's union has a type for. */
  const listed = (prefix: string) => ({
    pages: [[`${prefix}-a`, `${prefix}-b`], [`${prefix}-c`]],
    created: `${prefix}-new`,
    problem: { __typename: 'ProviderNameTakenError', code: 'PROVIDER_NAME_TAKEN', name: `${prefix}-new` },
  })
  const followed = (prefix: string) => ({
    changes: [{ action: 'UPDATED', cursor: expect.any(String), provider: { name: `${prefix}-new`, displayName: `${prefix} renamed` } }],
  })
  /** Ids are those of one object everywhere: an answer changes what is shown of it everywhere, and `node` finds it again. */
  const normalised = (prefix: string) => ({
    merged: [`${prefix}-a`, `${prefix}-b`, `${prefix}-c`],
    normalised: `${prefix} cached`,
    requestsForIt: 0,
    byId: { name: `${prefix}-new`, displayName: `${prefix} renamed` },
  })
  /** A token that opens nothing, and a cursor that is none, as errors of the client's own kind. */
  const failed = (request: string, field = request) => ({
    errors: [
      { as: request, code: 'UNAUTHENTICATED' },
      { as: field, code: 'BAD_USER_INPUT' },
    ],
  })

  test('Apollo Client with persisted queries asks by digest once, and goes on with whole queries', async () => {
    const seen = await walk('apollo')
    expect(seen).toMatchObject({ ...listed('apollo'), ...followed('apollo'), ...normalised('apollo'), ...failed('CombinedGraphQLErrors') })
    const digest = (status: number) => ({ query: false, digest: true, status })
    const whole = { query: true, digest: false, status: 200 }
    const good = [digest(400), ...Array(7).fill(whole)]
    const [wrongToken, wrongCursor] = [[digest(401)], [digest(400), whole]]
    expect(seen).toHaveProperty('sent', [...good, ...wrongToken, ...wrongCursor])
  })

  test('urql with its normalised cache joins pages, and finds nothing in the schema that it cannot keep', async () => {
    const seen = await walk('urql')
    expect(seen).toMatchObject({ ...listed('urql'), ...followed('urql'), ...normalised('urql'), ...failed('CombinedError'), warnings: [] })
  })

  test('graphql-sse goes on behind the last change that it saw', async () => {
    const seen = await walk('events')
    expect(seen).toMatchObject({ ...listed('events'), ...followed('events'), ...failed('NetworkError', 'result') })
    expect(seen).toMatchObject({
      resumed: ['events while away', 'events other', 'events back'].map((displayName) => ({ action: 'UPDATED', displayName })),
    })
  })

  test("Relay's compiler takes the schema, and its runtime keeps connections, pages of a node, and deletes", async () => {
    const project = projectOf('relay')
    mkdirSync(join(project, 'artifacts'))
    await clients.node([join(clients.path, 'node_modules/relay-compiler/cli.js'), '--noWatchman', 'relay.config.json'], {}, project)
    const seen = await walk('relay', 'relay.mjs', { ARTIFACTS: join(project, 'artifacts') })
    expect(seen).toMatchObject({ ...listed('relay'), ...followed('relay'), ...normalised('relay'), ...failed('RelayNetwork') })
    expect(seen).toMatchObject({
      hasNextPage: true,
      appended: ['relay-a', 'relay-b', 'relay-c', 'relay-new'],
      keys: [['sk-f...0001'], ['sk-f...0001', 'sk-s...0002']],
      afterDelete: ['relay-a', 'relay-b', 'relay-c'],
    })
  })

  test('graphql-request with gql.tada compiles against the schema, mistakes do not, and answers are of the types found', async () => {
    const project = projectOf('typed')
    const run = (program: string, ...parameters: string[]) =>
      clients.node([join(clients.path, 'node_modules', program), ...parameters], {}, project)
    await run('gql.tada/bin/cli.js', 'generate-output')
    await run('typescript/bin/tsc', '-p', '.')
    const seen = await walk('typed', join(project, 'built/program.mjs'))
    expect(seen).toMatchObject({ ...listed('typed'), ...failed('ClientError'), taken: 'typed-new', byId: { name: 'typed-new' } })
  })
})
