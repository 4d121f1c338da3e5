import type { Answer } from '../http/respond.ts'

/** What a mutation answers when it refuses. */
export type Problem<Result> = Exclude<Result, { __typename: `${string}Payload` }>

interface Named {
  readonly __typename: string
}

/** Written as a method, so that one for a single problem fits where the table is read with the name of any. */
type Say<Of, Asked> = { say(problem: Of, asked: Asked): Answer }['say']

/**
 * How a dialect says each problem that its mutations can have: one table, which does not compile while a problem is missing.
 * `Asked` is what its words repeat of the request, or depend on.
 */
export type ProblemAnswers<Problems extends Named, Asked> = {
  readonly [Name in Problems['__typename']]: Say<Extract<Problems, { __typename: Name }>, Asked>
}

/** The answer to a problem, by a dialect's table. */
export function problemAnswer<Problems extends Named, Asked>(
  answers: ProblemAnswers<Problems, Asked>,
  problem: Problems,
  asked: Asked,
): Answer {
  const name: Problems['__typename'] = problem.__typename
  const say: Say<Problems, Asked> = answers[name]
  return say(problem, asked)
}
