import type { TakeTurn } from '../http/turns.ts'
import type { AcceptedCall } from './accepted-call.ts'
import { type BodyLimits, readCallBody } from './call-body.ts'
import { readModel, requireModel } from './call-model.ts'
import { requireModelInScope } from './call-permission.ts'
import { inCallSpan } from './call-span.ts'
import type { CallRequest } from './calls.ts'
import { CallError } from './error-codes.ts'
import { type ForwardDeps, forwardCall } from './forward.ts'
import { unfitnessOf } from './open-request.ts'
import { modelsInHeaders, requireOthersInScope } from './other-models.ts'
import { type AskedRoute, planOnce, planRequest } from './plan-request.ts'
import { withReportedUsage } from './reported-usage.ts'

/** A call by somebody who may call the provider, before its body was read. */
export interface PermittedCall extends CallRequest, Omit<AcceptedCall, 'body' | 'model' | 'isModelInPath' | 'route' | 'method' | 'plan'> {
  readonly asked: AskedRoute
  readonly tokenId: string
}

export interface MakeCallDeps extends ForwardDeps {
  readonly bodies: Pick<BodyLimits, 'maxBytes' | 'budget'>
  readonly takeTurn: TakeTurn
}

/**
 * Reads the call, checks what it says of its model, and makes it.
 * @throws CallError.
 */
export async function makeCall(call: PermittedCall, deps: MakeCallDeps): Promise<void> {
  const { request, response, progress, scope, tokenId } = call
  const { maxBytes, budget } = deps.bodies
  const plan = planOnce((endpoint) => planRequest(call.provider, endpoint, call.asked))
  // Before the body is read: who asks for what never passes need not send it.
  const path = pathOf(call, plan)
  progress.path = path
  const read = await readCallBody(request, response, { maxBytes, budget, tokenId })
  if (read === null) {
    progress.outcome = 'CALLER_LEFT'
    return
  }
  try {
    const { body } = read
    const { 'content-type': contentType, 'content-encoding': contentEncoding } = request.headers
    const { type, preset } = call.provider
    const inHeaders = modelsInHeaders(type, path, request)
    const source = { path, contentType, contentEncoding, body, inHeaders, takeTurn: deps.takeTurn }
    const model = await readModel(source)
    if (scope.models !== null) requireModelInScope(scope, await requireModel(model, source))
    const vendorPreset = preset?.name ?? null
    await requireOthersInScope(scope, request, body, vendorPreset ?? type.toLowerCase(), deps.takeTurn)
    progress.model = model.kind === 'model' ? model.name : null
    progress.requestBytes = body.kind === 'whole' ? body.bytes.length : 0
    const reported = await withReportedUsage(scope, { ...source, vendorPreset })
    const isModelInPath = model.kind === 'model' && model.source === null && inHeaders.length === 0
    await forwardInSpan(accepted(call, plan, reported, progress.model, isModelInPath), deps)
  } finally {
    read.release()
  }
}

/** Where the call goes unless its key has an endpoint of its own. @throws CallError when no key leads to an endpoint that takes it. */
function pathOf({ provider, scope, asked }: PermittedCall, plan: AcceptedCall['plan']): string {
  if (provider.endpoint === null) return asked.rest
  try {
    return plan(provider.endpoint).path
  } catch (error) {
    const placed = { provider, scope, plan, isModelInPath: false }
    if (!(error instanceof CallError)) throw error
    const reasons = provider.keys.map((key) => unfitnessOf(placed, key))
    if (!reasons.includes(null)) throw reasons[0] ?? error
    return asked.rest
  }
}

/** Makes a call in a span of its own. @throws CallError. */
export async function forwardInSpan(call: AcceptedCall, deps: ForwardDeps): Promise<void> {
  const { provider, model, progress, relay } = call
  const spanned = { provider, path: progress.path ?? '', model }
  progress.outcome = await inCallSpan(spanned, progress, relay, () => forwardCall(call, deps))
}

/** Each member by its name: a literal that begins with a spread costs many times as much. */
function accepted(
  { request, requestId, provider, scope, asked, shape, relay, caller, progress }: PermittedCall,
  plan: AcceptedCall['plan'],
  body: AcceptedCall['body'],
  model: string | null,
  isModelInPath: boolean,
): AcceptedCall {
  const { method } = asked
  return { request, requestId, provider, scope, method, plan, body, model, isModelInPath, shape, relay, caller, progress, route: null }
}
