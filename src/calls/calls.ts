import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallScope } from '../auth/call-scope.ts'
import type { SignedIn } from '../auth/sign-in.ts'
import type { Backlog } from '../backlog.ts'
import { type Answer, json, send, setSecurityHeaders } from '../http/respond.ts'
import { createTurns } from '../http/turns.ts'
import { readRouteForCall } from '../routes/read-route.ts'
import { inThisTrace } from '../tracing/span.ts'
import type { OutboundDeps } from '../upstream/client/call-context.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import { BodyBudget } from './body-budget.ts'
import { isGatewayToken } from './call-credential.ts'
import { type CallLimitSettings, CallLimits, endOnceTaken, type TokenBudgets } from './call-limits.ts'
import { type CallPath, parseCallPath } from './call-path.ts'
import { mayCallProvider, providerNotFound, requireScope } from './call-permission.ts'
import { withoutShapes } from './call-query.ts'
import { type CallProgress, type CallRecord, newProgress, outcomeOfError } from './call-record.ts'
import type { CallStatus } from './call-status.ts'
import type { CallToken } from './call-token.ts'
import { CallerPresence } from './caller-presence.ts'
import { errorAnswer } from './error-answer.ts'
import { CallError } from './error-codes.ts'
import { shapeByPath, shapeByType } from './errors/choose-shape.ts'
import type { ErrorShape } from './errors/shape.ts'
import { recordOf } from './finished-call.ts'
import { type IdentifyDeps, identify } from './identify.ts'
import { makeCall, type PermittedCall } from './make-call.ts'
import { createModelCatalog } from './one-url/model-catalog.ts'
import { createOneUrl } from './one-url/one-url.ts'
import { oneUrlShape } from './one-url/one-url-path.ts'
import type { AskedRoute } from './plan-request.ts'
import { CallPools } from './pools.ts'
import type { ProviderForCall, ReadProviderDeps } from './provider-for-call.ts'
import { listCallableProviders } from './provider-list.ts'
import { createSnapshots, type FindProvider } from './provider-snapshots.ts'
import { refuseUnusable } from './refuse-unusable.ts'
import { Relay } from './relay.ts'
import { RoleCredentials } from './role-credentials.ts'
import { toCallError } from './to-call-error.ts'

export interface CallsDeps extends ReadProviderDeps, IdentifyDeps {
  readonly callStatus: CallStatus
  readonly lastUses: KeyUses
  readonly budgets: TokenBudgets
  readonly clock: () => Date
  readonly outbound: OutboundDeps
  /** Prefixes under which calls are known besides `/ai`. */
  readonly aliases: readonly string[]
  /** Where clients reach the gateway, without a slash at its end; empty when nobody has said. */
  readonly publicUrl: string
  readonly maxBodyBytes: number
  /** What the bodies of all calls under way may take. */
  readonly bodyMemoryBytes: number
  /** How long a vendor may be silent within its answer, in milliseconds. */
  readonly idleMs: number
  readonly limits: CallLimitSettings
  /** Hears of each request when it is over, by way of the backlog. */
  readonly onFinished: (record: CallRecord) => void
  readonly backlog: Backlog
  /** Hears of faults of the gateway itself. */
  readonly onUnexpected: (error: Error, requestId: string) => void
  /** Hears of what the gateway lacks for now, such as its database. */
  readonly onUnavailable: (fault: Error, requestId: string) => void
}

/** Remembers when keys were last used. */
export interface KeyUses {
  record(apiKeyId: string, at: Date): void
}

/** One request to a call route. */
export interface CallRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
}

export interface Calls {
  /** Answers one request. Never throws; ends when the answer has. */
  handle(call: CallRequest): Promise<void>
  /** Calls under way now, by the type of their provider. */
  inFlight(): ReadonlyMap<ProviderType, number>
  /** Ends every call and every connection; settles when the records of all are told, or one takes too long to end. */
  close(): Promise<void>
}

