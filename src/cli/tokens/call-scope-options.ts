import { type Command, InvalidArgumentError } from 'commander'
import type { CallScope } from '../../auth/call-scope.ts'
import type { CallScopeInput } from '../../auth/call-scope-input.ts'

/** What the options about model calls gave; `calls` is true for every provider, and false for no calls at all. */
export interface CallScopeOptions {
  readonly calls?: true | false | readonly string[]
  readonly models?: readonly string[]
  readonly requestsPerMinute?: number
  readonly tokensPerDay?: number
}

/** For the help of the commands that take a scope. */
export const SCOPE_NOTE =
  'A token makes model calls only with --calls, whatever its role. Without names, --calls allows every provider, including later ones. The role caller requires --calls.'

/** Adds the options that say which model calls a token may make. */
export function addCallScopeOptions(command: Command): Command {
  return command
    .option('--calls [providers...]', 'allow model calls: to these providers, or to all if none is named')
    .option('--models <globs...>', 'models that it may call, e.g. "gpt-*"; all if omitted')
    .option('--requests-per-minute <number>', 'calls per minute, counted by each gateway', wholeNumber)
    .option('--tokens-per-day <number>', 'input and output tokens per UTC day, counted over all gateways', wholeNumber)
}

/**
 * The scope that the options ask for; null to take it away; undefined when they say nothing of calls.
 * @throws CommanderError for a limit without `--calls`.
 */
export function toCallScopeInput(options: CallScopeOptions, command: Command): CallScopeInput | null | undefined {
  const { calls, models, requestsPerMinute, tokensPerDay } = options
  const limits = { models, requestsPerMinute, tokensPerDay }
  if (calls === undefined || calls === false) {
    if (Object.values(limits).some((limit) => limit !== undefined))
      command.error('error: the limits of calls need --calls, which names the providers, or none for all', { exitCode: 2 })
    return calls === false ? null : undefined
  }
  return { ...limits, providers: calls === true ? undefined : calls.map((name) => ({ name })) }
}

/** One line about a scope. @param nameOf names a provider by its id; null for one that was deleted. */
export function scopeText(scope: CallScope | null, nameOf: (id: string) => string | null): string {
  if (scope === null) return 'none'
  const { providers, models, requestsPerMinute, tokensPerDay } = scope
  const limits = [
    ...(models === null ? [] : [models.join(' ')]),
    ...(requestsPerMinute === null ? [] : [`${requestsPerMinute}/min`]),
    ...(tokensPerDay === null ? [] : [`${tokensPerDay} tokens/day`]),
  ]
  const names = providers?.map((id) => nameOf(id) ?? 'a deleted provider') ?? ['all']
  return [names.join(' '), ...limits].join(', ')
}

function wholeNumber(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}
