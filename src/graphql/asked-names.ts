import { type GraphQLResolveInfo, Kind, type SelectionNode } from 'graphql'

/** The names of all fields below the one that is resolved, at any depth and whatever `@skip` says: what is not among them nobody reads. */
export function askedNames({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): ReadonlySet<string> {
  const names = new Set<string>()
  const spread = new Set<string>()
  const collect = (selections: readonly SelectionNode[] = []): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value)
      if (selection.kind !== Kind.FRAGMENT_SPREAD) collect(selection.selectionSet?.selections)
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value)
        collect(fragments[selection.name.value]?.selectionSet.selections)
      }
    }
  }
  for (const { selectionSet } of fieldNodes) collect(selectionSet?.selections)
  return names
}
