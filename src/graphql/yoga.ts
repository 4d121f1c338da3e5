import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention'
import { type DocumentNode, type ExecutionResult, GraphQLError, Kind, type SelectionNode, type ValidationRule } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { withClientErrors } from './client-errors.ts'
import type { GatewayContext } from './context.ts'
import { LIMITS } from './limits.ts'
import { schema } from './schema.ts'

/** The GraphQL server behind the front door of `app.ts`, which has authenticated the caller and read the body already. */
export function createGraphQLServer() {
  return createYoga<GatewayContext>({
    schema,
    graphqlEndpoint: '/graphql',
    // The front door serves GraphiQL, counts the bytes of bodies, and writes the log; errors are cleaned by our own plugin.
    graphiql: false,
    maxRequestBodySize: false,
    logging: false,
    maskedErrors: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    plugins: [
      useCSRFPrevention({ requestHeaders: ['x-graphql-yoga-csrf', 'authorization', 'coder-session-token'] }),
      useLimits(),
      useClientErrors(),
    ],
  })
}

export type GraphQLServer = ReturnType<typeof createGraphQLServer>

/** Bounds a document while it is parsed and validated, and keeps the schema's names out of error messages. */
function useLimits(): Plugin {
  return {
    onParse: ({ params }) => {
      params.options = { ...params.options, maxTokens: LIMITS.tokens }
    },
    onValidate: ({ addValidationRule, validateFn, setValidationFn }) => {
      addValidationRule(limitRootFields)
      setValidationFn((schemaToUse, document, rules, options, typeInfo) =>
        validateFn(schemaToUse, document, rules, { ...options, hideSuggestions: true, maxErrors: 20 }, typeInfo),
      )
    },
  }
}

const limitRootFields: ValidationRule = (context) => ({
  OperationDefinition: (operation) => {
    const count = countRootFields(context.getDocument(), operation.selectionSet.selections)
    if (count > LIMITS.rootFields)
      context.reportError(new GraphQLError(`The operation has ${count} root fields of at most ${LIMITS.rootFields}.`, { nodes: operation }))
  },
})

/** Counts through fragments too; a fragment that contains itself is another rule's to report. */
function countRootFields(document: DocumentNode, selections: readonly SelectionNode[], seen: readonly string[] = []): number {
  return selections.reduce((count, selection) => {
    if (selection.kind === Kind.FIELD) return count + 1
    if (selection.kind === Kind.INLINE_FRAGMENT) return count + countRootFields(document, selection.selectionSet.selections, seen)
    const name = selection.name.value
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
    )
    if (fragment?.kind !== Kind.FRAGMENT_DEFINITION || seen.includes(name)) return count
    return count + countRootFields(document, fragment.selectionSet.selections, [...seen, name])
  }, 0)
}

/** The last look at every result, whatever step it failed in. */
function useClientErrors(): Plugin<object, GatewayContext> {
  return {
    onResultProcess: ({ result, setResult, serverContext }) => {
      if (Array.isArray(result)) return setResult(result.map((one) => withClientErrors(one, serverContext)))
      if (Symbol.asyncIterator in result) return setResult(cleanEach(result, serverContext))
      setResult(withClientErrors(result, serverContext))
    },
  }
}

/** Not a generator: one could not be left while it waits for the next result. */
function cleanEach(results: AsyncIterable<ExecutionResult>, context: GatewayContext): AsyncIterable<ExecutionResult> {
  return {
    [Symbol.asyncIterator]: () => {
      const inner = results[Symbol.asyncIterator]()
      const clean = async (step: Promise<IteratorResult<ExecutionResult>>): Promise<IteratorResult<ExecutionResult>> => {
        const { done, value } = await step
        return done ? { done, value } : { done: false, value: withClientErrors(value, context) }
      }
      const gone = () => Promise.resolve({ done: true as const, value: undefined })
      return { next: () => clean(inner.next()), return: () => clean(inner.return?.() ?? gone()) }
    },
  }
}
