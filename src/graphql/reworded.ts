import { GraphQLError, type GraphQLErrorExtensions } from 'graphql'

/** An error of the same place in the document and the result, with other words, and without its cause. */
export function reworded(
  { nodes, source, positions, path }: GraphQLError,
  message: string,
  extensions: GraphQLErrorExtensions,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  })
}
