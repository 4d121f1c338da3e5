/** What a mutation answers when it refuses: each dialect maps all of them. */
export type Problem<Result> = Exclude<Result, { __typename: `${string}Payload` }>

/** A problem that a mutation got and a dialect did not: that does not compile, so this line cannot run. */
export function unmapped(problem: never): never {
  throw new Error(`A result is not mapped: ${JSON.stringify(problem)}`)
}
