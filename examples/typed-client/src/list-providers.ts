import { ask } from './ask'
import { graphql } from './gql'
import type { ListProvidersQuery } from './gql/graphql'

/** What a page with a list of providers asks for. Misspell a field, run `npm run types`, and see. */
const ListProviders = graphql(`
  query ListProviders($after: String, $search: String) {
    providers(first: 50, after: $after, filter: { search: $search }) {
      totalCount
      nodes {
        name
        displayName
        enabled
        apiKeys(first: 5) {
          nodes {
            masked
          }
        }
        lastConnectionTest {
          status
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const [search = ''] = process.argv.slice(2)
let after: string | null | undefined
do {
  const { providers }: ListProvidersQuery = await ask(ListProviders, { search, after })
  for (const { displayName, enabled, apiKeys, lastConnectionTest } of providers.nodes) {
    const keys = apiKeys.nodes.map(({ masked }) => masked).join(', ') || 'no key'
    process.stdout.write(`${displayName}: ${enabled ? 'enabled' : 'disabled'}, ${keys}, ${lastConnectionTest?.status ?? 'never tested'}\n`)
  }
  after = providers.pageInfo.hasNextPage ? providers.pageInfo.endCursor : null
} while (after)
