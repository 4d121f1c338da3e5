import type { BreakerUse } from '../../routes/breaker.ts'
import type { RouteForCall } from '../../routes/read-route.ts'
import type { Target } from '../../upstream/client/target.ts'
import type { RouteHold } from '../accepted-call.ts'
import type { HeldAnswer } from '../attempt.ts'
import { callersCredential } from '../call-credential.ts'
import { isInScope } from '../call-permission.ts'
import { servesModel } from '../choose-key.ts'
import { CallError } from '../error-codes.ts'
import { LeftToAnother } from '../left-to-another.ts'
import { unfitnessOf } from '../open-request.ts'
import type { AskedRoute } from '../plan-request.ts'
import type { FindProvider } from '../provider-snapshots.ts'
import { type CallableTarget, chooseTarget, noneAvailable, type TargetDeps } from './choose-target.ts'
import type { NamedModel } from './named-model.ts'
import type { OneUrlCall } from './one-url.ts'
import { planVendorRoute, refuseFormat } from './vendor-route.ts'
import { failureOf, isWorthAnother } from './worth-another.ts'

/** Calls one target. @throws CallError; LeftToAnother when `hold` said so. */
export type CallOneTarget = (target: CallableTarget, hold: RouteHold) => Promise<void>

/** The targets of a route that the token may call, with their providers as they are now. */
export async function callableTargets(call: OneUrlCall, route: RouteForCall, find: FindProvider): Promise<CallableTarget[]> {
  const { scope, state } = call
  const inScope = route.targets.filter(({ providerId, model }) => isInScope(scope, providerId, model))
  const found = await Promise.all(inScope.map(({ providerName }) => find(providerName, state)))
  const targets = inScope.flatMap((target, index) => {
    const provider = found[index]
    if (provider?.id !== target.providerId) return []
    // A try at the same vendor is worth less than one at the next target.
    return [{ ...target, provider: { ...provider, maxRetries: 0 } }]
  })
  // A place that names another model than the target does is out of the scope as well.
  return scope.models === null ? targets : targets.filter((target) => unfitnessOfTarget(call, target)?.code !== 'model_not_allowed')
}

/** Why a target cannot take the call, whatever its vendor says; null when it can be asked. Nothing is sent. */
function unfitnessOfTarget(call: OneUrlCall, { provider, model }: CallableTarget): CallError | null {
  const { scope, request } = call
  try {
    refuseFormat(provider, call.rest)
    if (provider.isCallersOwn) callersCredential(request.headers)
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
  const plan = (endpoint: Target) => planVendorRoute(provider, endpoint, askedOf(call))
  const keys = provider.keys.filter((key) => key.enabled && servesModel(key, model))
  const reasons = keys.map((key) => unfitnessOf({ provider, scope, plan, isModelInPath: false }, key))
  return reasons.includes(null) ? null : (reasons[0] ?? null)
}

/** What the caller asked for, before a vendor is chosen. */
export function askedOf({ request, rest, query }: OneUrlCall): AskedRoute {
  return { method: request.method ?? '', rest, query }
}

/** A target that is about to be called. */
interface Picked {
  readonly target: CallableTarget
  readonly use: BreakerUse
}

/**
 * Calls the targets of a route, one after the other and each at most once, until one answers. Nothing is tried again once the
 * first byte has reached the caller.
 * @throws CallError of the last one that was tried.
 */
export async function callRoute(
  call: OneUrlCall,
  { route, targets, named }: { readonly route: RouteForCall; readonly targets: readonly CallableTarget[]; readonly named: NamedModel },
  deps: TargetDeps,
  callTarget: CallOneTarget,
): Promise<void> {
  const tried = new Set<CallableTarget>()
  let firstUnfit: CallError | null = null
  const pick = (): Picked | null => {
    for (let target = chooseTarget(targets, tried, deps); target !== null; target = chooseTarget(targets, tried, deps)) {
      tried.add(target)
      const unfit = unfitnessOfTarget(call, target)
      if (unfit === null) return { target, use: deps.breakers.begin(target.providerId, target.model) }
      firstUnfit ??= unfit
    }
    return null
  }
  let current = pick()
  if (current === null) {
    const others = targets.filter((target) => !tried.has(target))
    throw noneAvailable(route.name, others, firstUnfit, deps)
  }
  while (current !== null) {
    const ahead: { next: Picked | null } = { next: null }
    const mayRepeat = named.isRepeatable
    const { target, use } = current
    const hold: RouteHold = {
      target: `${target.providerName}/${target.model}`,
      leavesToAnother: (answer: HeldAnswer) => {
        if (!mayRepeat || !isWorthAnother(answer)) return false
        ahead.next ??= pick()
        return ahead.next !== null
      },
    }
    try {
      await callTarget(target, hold)
      tellOutcome(call, use)
      return
    } catch (error) {
      tellFailure(error, use)
      if (call.caller.isGone || !mayRepeat || !isLeft(error, route)) {
        ahead.next?.use.end()
        throw error
      }
      ahead.next ??= pick()
      if (ahead.next === null) throw error
    } finally {
      use.end()
    }
    current = ahead.next
  }
}

/** What an answer that reached the caller says of the target. */
function tellOutcome({ progress: { outcome }, relay }: OneUrlCall, use: BreakerUse): void {
  // A vendor hangs up on who does not read: five such callers would keep everybody from it.
  if (outcome === 'STREAM_BROKEN' && relay.isHeldUp) return
  // What a stream says of a failure may be about the request: five of such callers would do the same.
  if (outcome === 'VENDOR_ERROR' && relay.tellsFailure) return
  if (outcome === 'VENDOR_ERROR' || outcome === 'STREAM_BROKEN') use.fails()
  else if (outcome === 'OK' || outcome === 'CALLER_ERROR') use.works()
}

/** Limits and refusals are remembered for each key, and do not count here. */
function tellFailure(error: unknown, use: BreakerUse): void {
  if (error instanceof LeftToAnother ? error.status !== 429 : isFailure(error)) use.fails()
}

function isFailure(error: unknown): boolean {
  if (!(error instanceof CallError)) return false
  const failure = failureOf(error.code)
  return failure === 'target' || failure === 'timeout'
}

function isLeft(error: unknown, { retryAfterTimeout }: RouteForCall): boolean {
  if (error instanceof LeftToAnother) return true
  const failure = error instanceof CallError ? failureOf(error.code) : null
  return failure !== null && (failure !== 'timeout' || retryAfterTimeout)
}
