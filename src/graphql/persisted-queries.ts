import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Tells clients that send the digest of a query that there are no persisted queries here, in the words of Apollo's protocol:
 * they then send queries whole. Also when the query is there, as Apollo's server does: the client would go on sending digests.
 */
export function usePersistedQueries(): Plugin {
  return {
    onParams: ({ params }) => {
      if (typeof params !== 'object' || params === null || params.extensions?.persistedQuery == null) return
      throw new GraphQLError('PersistedQueryNotSupported', {
        extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { status: 400, spec: true } },
      })
    },
  }
}
