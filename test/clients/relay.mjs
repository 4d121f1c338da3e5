/** Relay's runtime over what its compiler made of `relay/src/operations.js`, for which the test gives the folder. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import relay from 'relay-runtime'
import { authorization, eventClient, failure, listVariables, newProvider, prefix, renaming, tell, url } from './walk.mjs'

const { ConnectionHandler, createOperationDescriptor, Environment, fetchQuery, getRequest, getSingularSelector, Network } = relay
const { Observable, RecordSource, requestSubscription, Store, commitMutation } = relay
const require = createRequire(import.meta.url)
const artifact = (name) => require(join(process.env.ARTIFACTS, `operations${name}.graphql.js`))

let requests = 0
const { client: events, connected } = eventClient()
const environmentWith = (headers) =>
  new Environment({
    store: new Store(new RecordSource()),
    requiredFieldLogger: () => {},
    network: Network.create(
      async ({ text }, variables) => {
        requests += 1
        const body = JSON.stringify({ query: text, variables })
        return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })).json()
      },
      ({ text }, variables) => Observable.create((sink) => events.subscribe({ query: text, variables }, sink)),
    ),
  })

const environment = environmentWith({ authorization })
const variables = { count: listVariables.first, filter: listVariables.filter }
const query = createOperationDescriptor(getRequest(artifact('ListQuery')), variables)
environment.retain(query)
const seen = (fragment, owner) => environment.lookup(getSingularSelector(artifact(fragment), owner)).data
const list = () => seen('List', environment.lookup(query.fragment).data).providers
const names = () => list().edges.map(({ node }) => node.name)

await fetchQuery(environment, artifact('ListQuery'), variables).toPromise()
const firstPage = names()
const { endCursor, hasNextPage } = list().pageInfo
await fetchQuery(environment, artifact('ListPageQuery'), { ...variables, cursor: endCursor }).toPromise()
const pages = [firstPage, names().slice(firstPage.length)]
const merged = names()

const mutate = (name, variables) =>
  new Promise((resolve, reject) => {
    commitMutation(environment, { mutation: artifact(name), variables, onCompleted: resolve, onError: reject })
  })
const connections = [ConnectionHandler.getConnectionID('client:root', 'operationsList_providers', { filter: listVariables.filter })]
const create = async (connections) => (await mutate('CreateMutation', { input: newProvider, connections })).createProvider
const { provider } = await create(connections)
const appended = names()
const problem = await create([])

// The keys of one provider, page by page: Relay finds it again by its id alone, with `node`.
const { node } = list().edges.find(({ node }) => node.id === provider.id)
const maskedKeys = () => seen('Keys', node).apiKeys.edges.map(({ node }) => node.masked)
const keysBefore = maskedKeys()
const { endCursor: cursor } = seen('Keys', node).apiKeys.pageInfo
await fetchQuery(environment, artifact('KeysPageQuery'), { id: provider.id, count: 1, cursor }).toPromise()
const keys = [keysBefore, maskedKeys()]

const changes = []
await new Promise((resolve, reject) => {
  const { dispose } = requestSubscription(environment, {
    subscription: artifact('ChangesSubscription'),
    variables: {},
    onNext: ({ providerChanged }) => {
      changes.push(providerChanged)
      dispose()
      resolve()
    },
    onError: reject,
  })
  connected.then(() => mutate('RenameMutation', renaming(provider.id, `${prefix} renamed`))).catch(reject)
})

// What one answer says of an object, every fragment that has the object shows, without another request.
const { id } = list().edges[0].node
await mutate('RenameMutation', renaming(id, `${prefix} cached`))
const before = requests
const normalised = list().edges[0].node.displayName
const requestsForIt = requests - before
const byId = (await fetchQuery(environment, artifact('NodeQuery'), { id: provider.id }).toPromise()).node
await mutate('DeleteMutation', { input: { provider: { id: provider.id } } })
const afterDelete = list().edges.flatMap((edge) => (edge?.node ? [edge.node.name] : []))

const fails = async (headers, variables) => {
  const error = await failure(fetchQuery(environmentWith(headers), artifact('ListPageQuery'), variables).toPromise())
  return { as: error.name, code: error.source?.errors?.[0]?.extensions?.code }
}
tell({
  pages,
  hasNextPage,
  merged,
  created: provider.name,
  appended,
  problem,
  keys,
  changes,
  normalised,
  requestsForIt,
  byId,
  afterDelete,
  errors: [
    await fails({ authorization: 'Bearer gw_wrong' }, variables),
    await fails({ authorization }, { ...variables, cursor: 'no cursor' }),
  ],
})
events.dispose()
