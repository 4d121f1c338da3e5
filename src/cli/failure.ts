import { CommanderError } from 'commander'
import { isDamaged, reasonOf, toUnavailable } from '../database/failures.ts'
import { DomainError, Fault, StartupError, ValidationError } from '../errors.ts'

/** What a command that did not do its work says, and how it ends: the codes are in the help of every command. */
export interface Failure {
  readonly message: string
  readonly exitCode: number
}

const EXIT_CODES = { done: 0, failed: 1, usage: 2, configuration: 78 } as const

const SEE_DOCTOR = 'See what `gateway doctor` finds.'

/** Some of the work failed, and the command has said which. */
export class PartialFailure extends Error {}

export function failureOf(thrown: unknown): Failure {
  const error = toUnavailable(thrown)
  // Help that was asked for is no failure.
  if (error instanceof CommanderError)
    return { message: usageOf(error), exitCode: error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage }
  if (error instanceof StartupError) return { message: error.message, exitCode: error.exitCode }
  if (error instanceof ValidationError)
    return { message: error.issues.map((issue) => issue.message).join('\n'), exitCode: EXIT_CODES.failed }
  if (error instanceof Fault && error.code === 'SERVICE_UNAVAILABLE')
    return { message: `${error.message} It says: ${reasonOf(error.cause)}. ${SEE_DOCTOR}`, exitCode: EXIT_CODES.failed }
  if (error instanceof DomainError || error instanceof Fault || error instanceof PartialFailure)
    return { message: error.message, exitCode: EXIT_CODES.failed }
  if (isDamaged(error))
    return { message: 'The database file is damaged. Restore a backup: docs/operations.md says how.', exitCode: EXIT_CODES.failed }
  // What a library says of a failed query may quote its parameters.
  return { message: `Something went wrong: ${reasonOf(error)}. ${SEE_DOCTOR}`, exitCode: EXIT_CODES.failed }
}

function usageOf({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'A command is missing.' : message.replace(/^error: /, '')
}
