/** What must not compile: a type that anything goes through would let these pass, and TypeScript would call the comments unused. */
import { initGraphQLTada, type ResultOf, type VariablesOf } from 'gql.tada'
import type { introspection } from './schema.d.ts'

const graphql = initGraphQLTada<{ introspection: introspection }>()
const CREATE = graphql(`
  mutation Create($input: CreateProviderInput!) {
    createProvider(input: $input) { __typename ... on CreateProviderPayload { provider { id name type } } }
  }
`)
type Created = Extract<ResultOf<typeof CREATE>['createProvider'], { __typename: 'CreateProviderPayload' }>

// @ts-expect-error a type that the gateway does not know
export const input: VariablesOf<typeof CREATE>['input'] = { name: 'a', baseUrl: 'https://a.example', type: 'NO_SUCH_TYPE' }
// @ts-expect-error a member that the union does not have
export const member: ResultOf<typeof CREATE>['createProvider']['__typename'] = 'NoSuchError'
// @ts-expect-error a field that was not asked for
export const field = (created: Created) => created.provider.displayName
