/** graphql-sse: follows changes, goes away, and goes on behind the last one that it saw. */
import { createClient, NetworkError } from 'graphql-sse'
import { authorization, CHANGES, CREATE, failure, LIST, listVariables, newProvider, prefix, RENAME, renaming, tell, url } from './walk.mjs'

const client = createClient({ url, headers: { authorization }, retryAttempts: 0 })
/** One answer of an operation that is no subscription: the protocol carries these too. */
const ask = async (query, variables, from = client) => {
  const { value } = await from.iterate({ query, variables }).next()
  if (value.errors !== undefined) throw Object.assign(new Error('errors'), { errors: value.errors })
  return value.data
}

const names = ({ providers }) => providers.edges.map(({ node }) => node.name)
const first = await ask(LIST, listVariables)
const second = await ask(LIST, { ...listVariables, after: first.providers.pageInfo.endCursor })
const create = async () => (await ask(CREATE, { input: newProvider })).createProvider
const { provider } = await create()
const problem = await create()

/** Follows from a place on until as many changes came. */
async function follow(after, count, work) {
  let settle
  const connected = new Promise((resolve) => {
    settle = resolve
  })
  const iterator = client.iterate({ query: CHANGES, variables: { after } }, { connected: () => settle() })
  const seen = (async () => {
    const changes = []
    for await (const { data } of iterator) {
      changes.push(data.providerChanged)
      if (changes.length === count) break
    }
    return changes
  })()
  await connected
  await work()
  return seen
}

const rename = (displayName) => ask(RENAME, renaming(provider.id, displayName))
const changes = await follow(null, 1, () => rename(`${prefix} renamed`))
await rename(`${prefix} while away`)
await ask(RENAME, renaming(first.providers.edges[0].node.id, `${prefix} other`))
const resumed = await follow(changes[0].cursor, 3, () => rename(`${prefix} back`))

const stranger = createClient({ url, headers: { authorization: 'Bearer gw_wrong' }, retryAttempts: 0 })
/** A refused request is the client's own error, which has the answer; a refused field is a result with errors, as the protocol has it. */
const asTold = async (error) => {
  if (!(error instanceof NetworkError)) return { as: 'result', code: error.errors?.[0]?.extensions?.code }
  return { as: 'NetworkError', code: (await error.response.json()).errors[0].extensions.code }
}
const refused = await failure(ask(LIST, listVariables, stranger))
const wrong = await failure(ask(LIST, { after: 'no cursor' }))
tell({
  pages: [names(first), names(second)],
  created: provider.name,
  problem,
  changes,
  resumed: resumed.map(({ action, providerId, provider: { displayName } }) => ({ action, providerId, displayName })),
  errors: [await asTold(refused), await asTold(wrong)],
})
client.dispose()
stranger.dispose()
