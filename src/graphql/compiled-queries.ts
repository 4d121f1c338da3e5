import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isInputObjectType,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'

/** `SEEN`: not worth compiling yet. `PLAIN`: it cannot be compiled. */
type Plan = CompiledQuery | 'SEEN' | 'PLAIN'

/**
 * Executes queries by code that is compiled for their document, from the second time on: compiling takes some
 * milliseconds, and a document that nobody sends twice must not cost them. The parser and the dialects keep a bounded
 * number of documents, and what is compiled goes with its document.
 *
 * graphql-js has the last word. It runs mutations and subscriptions; it says which variables are valid, because the
 * compiler does not know `@oneOf`; and it answers again what ends with an error, because compiled code reports one error for each
 * field of an object where GraphQL's algorithm stops at the first.
 */
export function createExecuteCompiled(): (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult> {
  const plans = new WeakMap<DocumentNode, Map<string, Plan>>()
  return async (args) => {
    const { schema, document, operationName } = args
    const operation = getOperationAST(document, operationName)
    if (operation?.operation !== 'query' || !hasValidVariables(operation, args)) return execute(args)
    const ofDocument = plans.get(document) ?? new Map<string, Plan>()
    plans.set(document, ofDocument)
    const name = operation.name?.value ?? ''
    const plan = nextPlan(ofDocument.get(name), schema, document, operation)
    ofDocument.set(name, plan)
    if (typeof plan === 'string') return execute(args)
    const result = await plan.query(args.rootValue, args.contextValue, args.variableValues)
    return result.errors === undefined ? result : execute(args)
  }
}

function nextPlan(known: Plan | undefined, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan {
  if (known === undefined) return 'SEEN'
  if (known !== 'SEEN') return known
  if (takesSecrets(operation, schema)) return 'PLAIN'
  const compiled = compileQuery(schema, document, operation.name?.value)
  return isCompiledQuery(compiled) ? compiled : 'PLAIN'
}

function hasValidVariables({ variableDefinitions = [] }: OperationDefinitionNode, { schema, variableValues }: ExecutionArgs): boolean {
  return variableDefinitions.length === 0 || getVariableValues(schema, variableDefinitions, variableValues ?? {}).errors === undefined
}

/** Compiled code copies its variables property by property, which leaves nothing of an object that keeps a secret to itself. */
function takesSecrets({ variableDefinitions = [] }: OperationDefinitionNode, schema: GraphQLSchema): boolean {
  return variableDefinitions.some(({ type }) => {
    const given = typeFromAST(schema, type)
    return isInputType(given) && holdsSecret(given, new Set())
  })
}

function holdsSecret(type: GraphQLInputType, seen: Set<string>): boolean {
  const named = getNamedType(type)
  if (named.name === 'Secret') return true
  if (!isInputObjectType(named) || seen.has(named.name)) return false
  seen.add(named.name)
  return Object.values(named.getFields()).some((field) => holdsSecret(field.type, seen))
}
