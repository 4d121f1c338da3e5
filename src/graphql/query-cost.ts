import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type DocumentNode, type ExecutionArgs, GraphQLError, getOperationAST, getVariableValues, Kind } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { Fault } from '../errors.ts'
import type { GatewayContext } from './context.ts'
import { LIMITS } from './limits.ts'

/** GraphQL over HTTP: 400, but 200 for a client that accepts `application/json` only. */
const REQUEST_ERROR = { status: 400, spec: true }

/**
 * Refuses an operation that costs too much before any of it is executed, so that the refusal is a request error: without
 * data and without a path. The operations of the REST dialects are our own, and answer with whole lists where their contracts do.
 */
export function useQueryCost(): Plugin<GatewayContext, GatewayContext> {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const refusal = refusalOf(args)
      if (refusal !== null) setResultAndStopExecution({ errors: [refusal] })
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const refusal = subscriptionRefusal(args.contextValue) ?? refusalOf(args)
      if (refusal !== null) setResultAndStopExecution({ errors: [refusal] })
    },
  }
}

/** A subscription keeps its request for as long as it is open: a thousand of them with a megabyte each would fill the memory. */
function subscriptionRefusal({ bodyLength = 0 }: GatewayContext): GraphQLError | null {
  if (bodyLength <= LIMITS.subscriptionBytes) return null
  const message = `The request of a subscription must not be longer than ${LIMITS.subscriptionBytes} characters, variables included.`
  return requestError(new Fault('BAD_USER_INPUT', message))
}

type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'> & { readonly contextValue: GatewayContext }

function refusalOf({ schema, document, operationName, variableValues, contextValue }: Operation): GraphQLError | null {
  if (!contextValue.rules.boundsQueries) return null
  const operation = getOperationAST(document, operationName)
  // The execution says that there is no such operation, and what is wrong with each variable.
  if (operation == null) return null
  const variables = variableValues ?? {}
  if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors !== undefined) return null
  // The library counts the first operation of a document.
  const counted: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [operation, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)],
  }
  try {
    return tooMuch(complexityFromQuery(counted, { schema, ctx: contextValue, variables }))
  } catch {
    // What cannot be counted is not executed either: an argument that a cost depends on has no meaning.
    return requestError(new Fault('BAD_USER_INPUT', 'An id or a cursor in the request is not valid here.'))
  }
}

function tooMuch({ depth, breadth, complexity }: ReturnType<typeof complexityFromQuery>): GraphQLError | null {
  const kind = depth > LIMITS.depth ? 'depth' : breadth > LIMITS.breadth ? 'fields' : complexity > LIMITS.nodes ? 'nodes' : null
  if (kind === null) return null
  return requestError(
    new Fault(
      'QUERY_TOO_COMPLEX',
      `The query is too large (${kind}): depth ${depth} of ${LIMITS.depth}, fields ${breadth} of ${LIMITS.breadth}, nodes ${complexity} of ${LIMITS.nodes}. Ask for smaller pages or fewer fields.`,
    ),
  )
}

function requestError({ code, message }: Fault): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: REQUEST_ERROR } })
}
