import type { CallScope } from '../../auth/call-scope.ts'
import { unlessHeld } from '../../http/entity-tag.ts'
import type { Answer } from '../../http/respond.ts'
import type { Breakers } from '../../routes/breaker.ts'
import type { RouteForCall } from '../../routes/read-route.ts'
import type { Target } from '../../upstream/client/target.ts'
import type { AcceptedCall, RouteHold } from '../accepted-call.ts'
import { readCallBody } from '../call-body.ts'
import { type CallLimits, endOnceTaken } from '../call-limits.ts'
import { LONGEST_MODEL, requireWhole } from '../call-model.ts'
import { mayCallProvider, requireModelInScope } from '../call-permission.ts'
import type { CallRequest } from '../calls.ts'
import { CallError } from '../error-codes.ts'
import { forwardInSpan, type MakeCallDeps } from '../make-call.ts'
import { requireOthersInScope } from '../other-models.ts'
import type { ProviderForCall } from '../provider-for-call.ts'
import type { FindProvider } from '../provider-snapshots.ts'
import { refuseUnusable } from '../refuse-unusable.ts'
import { withReportedUsage } from '../reported-usage.ts'
import { askedOf, callableTargets, callRoute } from './call-route.ts'
import { type ListedModel, type ModelCatalog, modelsInScope } from './model-catalog.ts'
import { modelAnswer, modelsAnswer } from './models-answer.ts'
import { type NamedModel, readNamedModel } from './named-model.ts'
import { isAnthropicList, type OneUrlPath, parseOneUrlPath } from './one-url-path.ts'
import { planVendorRoute, refuseFormat } from './vendor-route.ts'

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
  readonly findRoute: (name: string, state: number | null) => Promise<RouteForCall | null>
  readonly breakers: Breakers
  readonly catalog: ModelCatalog
  readonly limits: CallLimits
  readonly forwarding: MakeCallDeps
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
  /** Null for a call of one provider. */
  readonly route: RouteHold | null
}

async function callNamedModel(call: OneUrlCall, deps: OneUrlDeps): Promise<void> {
  const { request, response, progress, scope, tokenId, rest } = call
  const { maxBytes, budget } = deps.forwarding.bodies
  await deps.limits.admit(tokenId, scope)
  const read = await readCallBody(request, response, { maxBytes, budget, tokenId, readsForms: true })
  if (read === null) {
    progress.outcome = 'CALLER_LEFT'
    return
  }
  try {
    const { body } = read
    progress.requestBytes = body.kind === 'whole' ? body.bytes.length : 0
    const named = await readNamedModel(rest, request.headers, body, deps.forwarding.takeTurn)
    if (scope.models !== null) requireWhole(body)
    await requireOthersInScope(scope, request, body, null, deps.forwarding.takeTurn)
    progress.model = named.name
    await callNamed(call, named, deps)
  } finally {
    read.release()
  }
}

/** @throws CallError `model_not_found`, `model_not_allowed`, and whatever the call ends with. */
async function callNamed(call: OneUrlCall, named: NamedModel, deps: OneUrlDeps): Promise<void> {
  const { scope, state, rest } = call
  const { name } = named
  const slash = name.indexOf('/')
  const model = name.slice(slash + 1)
  const isOfProvider = slash > 0 && model !== '' && model.length <= LONGEST_MODEL
  const provider = isOfProvider ? await deps.find(name.slice(0, slash), state) : null
  if (provider === null) return callNamedRoute(call, named, deps)
  if (!mayCallProvider(scope, provider.id)) throw await notFound(call, name, deps)
  requireModelInScope(scope, model)
  call.progress.provider = provider
  refuseUnusable(provider, deps.forwarding.pools)
  refuseFormat(provider, rest)
  return callTarget(call, { provider, model, route: null }, named, deps)
}

async function callNamedRoute(call: OneUrlCall, named: NamedModel, deps: OneUrlDeps): Promise<void> {
  const { name } = named
  const route = await deps.findRoute(name, call.state)
  const targets = route?.enabled ? await callableTargets(call, route, deps.find) : []
  if (route === null || targets.length === 0) throw await notFound(call, name, deps)
  call.progress.routeName = name
  const choice = { states: deps.forwarding.states, breakers: deps.breakers, random: deps.forwarding.random }
  await callRoute(call, { route, targets, named }, choice, ({ provider, model }, hold) =>
    callTarget(call, { provider, model, route: hold }, named, deps),
  )
}

async function notFound({ state, scope }: OneUrlCall, name: string, { catalog }: OneUrlDeps): Promise<CallError> {
  // The list does not know what a base URL or a key's own endpoint names itself.
  const others = modelsInScope(await catalog(state), scope).filter(({ id }) => id !== name)
  return modelNotFound(name, others)
}

async function callTarget(call: OneUrlCall, { provider, model, route }: CallTarget, named: NamedModel, deps: OneUrlDeps): Promise<void> {
  const { progress, request, requestId, tokenId, scope, shape, relay, caller, rest } = call
  const asked = askedOf(call)
  const plan = (endpoint: Target) => planVendorRoute(provider, endpoint, asked)
  progress.provider = provider
  progress.model = model
  progress.path = rest
  const end = deps.limits.begin(tokenId, provider)
  try {
    const { 'content-type': contentType, 'content-encoding': contentEncoding } = request.headers
    const { takeTurn } = deps.forwarding
    const vendorPreset = provider.preset?.name ?? null
    const sent = { body: named.withModel(model), path: rest, contentType, contentEncoding, vendorPreset, takeTurn }
    const body = await withReportedUsage(scope, sent)
    const { method } = asked
    const accepted = {
      request,
      requestId,
      provider,
      scope,
      method,
      plan,
      body,
      model,
      isModelInPath: false,
      shape,
      relay,
      caller,
      progress,
      route,
    }
    await forwardInSpan(accepted, deps.forwarding)
  } finally {
    endOnceTaken(call, end)
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
