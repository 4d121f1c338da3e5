/** urql with its normalised cache, which knows the schema and joins pages as Relay does. */
import { CombinedError, createClient, fetchExchange, gql, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { getIntrospectionQuery } from 'graphql'
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

const requests = []
const recordingFetch = (address, init) => {
  requests.push(address)
  return fetch(address, init)
}
const introspection = await (
  await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  })
).json()

const warnings = []
const { client: events, connected } = eventClient()
const clientWith = (headers) =>
  createClient({
    url,
    preferGetMethod: false,
    fetch: recordingFetch,
    fetchOptions: { headers },
    exchanges: [
      cacheExchange({
        schema: introspection.data,
        resolvers: { Query: { providers: relayPagination() } },
        logger: (severity, message) => severity !== 'debug' && warnings.push(message),
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (operation) => ({ subscribe: (sink) => ({ unsubscribe: events.subscribe(operation, sink) }) }),
      }),
    ],
  })

const client = clientWith({ authorization })
const good = async (source) => {
  const { data, error } = await source.toPromise()
  if (error !== undefined) throw error
  return data
}
const names = ({ providers }) => providers.edges.map(({ node }) => node.name)
const first = await good(client.query(gql(LIST), listVariables))
const after = first.providers.pageInfo.endCursor
const merged = names(await good(client.query(gql(LIST), { ...listVariables, after })))
const pages = [names(first), merged.slice(names(first).length)]

const create = async () => (await good(client.mutation(gql(CREATE), { input: newProvider }))).createProvider
const { provider } = await create()
const problem = await create()

const changes = []
const changed = new Promise((resolve) => {
  const subscription = client.subscription(gql(CHANGES), {}).subscribe(({ data }) => {
    changes.push(data.providerChanged)
    subscription.unsubscribe()
    resolve()
  })
})
await connected
await good(client.mutation(gql(RENAME), renaming(provider.id, `${prefix} renamed`)))
await changed

// What one answer says of an object, every query that has the object shows, without another request.
const [{ node }] = first.providers.edges
await good(client.mutation(gql(RENAME), renaming(node.id, `${prefix} cached`)))
const before = requests.length
const normalised = client.readQuery(gql(LIST), { ...listVariables, after }, { requestPolicy: 'cache-only' }).data.providers.edges[0].node
  .displayName
const requestsForIt = requests.length - before
const byId = (await good(client.query(gql(NODE), { id: provider.id }))).node

const fails = async (headers, variables) => {
  const error = await failure(
    clientWith(headers)
      .query(gql(LIST), variables)
      .toPromise()
      .then(({ error }) => {
        if (error !== undefined) throw error
      }),
  )
  return { as: error instanceof CombinedError ? 'CombinedError' : String(error), code: error.graphQLErrors?.[0]?.extensions?.code }
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
  warnings,
})
events.dispose()
