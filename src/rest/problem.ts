import type { Answer } from '../http/respond.ts'

/** What a mutation answers when it refuses. */
export type Problem<Result> = Exclude<Result, { __typename: `${string}Payload` }>

interface Named {
  readonly __typename: string
}

/** Written as a method, so that one for a single problem fits where the table is read with the name of any. */
type Say<Of, ProblemContext> = { say(problem: Of, asked: ProblemContext): Answer }['say']

/**
 * How a dialect says each problem that its mutations can have: one table, which does not compile while a problem is missing.
 * `ProblemContext` is what its words repeat of the request, or depend on.
 */
export type ProblemAnswers<Problems extends Named, ProblemContext> = {
  readonly [Name in Problems['__typename']]: Say<Extract<Problems, { __typename: Name }>, ProblemContext>
}

/** The answer to a problem, by a dialect's table. */
export function problemAnswer<Problems extends Named, ProblemContext>(
  answers: ProblemAnswers<Problems, ProblemContext>,
  problem: Problems,
  asked: ProblemContext,
): Answer {
  const name: Problems['__typename'] = problem.__typename
  const say: Say<Problems, ProblemContext> = answers[name]
  return say(problem, asked)
}
