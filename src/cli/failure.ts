import { CommanderError } from 'commander'
import { reasonOf, toUnavailable } from '../database/failures.ts'
import { DomainError, Fault, StartupError, ValidationError } from '../errors.ts'

/** What a command that did not do its work says, and how it ends: the codes are in the help of every command. */
export interface Failure {
  readonly message: string
  readonly exitCode: number
}

const EXIT_CODES = { done: 0, failed: 1, usage: 2, configuration: 78 } as const

/** Some of the work failed, and the command has said which. */
export class PartialFailure extends Error {}

export function failureOf(thrown: unknown): Failure {
  const error = toUnavailable(thrown)
  // The parser has said already what is wrong, or has shown the help that was asked for.
  if (error instanceof CommanderError) return { message: '', exitCode: error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage }
  if (error instanceof StartupError) return { message: error.message, exitCode: error.exitCode }
  if (error instanceof ValidationError)
    return { message: error.issues.map((issue) => issue.message).join('\n'), exitCode: EXIT_CODES.failed }
  if (error instanceof DomainError || error instanceof Fault || error instanceof PartialFailure)
    return { message: error.message, exitCode: EXIT_CODES.failed }
  // What a library says of a failed query may quote its parameters.
  return { message: `Something went wrong: ${reasonOf(error)}`, exitCode: EXIT_CODES.failed }
}