/** One request on its way: what was found out about it so far decides the shape of an error. */
interface Passage extends CallRequest {
  readonly path: CallPath
  shape: ErrorShape
  readonly progress: CallProgress
  readonly relay: Relay
  readonly caller: CallerPresence
}

/** Longer than a call takes to end with its connection. */
const LAST_RECORDS_MS = 2_000

/** A path that names the provider, or asks for the list of them. */
type ProviderPath = Exclude<CallPath, { readonly kind: 'one url' }>

/** The data plane: everything below `/ai` and `/v1`. */
export function createCalls(deps: CallsDeps): Calls {
  const now = () => deps.clock().getTime()
  const { find, states, breakers } = deps.callStatus
  const pools = new CallPools(deps.outbound)
  const limits = new CallLimits(deps.limits, deps.budgets, now)
  const bodies = { maxBytes: deps.maxBodyBytes, budget: new BodyBudget(deps.bodyMemoryBytes) }
  const onKeyUsed = (apiKeyId: string) => deps.lastUses.record(apiKeyId, deps.clock())
  const { tokenHeaders, idleMs } = deps
  const roles = new RoleCredentials(now)
  const takeTurn = createTurns()
  const forwarding = { tokenHeaders, idleMs, pools, states, onKeyUsed, roles, now, random: Math.random, bodies, takeTurn }
  const answerOneUrl = createOneUrl({
    find,
    findRoute: createSnapshots((name) => readRouteForCall(deps.database, name)),
    breakers,
    catalog: createModelCatalog(deps.database),
    limits,
    forwarding,
  })

  async function answer(passage: Passage): Promise<Answer | null> {
    const { request, path, progress } = passage
    const identity = await identify(request, deps, (other) => bringsCredential(find, path, request.headers, other))
    progress.caller = identity.principal
    const scope = requireScope(identity.principal)
    if (/\bwebsocket\b/i.test(request.headers.upgrade ?? ''))
      throw new CallError('websocket_not_supported', 'The gateway does not support WebSockets. Use HTTP.')
    if (path.kind !== 'one url') return answerBelowProvider(passage, path, identity, scope)
    const { response, requestId, relay, caller, shape } = passage
    const { principal, state } = identity
    const { rest, query } = path
    const { tokenId } = principal
    return answerOneUrl({ request, response, requestId, rest, query, scope, tokenId, state, relay, caller, shape, progress })
  }

  async function answerBelowProvider(passage: Passage, path: ProviderPath, { principal, state }: SignedIn, scope: CallScope) {
    const { request, progress } = passage
    if (path.kind === 'list') return answerList(passage, await listCallableProviders(deps.database, scope, deps.publicUrl))
    const provider = await find(path.provider, state)
    if (provider === null || !mayCallProvider(scope, provider.id)) throw providerNotFound()
    progress.provider = provider
    if (path.kind === 'provider') return answerProvider(passage, provider)
    passage.shape = shapeByType(provider, path.rest)
    const query = scope.tokensPerDay === null ? path.query : withoutShapes(path.query)
    const asked = { method: request.method ?? '', rest: path.rest, query }
    return isTelemetry(provider, asked)
      ? { status: 204 }
      : callProvider(permitted(passage, { provider, scope, asked, tokenId: principal.tokenId }))
  }

  async function callProvider(call: PermittedCall): Promise<null> {
    const { provider, scope, tokenId } = call
    refuseUnusable(provider, pools)
    await limits.admit(tokenId, scope)
    const end = limits.begin(tokenId, provider)
    try {
      await makeCall(call, forwarding)
    } finally {
      endOnceTaken(call, end)
    }
    return null
  }

  async function handleOne(call: CallRequest): Promise<void> {
    const { request, response, requestId } = call
    const startedAt = now()
    const began = performance.now()
    const path = parseCallPath(request.url ?? '', deps.aliases) ?? { kind: 'list' }
    const shape = shapeOf(path, request.headers)
    const progress = newProgress()
    const [relay, caller] = [new Relay(response), new CallerPresence(response)]
    const passage: Passage = { request, response, requestId, path, shape, progress, relay, caller }
    try {
      const ready = await answer(passage)
      if (ready !== null) sendOwn(call, ready)
    } catch (error) {
      refuse(
        passage,
        toCallError(
          error,
          (unexpected) => deps.onUnexpected(unexpected, requestId),
          (fault) => deps.onUnavailable(fault, requestId),
        ),
      )
    }
    // The record is written when the last byte has left, or nobody takes it any more.
    await caller.over
    relay.release()
    const time = { startedAt, began, ended: performance.now() }
    deps.backlog.add(inThisTrace(() => deps.onFinished(recordOf(passage, time))))
  }

  const underWay = new Set<Promise<void>>()
  return {
    handle: (call) => {
      const handled = handleOne(call).finally(() => underWay.delete(handled))
      underWay.add(handled)
      return handled
    },
    inFlight: () => limits.inFlight,
    close: async () => {
      pools.destroy()
      await Promise.race([Promise.all(underWay), sleep(LAST_RECORDS_MS, null, { ref: false })])
      deps.backlog.settle()
    },
  }
}

