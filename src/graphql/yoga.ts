import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention'
import { type ExecutionResult, GraphQLError, getOperationAST, Kind, type SelectionNode, type ValidationRule } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { inSpan } from '../tracing/span.ts'
import { withinAnswerBytes } from './answer-size.ts'
import { withClientErrors } from './client-errors.ts'
import type { GatewayContext } from './context.ts'
import { createDocumentCaches } from './document-cache.ts'
import { documentProblem } from './document-size.ts'
import { LIMITS } from './limits.ts'
import { usePersistedQueries } from './persisted-queries.ts'
import { useQueryCost } from './query-cost.ts'
import { schema } from './schema.ts'

/**
 * The GraphQL server behind `app.ts`, which has authenticated the caller and read the body already.
 * @param tokenHeaders where a token may come besides `Authorization`: no page of another site can send one of these unasked.
 */
export function createGraphQLServer(tokenHeaders: readonly string[]) {
  return createYoga<GatewayContext>({
    schema,
    graphqlEndpoint: '/graphql',
    // `app.ts` serves GraphiQL, counts the bytes of bodies, and writes the log; errors are cleaned by our own plugin.
    graphiql: false,
    maxRequestBodySize: false,
    logging: false,
    maskedErrors: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    parserAndValidationCache: createDocumentCaches(),
    plugins: [
      useCSRFPrevention({ requestHeaders: ['x-graphql-yoga-csrf', 'authorization', ...tokenHeaders] }),
      usePersistedQueries(),
      useLimits(),
      useQueryCost(),
      useOrigin(),
      useSpans(),
      useClientErrors(),
    ],
  })
}

export type GraphQLServer = ReturnType<typeof createGraphQLServer>

/** Bounds a document while it is parsed and validated, and keeps the schema's names out of error messages. */
function useLimits(): Plugin {
  return {
    onParse: ({ params, parseFn, setParseFn }) => {
      const problem = documentProblem(params.source)
      if (problem !== null) throw problem
      setParseFn((source, options) => parseFn(source, { ...options, maxTokens: LIMITS.tokens }))
    },
    onValidate: ({ addValidationRule, validateFn, setValidationFn }) => {
      addValidationRule(limitRootFields)
      addValidationRule(refuseConditionalSubscriptions)
      setValidationFn((schemaToUse, document, rules, options, typeInfo) =>
        validateFn(schemaToUse, document, rules, { ...options, hideSuggestions: true, maxErrors: 20 }, typeInfo),
      )
    },
  }
}

/** Only queries that end well can be answered again without being run. */
function useOrigin(): Plugin<GatewayContext, GatewayContext> {
  return {
    onExecute: ({ args: { document, operationName, contextValue } }) => {
      if (getOperationAST(document, operationName)?.operation === 'query') contextValue.origin.ranQuery()
      else contextValue.origin.dependsOnMore()
    },
    onResultProcess: ({ result, serverContext }) => {
      const isClean = !Array.isArray(result) && !(Symbol.asyncIterator in result) && result.errors === undefined
      if (!isClean) serverContext.origin.dependsOnMore()
    },
  }
}

/** A span for each operation, of REST dialects too. It says what runs by the name that the client gave it, and nothing of its text. */
function useSpans(): Plugin {
  return {
    onExecute: ({ args: { document, operationName }, executeFn, setExecuteFn }) => {
      const operation = getOperationAST(document, operationName)
      const type = operation?.operation ?? 'query'
      const name = operation?.name?.value.slice(0, MAX_NAME_LENGTH)
      const attributes = { 'graphql.operation.type': type, ...(name === undefined ? {} : { 'graphql.operation.name': name }) }
      setExecuteFn((args) => inSpan(`GraphQL ${type}`, { attributes }, async () => executeFn(args)))
    },
  }
}

const MAX_NAME_LENGTH = 100

/** Counts through fragments too, each of them once: fragments that spread each other twice would take for ever. */
const limitRootFields: ValidationRule = (context) => {
  const counts = new Map<string, number>()
  const count = (selections: readonly SelectionNode[]): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1
      return (
        sum + (selection.kind === Kind.INLINE_FRAGMENT ? count(selection.selectionSet.selections) : countFragment(selection.name.value))
      )
    }, 0)
  const countFragment = (name: string): number => {
    const known = counts.get(name)
    if (known !== undefined) return known
    // A fragment that contains itself is another rule's to report.
    counts.set(name, 0)
    const total = count(context.getFragment(name)?.selectionSet.selections ?? [])
    counts.set(name, total)
    return total
  }
  return {
    OperationDefinition: (operation) => {
      const total = count(operation.selectionSet.selections)
      if (total > LIMITS.rootFields)
        context.reportError(
          new GraphQLError(`The operation has ${total} root fields of at most ${LIMITS.rootFields}.`, { nodes: operation }),
        )
    },
  }
}

/** As GraphQL's specification of September 2025 asks: the execution fails on a subscription to nothing. */
const refuseConditionalSubscriptions: ValidationRule = (context) => {
  const check = (selection: SelectionNode) => {
    const isRoot = context.getParentType() === context.getSchema().getSubscriptionType()
    if (isRoot && selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include'))
      context.reportError(new GraphQLError('The field of a subscription must not have `@skip` or `@include`.', { nodes: selection }))
  }
  return { Field: check, FragmentSpread: check, InlineFragment: check }
}

function toClient(result: ExecutionResult, context: GatewayContext): ExecutionResult {
  return withClientErrors(withinAnswerBytes(result), context)
}

/** The last look at every result, whatever step it failed in. */
function useClientErrors(): Plugin<object, GatewayContext> {
  return {
    onResultProcess: ({ result, setResult, resultProcessor, serverContext }) => {
      if (Array.isArray(result)) return setResult(result.map((one) => toClient(one, serverContext)))
      if (Symbol.asyncIterator in result) {
        // The client takes no events: the answer is 406, and nobody would ever end the stream.
        if (resultProcessor === undefined) return endUnread(result)
        return setResult(cleanEach(result, serverContext))
      }
      setResult(toClient(result, serverContext))
    },
  }
}

async function endUnread(results: AsyncIterable<ExecutionResult>): Promise<void> {
  await results[Symbol.asyncIterator]().return?.()
}

/** Not a generator: one could not be left while it waits for the next result. */
function cleanEach(results: AsyncIterable<ExecutionResult>, context: GatewayContext): AsyncIterable<ExecutionResult> {
  return {
    [Symbol.asyncIterator]: () => {
      const inner = results[Symbol.asyncIterator]()
      const clean = async (step: Promise<IteratorResult<ExecutionResult>>): Promise<IteratorResult<ExecutionResult>> => {
        const { done, value } = await step
        return done ? { done, value } : { done: false, value: toClient(value, context) }
      }
      const gone = () => Promise.resolve({ done: true as const, value: undefined })
      return { next: () => clean(inner.next()), return: () => clean(inner.return?.() ?? gone()) }
    },
  }
}
