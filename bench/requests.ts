/** What is asked of the servers that are compared. */
export interface BenchRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
  /** Besides, or in place of, those of every request. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One question, as each kind of server takes it. */
export interface Question {
  readonly title: string
  /** For the gateway and for servers that speak its REST dialect. */
  readonly rest?: BenchRequest
  /** For servers that speak GraphQL alone. */
  readonly graphql: BenchRequest
}

const graphql = (query: string, variables: Readonly<Record<string, unknown>> = {}): BenchRequest => ({
  method: 'POST',
  path: '/graphql',
  body: JSON.stringify({ query, variables }),
})
const get = (path: string): BenchRequest => ({ method: 'GET', path })

/** As many fields as Coder's API shows of a provider, so that servers without that API do the same work. */
const FIELDS = `uuid type name displayName icon enabled baseUrl version createdAt updatedAt
  apiKeys(first: 100) { nodes { uuid masked createdAt } } settings { ... on BedrockSettings { region model } }`
const PAGE = `query Page($search: String) { providers(first: 20, filter: { search: $search }) { nodes {
  id name displayName type baseUrl enabled apiKeys(first: 10) { nodes { id masked enabled } } } } }`

export const LISTED_NAME = 'provider-00007'

export const QUESTIONS = {
  list: {
    title: 'REST list: all providers with keys',
    rest: get('/api/v2/ai/providers'),
    graphql: graphql(`{ providers(first: 100) { nodes { ${FIELDS} } } }`),
  },
  one: {
    title: 'REST one: a provider by name',
    rest: get(`/api/v2/ai/providers/${LISTED_NAME}`),
    graphql: graphql(`query ($name: String!) { provider(by: { name: $name }) { ${FIELDS} } }`, { name: LISTED_NAME }),
  },
  page: { title: 'GraphQL: a page of 20 with keys', graphql: graphql(PAGE) },
  name: {
    title: 'GraphQL: a provider by name',
    graphql: graphql('query ($name: String!) { provider(by: { name: $name }) { id name type baseUrl enabled } }', { name: LISTED_NAME }),
  },
  typename: { title: 'GraphQL: `{ __typename }`', graphql: graphql('{ __typename }') },
  search: { title: 'GraphQL: search, a page of 20', graphql: graphql(PAGE, { search: 'ROVIDER-0000' }) },
} as const satisfies Record<string, Question>

export type QuestionName = keyof typeof QUESTIONS

const CREATE = `mutation ($input: CreateProviderInput!) {
  createProvider(input: $input) { __typename ... on UserError { message } }
}`

/** A new provider with one key; every call another name. */
export function createRequest(name: string): BenchRequest {
  return graphql(CREATE, {
    input: {
      name,
      type: 'OPENAI',
      baseUrl: 'https://api.example.com/v1',
      apiKeys: [{ credential: { value: `sk-bench-${name}-0123456789abcdef` } }],
    },
  })
}
