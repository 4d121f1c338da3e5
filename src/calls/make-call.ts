import type { CallScope } from '../auth/call-scope.ts'
import type { AcceptedCall } from './accepted-call.ts'
import { type BodyLimits, readCallBody } from './call-body.ts'
import { readModel, requireModel } from './call-model.ts'
import { requireModelInScope } from './call-permission.ts'
import { inCallSpan } from './call-span.ts'
import type { CallRequest } from './calls.ts'
import { type ForwardDeps, forwardCall } from './forward.ts'
import { planRequest } from './plan-request.ts'

/** A call by somebody who may call the provider, before its body was read. */
export interface PermittedCall extends CallRequest, Omit<AcceptedCall, 'body' | 'model' | 'route'> {
  readonly scope: CallScope
}

/**
 * Reads the call, checks what it says of its model, and makes it.
 * @throws CallError.
 */
export async function makeCall(call: PermittedCall, deps: ForwardDeps & { readonly bodies: BodyLimits }): Promise<void> {
  const { request, response, provider, asked, progress, scope } = call
  // Before the body is read: who asks for what never passes need not send it.
  const path = provider.endpoint === null ? asked.rest : planRequest(provider, provider.endpoint, asked).path
  progress.path = path
  const read = await readCallBody(request, response, deps.bodies)
  if (read === null) {
    progress.outcome = 'CALLER_LEFT'
    return
  }
  try {
    const { body } = read
    const { 'content-type': contentType, 'content-encoding': contentEncoding } = request.headers
    const source = { path, contentType, contentEncoding, body }
    const model = readModel(source)
    if (scope.models !== null) requireModelInScope(scope, requireModel(model, source))
    progress.model = model.kind === 'model' ? model.name : null
    progress.requestBytes = body.kind === 'whole' ? body.bytes.length : 0
    await forwardInSpan(accepted(call, body, progress.model), deps)
  } finally {
    read.release()
  }
}

/** Makes a call in a span of its own. @throws CallError. */
export async function forwardInSpan(call: AcceptedCall, deps: ForwardDeps): Promise<void> {
  const { provider, asked, model, progress } = call
  const spanned = { provider, path: progress.path ?? asked.rest, model }
  progress.outcome = await inCallSpan(
    spanned,
    () => progress.attempts,
    () => forwardCall(call, deps),
  )
}

/** Each member by its name: a literal that begins with a spread costs many times as much. */
function accepted(
  { request, requestId, provider, asked, shape, relay, caller, progress }: PermittedCall,
  body: AcceptedCall['body'],
  model: string | null,
): AcceptedCall {
  return { request, requestId, provider, asked, body, model, shape, relay, caller, progress, route: null }
}
