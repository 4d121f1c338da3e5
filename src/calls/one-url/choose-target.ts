import type { BreakerState, Breakers } from '../../routes/breaker.ts'
import type { TargetForCall } from '../../routes/read-route.ts'
import { chooseByWeight, chooseKey } from '../choose-key.ts'
import { CallError } from '../error-codes.ts'
import type { KeyStates } from '../key-states.ts'
import type { ProviderForCall } from '../provider-for-call.ts'

/** A target that the token may call, with the provider as it is now. */
export interface CallableTarget extends TargetForCall {
  readonly provider: ProviderForCall
}

export interface TargetDeps {
  readonly states: KeyStates
  readonly breakers: Breakers
  readonly random: () => number
}

/** Why a target takes no call now; null when it does. */
type Hindrance =
  | { readonly kind: 'disabled' }
  | { readonly kind: 'no key' }
  | { readonly kind: 'keys'; readonly waitMs: number }
  | { readonly kind: 'breaker'; readonly waitMs: number }

/** The next target: of the smallest priority that has an available one, by weight and by chance; null when none is available. */
export function chooseTarget(
  targets: readonly CallableTarget[],
  tried: ReadonlySet<CallableTarget>,
  deps: TargetDeps,
): CallableTarget | null {
  const available = targets.filter((target) => !tried.has(target) && hindranceOf(target, deps) === null)
  const priority = Math.min(...available.map((target) => target.priority))
  return chooseByWeight(
    available.filter((target) => target.priority === priority),
    deps.random,
  )
}

/**
 * What a caller is told when no target is available.
 * @param unfit why the first of those that do not take the call does not; null when each may. @param targets the others.
 */
export function noneAvailable(name: string, targets: readonly CallableTarget[], unfit: CallError | null, deps: TargetDeps): CallError {
  const hindrances = targets.map((target) => hindranceOf(target, deps)).filter((one) => one !== null)
  const shortest = (kind: 'keys' | 'breaker') =>
    Math.min(...hindrances.flatMap((one) => (one.kind === kind && 'waitMs' in one ? [Math.max(1_000, one.waitMs)] : [])))
  if (hindrances.some(({ kind }) => kind === 'keys'))
    return new CallError('all_keys_rate_limited', `All API keys of the targets of "${name}" are paused.`, {
      retryAfterMs: shortest('keys'),
    })
  if (hindrances.some(({ kind }) => kind === 'breaker'))
    return new CallError('overloaded', `All targets of "${name}" have failed and are paused.`, { retryAfterMs: shortest('breaker') })
  if (unfit !== null) return unfit
  const [first] = hindrances
  if (first?.kind === 'no key') return new CallError('no_api_key', `No target of "${name}" has an API key that may be used for its model.`)
  return new CallError('provider_disabled', `The providers of all targets of "${name}" are disabled.`)
}

function hindranceOf({ provider, model }: CallableTarget, { states, breakers }: TargetDeps): Hindrance | null {
  if (!provider.enabled) return { kind: 'disabled' }
  const breaker: BreakerState = breakers.state(provider.id, model)
  if (breaker.kind === 'open') return { kind: 'breaker', waitMs: breaker.waitMs }
  const choice = chooseKey({ keys: provider.keys, model, states, tried: NONE, random: () => 0 })
  if (choice.kind === 'key') return null
  return choice.kind === 'resting' ? { kind: 'keys', waitMs: choice.waitMs } : { kind: 'no key' }
}

const NONE: ReadonlySet<string> = new Set()
