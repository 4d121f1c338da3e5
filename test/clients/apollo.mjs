/** Apollo Client with persisted queries: it sends digests first, and sends whole queries from the first refusal on. */
import { createHash } from 'node:crypto'
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache, Observable } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { relayStylePagination } from '@apollo/client/utilities'
import { print } from 'graphql'
import {
  authorization,
  CHANGES,
  CREATE,
  eventClient,
  failure,
  LIST,
  listVariables,
  NODE,
  newProvider,
  prefix,
  RENAME,
  renaming,
  tell,
  url,
} from './walk.mjs'

const sent = []
const recordingFetch = async (address, init) => {
  const { query, extensions } = JSON.parse(init.body)
  const response = await fetch(address, init)
  sent.push({ query: query !== undefined, digest: extensions?.persistedQuery !== undefined, status: response.status })
  return response
}
const { client: events, connected } = eventClient()
const eventLink = new ApolloLink(
  ({ query, variables, operationName }) =>
    new Observable((sink) => events.subscribe({ query: print(query), variables, operationName }, sink)),
)
const httpLink = (headers) =>
  new PersistedQueryLink({ sha256: (text) => createHash('sha256').update(text).digest('hex') }).concat(
    new HttpLink({ uri: url, headers, fetch: recordingFetch }),
  )
const clientWith = (headers) =>
  new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes: { Node: ['Provider'] },
      typePolicies: { Query: { fields: { providers: relayStylePagination(['filter']) } } },
    }),
    link: ApolloLink.split(({ operationType }) => operationType === 'subscription', eventLink, httpLink(headers)),
  })

const client = clientWith({ authorization })
const names = ({ providers }) => providers.edges.map(({ node }) => node.name)
const first = (await client.query({ query: gql(LIST), variables: listVariables })).data
const list = client.watchQuery({ query: gql(LIST), variables: listVariables })
const following = list.subscribe(() => {})
const after = first.providers.pageInfo.endCursor
const second = (await list.fetchMore({ variables: { after } })).data
const pages = [names(first), names(second)]
const cachedList = () => client.readQuery({ query: gql(LIST), variables: listVariables })
const merged = names(cachedList())

const create = () => client.mutate({ mutation: gql(CREATE), variables: { input: newProvider } })
const { provider } = (await create()).data.createProvider
const problem = (await create()).data.createProvider

const changes = []
const changed = new Promise((resolve) => {
  const subscription = client.subscribe({ query: gql(CHANGES) }).subscribe(({ data }) => {
    changes.push(data.providerChanged)
    subscription.unsubscribe()
    resolve()
  })
})
await connected
await client.mutate({ mutation: gql(RENAME), variables: renaming(provider.id, `${prefix} renamed`) })
await changed

// What one answer says of an object, every query that has the object shows, without another request.
const [{ node }] = first.providers.edges
await client.mutate({ mutation: gql(RENAME), variables: renaming(node.id, `${prefix} cached`) })
const requests = sent.length
const normalised = cachedList().providers.edges[0].node.displayName
const requestsForIt = sent.length - requests
const byId = (await client.query({ query: gql(NODE), variables: { id: provider.id } })).data.node
following.unsubscribe()

const fails = async (headers, variables) => {
  const error = await failure(clientWith(headers).query({ query: gql(LIST), variables }))
  return { as: CombinedGraphQLErrors.is(error) ? 'CombinedGraphQLErrors' : String(error), code: error.errors?.[0]?.extensions?.code }
}
tell({
  pages,
  merged,
  created: provider.name,
  problem,
  changes,
  normalised,
  requestsForIt,
  byId,
  errors: [await fails({ authorization: 'Bearer gw_wrong' }, listVariables), await fails({ authorization }, { after: 'no cursor' })],
  sent,
})
events.dispose()
