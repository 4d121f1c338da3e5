import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import type { ExecutionResult } from 'graphql'
import { withClientErrors } from '../graphql/client-errors.ts'
import type { GatewayContext } from '../graphql/context.ts'
import type { GraphQLServer } from '../graphql/yoga.ts'

/** Runs one typed operation in this process, with the context, authorization, audit and masking of a GraphQL request. */
export type Execute = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  context: GatewayContext,
) => Promise<ExecutionResult<Data>>

/**
 * The port of the REST dialects into GraphQL. It skips parsing and validation, which a test does for every document
 * instead, and everything that belongs to HTTP.
 */
export function createExecute(server: GraphQLServer): Execute {
  return async (document, variables, context) => {
    const { execute, contextFactory, schema } = server.getEnveloped(context)
    const result = await execute({ schema, document, variableValues: variables, contextValue: await contextFactory() })
    if (result.errors !== undefined) context.origin.dependsOnMore()
    return withClientErrors(result, context)
  }
}