function shapeOf(path: CallPath, headers: IncomingHttpHeaders): ErrorShape {
  return path.kind === 'one url' ? oneUrlShape(path.rest, headers) : shapeByPath(path.kind === 'call' ? path.rest : '', headers)
}

/** Each member by its name: a literal that begins with a spread costs many times as much. */
function permitted(
  { request, response, requestId, shape, progress, relay, caller }: Passage,
  { provider, scope, asked, tokenId }: Pick<PermittedCall, 'provider' | 'scope' | 'asked' | 'tokenId'>,
): PermittedCall {
  return { request, response, requestId, shape, progress, relay, caller, provider, scope, asked, tokenId }
}

function refuse(passage: Passage, error: CallError): void {
  const { progress, caller, relay, response, shape, requestId } = passage
  progress.outcome = caller.isGone ? 'CALLER_LEFT' : outcomeOfError(error.code)
  if (relay.hasBegun) response.destroy()
  else sendOwn(passage, errorAnswer(shape, error, requestId))
}

/** An answer of ours has the headers of all our answers; the vendor's has its own. */
function sendOwn({ response, requestId }: CallRequest, answer: Answer): void {
  if (response.headersSent || response.destroyed) return
  setSecurityHeaders(response, requestId)
  response.setHeader('x-gateway-request-id', requestId)
  void send(response, answer)
}

/** Under the one base URL the body tells the provider, and is not read yet: there the shapes of both tokens tell whose they are. */
async function bringsCredential(find: FindProvider, path: CallPath, { authorization = '' }: IncomingHttpHeaders, other: CallToken) {
  if (path.kind === 'one url') return isGatewayToken(other.value) && !isGatewayToken(authorization)
  return 'provider' in path && ((await find(path.provider, null))?.isCallersOwn ?? false)
}

function answerList({ request }: Passage, providers: readonly unknown[]): Answer {
  requireReading(request)
  return json(200, { data: providers })
}

/** For clients that look whether the address answers before they call. */
function answerProvider({ request }: Passage, { name, type }: ProviderForCall): Answer {
  requireReading(request)
  return json(200, { name, type })
}

/** Claude Code tells Anthropic of its use: that is taken, and goes nowhere. */
function isTelemetry({ type }: ProviderForCall, { method, rest }: AskedRoute): boolean {
  return type === 'ANTHROPIC' && method === 'POST' && rest.startsWith('/api/event_logging/')
}

function requireReading({ method = '' }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'HEAD') throw new CallError('route_not_supported', `route not supported: ${method}`)
}
