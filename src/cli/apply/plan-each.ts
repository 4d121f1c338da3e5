import { DomainError } from '../../errors.ts'
import { PartialFailure } from '../failure.ts'
import { printable } from '../output.ts'
import { problemsOf } from './providers-file.ts'

/**
 * Plans one after the other, and none of them when anything is wrong with one.
 * @throws PartialFailure with the problems of all.
 */
export async function planEach<Wanted extends { readonly name: string }, Step>(
  wanted: readonly Wanted[],
  plan: (one: Wanted) => Step | Promise<Step>,
): Promise<Step[]> {
  const steps: Step[] = []
  const problems: string[] = []
  for (const one of wanted) {
    try {
      steps.push(await plan(one))
    } catch (error) {
      if (!(error instanceof DomainError || error instanceof PartialFailure)) throw error
      problems.push(...problemsOf(error).map((problem) => `- ${printable(one.name)}: ${problem}`))
    }
  }
  if (problems.length > 0) throw new PartialFailure(`Nothing was changed:\n${problems.join('\n')}`)
  return steps
}
