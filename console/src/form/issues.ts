/** A rule that the input breaks, and where. */
export interface Issue {
  readonly path: readonly string[]
  readonly message: string
}

/** What is wrong with the field at `path`, to be shown there; undefined when nothing is. */
export function issueAt(issues: readonly Issue[], ...path: readonly string[]): string | undefined {
  const found = issues.filter((issue) => issue.path.join('.') === path.join('.'))
  return found.length === 0 ? undefined : found.map(({ message }) => message).join(' ')
}

/** What is wrong with a path that no field shows. */
export function issuesElsewhere(issues: readonly Issue[], shown: readonly string[]): readonly Issue[] {
  return issues.filter(({ path }) => !shown.includes(path.join('.')))
}
