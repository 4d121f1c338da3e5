/** What every program here shares: where the gateway is, the operations of the walk, and the one line of JSON that tells what the client saw. */
import { createClient } from 'graphql-sse'

/** Given by the test that runs the program. */
const { GATEWAY_URL, GATEWAY_TOKEN, PREFIX } = process.env
export const url = `${GATEWAY_URL}/graphql`
export const authorization = `Bearer ${GATEWAY_TOKEN}`
export const prefix = PREFIX

export const LIST = `query Providers($after: String, $filter: ProviderFilter, $first: Int) {
  providers(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id name displayName } }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}`
export const NODE = 'query Node($id: ID!) { node(id: $id) { id ... on Provider { name displayName } } }'
export const CREATE = `mutation Create($input: CreateProviderInput!) {
  createProvider(input: $input) {
    __typename
    ... on CreateProviderPayload { provider { id name displayName } }
    ... on ProviderNameTakenError { code message name }
    ... on ValidationError { code issues { path rule } }
  }
}`
export const RENAME = `mutation Rename($input: UpdateProviderInput!) {
  updateProvider(input: $input) { __typename ... on UpdateProviderPayload { provider { id displayName } } }
}`
export const CHANGES = `subscription Changes($after: String) {
  providerChanged(after: $after) { action cursor providerId provider { id name displayName } }
}`

export const listVariables = { first: 2, filter: { search: `${prefix}-` } }
export const newProvider = {
  name: `${prefix}-new`,
  type: 'OPENAI_COMPAT',
  baseUrl: 'https://api.example.com/v1',
  apiKeys: [{ credential: { value: 'sk-first-key-of-a-client-0001' } }, { credential: { value: 'sk-second-key-of-a-client-0002' } }],
}
export const renaming = (id, displayName) => ({ input: { provider: { id }, displayName } })

/** Follows subscriptions as the protocol's own client does; `connected` settles when the server follows. */
export function eventClient(on = {}) {
  let settle
  const connected = new Promise((resolve) => {
    settle = resolve
  })
  const client = createClient({ url, headers: { authorization }, retryAttempts: 0, on: { ...on, connected: () => settle() } })
  return { client, connected }
}

/** The outcome of something that must fail. */
export const failure = (work) =>
  work.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error) => error,
  )

export const tell = (seen) => process.stdout.write(JSON.stringify(seen))
