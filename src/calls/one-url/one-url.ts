import type { CallScope } from '../../auth/call-scope.ts'
import { unlessHeld } from '../../http/entity-tag.ts'
import type { Answer } from '../../http/respond.ts'
import type { AcceptedCall } from '../accepted-call.ts'
import { type BodyLimits, readCallBody } from '../call-body.ts'
import type { CallLimits } from '../call-limits.ts'
import { requireReadable } from '../call-model.ts'
import { mayCallProvider, requireModelInScope } from '../call-permission.ts'
import type { CallRequest } from '../calls.ts'
import { CallError } from '../error-codes.ts'
import type { ForwardDeps } from '../forward.ts'
import { forwardInSpan } from '../make-call.ts'
import type { ProviderForCall } from '../provider-for-call.ts'
import type { FindProvider } from '../provider-snapshots.ts'
import { refuseUnusable } from '../refuse-unusable.ts'
import { type ListedModel, type ModelCatalog, modelsInScope } from './model-catalog.ts'
import { modelAnswer, modelsAnswer } from './models-answer.ts'
import { type NamedModel, readNamedModel } from './named-model.ts'
import { isAnthropicList, type OneUrlPath, parseOneUrlPath } from './one-url-path.ts'
import { vendorRoute } from './vendor-route.ts'

/** A request to the one base URL by somebody who may make calls. */
export interface OneUrlCall extends CallRequest, Pick<AcceptedCall, 'caller' | 'progress' | 'relay' | 'shape'> {
  readonly scope: CallScope
  readonly tokenId: string
  /** The state of the data; null when nobody can tell. */
  readonly state: number | null
  readonly rest: string
  readonly query: string
}

export interface OneUrlDeps {
  readonly find: FindProvider
  readonly catalog: ModelCatalog
  readonly limits: CallLimits
  readonly forwarding: ForwardDeps & { readonly bodies: BodyLimits }
}

/** Answers what comes to the one base URL for every model; null when the answer is the vendor's. */
export type AnswerOneUrl = (call: OneUrlCall) => Promise<Answer | null>

export function createOneUrl(deps: OneUrlDeps): AnswerOneUrl {
  return async (call) => {
    const path = parseOneUrlPath(call.request.method ?? '', call.rest)
    if (path.kind !== 'call') return answerFromCatalog(call, path, deps)
    await callNamedModel(call, deps)
    return null
  }
}

/** A list of models, or one of them: no vendor is called. */
async function answerFromCatalog(
  call: OneUrlCall,
  path: Exclude<OneUrlPath, { readonly kind: 'call' }>,
  { catalog }: OneUrlDeps,
): Promise<Answer> {
  const { request, scope, state, rest } = call
  const models = modelsInScope(await catalog(state), scope)
  const format = isAnthropicList(rest, request.headers) ? 'anthropic' : 'openai'
  if (path.kind === 'models') return unlessHeld(modelsAnswer(models, format), request.headers['if-none-match'])
  const model = models.find(({ id }) => id === path.id)
  if (model === undefined) throw modelNotFound(path.id, models)
  return unlessHeld(modelAnswer(model, format), request.headers['if-none-match'])
}

/** A provider, and the model that it is asked for. */
interface CallTarget {
  readonly provider: ProviderForCall
  readonly model: string
}

async function callNamedModel(call: OneUrlCall, deps: OneUrlDeps): Promise<void> {
  const { request, response, progress, scope, tokenId, rest } = call
  deps.limits.countCall(tokenId, scope.requestsPerMinute)
  const read = await readCallBody(request, response, { ...deps.forwarding.bodies, readsForms: true })
  if (read === null) {
    progress.outcome = 'CALLER_LEFT'
    return
  }
  try {
    const { body } = read
    progress.requestBytes = body.kind === 'whole' ? body.bytes.length : 0
    const { 'content-type': contentType } = request.headers
    const named = readNamedModel(rest, request.headers, body)
    if (scope.models !== null) requireReadable({ body, contentType })
    progress.model = named.name
    await callTarget(call, await findTarget(call, named.name, deps), named, deps)
  } finally {
    read.release()
  }
}

/** @throws CallError `model_not_found`, `model_not_allowed`. */
async function findTarget({ scope, state }: OneUrlCall, name: string, { find, catalog }: OneUrlDeps): Promise<CallTarget> {
  const slash = name.indexOf('/')
  const provider = slash > 0 ? await find(name.slice(0, slash), state) : null
  if (provider === null || !mayCallProvider(scope, provider.id)) throw modelNotFound(name, modelsInScope(await catalog(state), scope))
  const model = name.slice(slash + 1)
  requireModelInScope(scope, model)
  return { provider, model }
}

async function callTarget(call: OneUrlCall, { provider, model }: CallTarget, named: NamedModel, deps: OneUrlDeps): Promise<void> {
  const { progress, rest, query, request, requestId, tokenId, shape, relay, caller } = call
  progress.provider = provider
  progress.model = model
  refuseUnusable(provider, deps.forwarding.pools)
  const asked = vendorRoute(provider, { method: request.method ?? '', rest, query })
  progress.path = asked.rest
  const end = deps.limits.begin(tokenId, provider)
  try {
    const body = named.withModel(model)
    await forwardInSpan({ request, requestId, provider, asked, body, model, shape, relay, caller, progress }, deps.forwarding)
  } finally {
    end()
  }
}

/** A short list helps; a long one is what `GET /v1/models` is for. */
const MOST_NAMED = 10
/** Of what the caller wrote this much is said again. */
const MOST_QUOTED = 200

function modelNotFound(name: string, models: readonly ListedModel[]): CallError {
  const isShort = models.length > 0 && models.length <= MOST_NAMED
  const instead = isShort
    ? `This token may call: ${models.map(({ id }) => id).join(', ')}.`
    : 'Name a model as `provider/model`; `GET /v1/models` lists them.'
  const quoted = name.slice(0, MOST_QUOTED)
  return new CallError('model_not_found', `There is no model "${quoted}", or this token may not call it. ${instead}`)
}
