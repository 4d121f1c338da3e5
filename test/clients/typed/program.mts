/** graphql-request with gql.tada: `schema.d.ts` beside it is made from the gateway's schema, and TypeScript finds out the types of every answer. */
import { initGraphQLTada } from 'gql.tada'
import { ClientError, GraphQLClient } from 'graphql-request'
import type { introspection } from './schema.d.ts'

const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: { DateTime: string; JSON: unknown; Secret: string; UUID: string }
}>()

const LIST = graphql(`
  query Providers($first: Int, $after: String, $filter: ProviderFilter) {
    providers(first: $first, after: $after, filter: $filter) {
      edges { node { id name type createdAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
const NODE = graphql(`
  query Node($id: ID!) {
    node(id: $id) { __typename id ... on Provider { name displayName } }
  }
`)
const CREATE = graphql(`
  mutation Create($input: CreateProviderInput!) {
    createProvider(input: $input) {
      __typename
      ... on CreateProviderPayload { provider { id name } }
      ... on ProviderNameTakenError { code message name }
      ... on ValidationError { code issues { path rule } }
    }
  }
`)

const { GATEWAY_URL, GATEWAY_TOKEN, PREFIX: prefix } = process.env
const clientWith = (token: string | undefined) =>
  new GraphQLClient(`${GATEWAY_URL}/graphql`, { headers: { authorization: `Bearer ${token}` } })
const client = clientWith(GATEWAY_TOKEN)

const filter = { search: `${prefix}-` }
const first = await client.request(LIST, { first: 2, filter })
const second = await client.request(LIST, { first: 2, filter, after: first.providers.pageInfo.endCursor })
const pages: string[][] = [first, second].map(({ providers }) => providers.edges.map(({ node }) => node.name))

const create = async () => {
  const input = { name: `${prefix}-new`, type: 'OPENAI_COMPAT', baseUrl: 'https://api.example.com/v1' } as const
  return (await client.request(CREATE, { input })).createProvider
}
const created = await create()
if (created.__typename !== 'CreateProviderPayload') throw new Error(`It was not created: ${created.__typename}`)
const problem = await create()
// The union tells its members apart: the name that is taken is there in one of them only.
const taken: string | null = problem.__typename === 'ProviderNameTakenError' ? problem.name : null
const { node } = await client.request(NODE, { id: created.provider.id })
const byId: { id: string; name: string } | null = node?.__typename === 'Provider' ? { id: node.id, name: node.name } : null

async function failsWith(token: string | undefined, after: string | null): Promise<{ as: string; code: unknown }> {
  try {
    await clientWith(token).request(LIST, { after })
  } catch (error) {
    if (error instanceof ClientError) return { as: 'ClientError', code: error.response.errors?.[0]?.extensions.code }
    throw error
  }
  throw new Error('It did not fail.')
}
const errors = [await failsWith('gw_wrong', null), await failsWith(GATEWAY_TOKEN, 'no cursor')]
process.stdout.write(JSON.stringify({ pages, created: created.provider.name, problem, taken, byId, errors }))
