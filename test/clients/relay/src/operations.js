/** What Relay's compiler compiles against the gateway's schema; `relay.mjs` runs what it makes. */
import { graphql } from 'relay-runtime'

graphql`
  query operationsListQuery($count: Int!, $filter: ProviderFilter) {
    ...operationsList @arguments(count: $count, filter: $filter)
  }
`

graphql`
  fragment operationsList on Query
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" }, filter: { type: "ProviderFilter" })
  @refetchable(queryName: "operationsListPageQuery") {
    providers(first: $count, after: $cursor, filter: $filter) @connection(key: "operationsList_providers", filters: ["filter"]) {
      edges { node { id name displayName ...operationsKeys } }
      totalCount
    }
  }
`

graphql`
  fragment operationsKeys on Provider
  @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" })
  @refetchable(queryName: "operationsKeysPageQuery") {
    id
    apiKeys(first: $count, after: $cursor) @connection(key: "operationsKeys_apiKeys") {
      edges { node { id masked } }
    }
  }
`

graphql`
  query operationsNodeQuery($id: ID!) {
    node(id: $id) { id ... on Provider { name displayName } }
  }
`

graphql`
  mutation operationsCreateMutation($input: CreateProviderInput!, $connections: [ID!]!) {
    createProvider(input: $input) {
      __typename
      ... on CreateProviderPayload {
        provider @appendNode(connections: $connections, edgeTypeName: "ProviderEdge") { id name displayName ...operationsKeys }
      }
      ... on ProviderNameTakenError { code message name }
      ... on ValidationError { code issues { path rule } }
    }
  }
`

graphql`
  mutation operationsRenameMutation($input: UpdateProviderInput!) {
    updateProvider(input: $input) { __typename ... on UpdateProviderPayload { provider { id displayName } } }
  }
`

graphql`
  mutation operationsDeleteMutation($input: DeleteProviderInput!) {
    deleteProvider(input: $input) { __typename ... on DeleteProviderPayload { deletedProviderId @deleteRecord } }
  }
`

graphql`
  subscription operationsChangesSubscription {
    providerChanged { action cursor providerId provider { id name displayName } }
  }
`
