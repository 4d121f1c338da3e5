import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { GATEWAY_RULES } from './auth/caller-rules.ts'
import { limitSignIn, type SignInLimits } from './auth/limit-sign-in.ts'
import { createSignIn, type SignedIn, type SignIn, type SignInRefusal } from './auth/sign-in.ts'
import type { Backlog } from './backlog.ts'
import { type AnswerCache, createAnswerCache, type Produced } from './cache/answer-cache.ts'
import { requestKey } from './cache/request-key.ts'
import { isCallTarget } from './calls/call-path.ts'
import { readConsoleFiles } from './console/console-files.ts'
import { createConsolePages } from './console/console-pages.ts'
import { toUnavailable } from './database/failures.ts'
import { createReadiness } from './database/is-usable.ts'
import { createDocumentationPages } from './documentation/documentation-pages.ts'
import { Fault } from './errors.ts'
import { logUnavailable, logUnexpected } from './graphql/client-errors.ts'
import { createContext, type GatewayDeps } from './graphql/context.ts'
import { createGraphiQLPage, type GraphiQLPage } from './graphql/graphiql.ts'
import { faultAnswer, readGraphQLBody, serveGraphQL } from './graphql/serve.ts'
import { createGraphQLServer, type GraphQLServer } from './graphql/yoga.ts'
import { createAdmission } from './http/admission.ts'
import { unlessHeld, withEntityTag } from './http/entity-tag.ts'
import { pageHeaders } from './http/page-policy.ts'
import { type Answer, json, send, setSecurityHeaders } from './http/respond.ts'
import { createTurns } from './http/turns.ts'
import type { FinishedRequest, Metrics } from './metrics/metrics.ts'
import type { MetricsEndpoint } from './metrics/metrics-endpoint.ts'
import { type CallOptions, mountCalls } from './mount-calls.ts'
import { RequestContext } from './request-context.ts'
import { createExecute } from './rest/execute.ts'
import { CALL_PREFIXES, isRestPath, type RootDialect, restDescriptions, rootMounts, TOKEN_HEADERS } from './rest/mounts.ts'
import { createRestRouter } from './rest/router.ts'
import { createReferencePages } from './rest-reference/reference-pages.ts'
import { inRequestSpan, type RequestSpan } from './tracing/request-span.ts'

export interface AppOptions {
  readonly deps: GatewayDeps
  readonly log: Logger
  /** Whether a browser gets GraphiQL. */
  readonly graphiql: boolean
  /** Whether a browser gets the console, and the documentation that it links. */
  readonly console: boolean
  /** Whether a browser gets the reference of the REST dialects. */
  readonly restReference: boolean
  /** The dialect that is also mounted at the bare path that several share; empty for none. */
  readonly rootDialect: RootDialect
  /** How often whom is let in. */
  readonly signInLimits: SignInLimits
  /** What finished answers may take in memory; zero keeps nothing, not even who a token belongs to. */
  readonly cacheMaxBytes: number
  /** What model calls need besides the rest. */
  readonly calls: CallOptions
  /** Counts what happens; null when nobody reads it. */
  readonly metrics: Metrics | null
  /** Takes what is counted and written down of a request when it is over. */
  readonly backlog: Backlog
  /** Answers `/metrics`; null when that is not at this port. */
  readonly metricsEndpoint: MetricsEndpoint | null
}

export interface App {
  /** Answers one request. Never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** From now on the readiness check fails and connections are closed after their answer. */
  readonly drain: () => void
  /** Ends what is still under way, but for model calls: they have a grace of their own. */
  readonly endRequests: () => void
  /** Ends every model call that is still under way, and every connection to a vendor; settles when their records are written. */
  readonly endCalls: () => Promise<void>
}

/** Pages with all that is below them. */
type PageRoute = 'console' | 'docs' | 'restReference'
type AppRoute = PageRoute | 'ai' | 'healthz' | 'readyz' | 'graphiql' | 'graphql' | 'home' | 'metrics' | 'rest' | 'unknown'

/** What watches the gateway, and model calls, which have limits of their own. */
const BEGIN_AT_ONCE: ReadonlySet<AppRoute> = new Set(['ai', 'healthz', 'readyz', 'metrics'])

/** Answers one kind of request; null when the answer was sent already, or nobody waits for it. */
type Handler = (requestContext: RequestContext) => Promise<Answer | null> | Answer

/** The composition of everything that answers requests: what is mounted where, and who gets in. */
export function createApp(options: AppOptions): App {
  const { deps, log, graphiql, console: withConsole, restReference, rootDialect, cacheMaxBytes, metrics, backlog } = options
  const server = createGraphQLServer(TOKEN_HEADERS)
  const graphiqlPage = graphiql ? createGraphiQLPage() : null
  const consolePages = withConsole ? createConsolePages(readConsoleFiles(), { graphiql, restReference }, deps.publicUrl) : null
  const documentationPages = withConsole ? createDocumentationPages() : null
  const referencePages = restReference ? createReferencePages(restDescriptions()) : null
  const signIn = createLimitedSignIn(options)
  const cache = createAnswerCache(cacheMaxBytes)
  const calls = mountCalls({ deps, ...options.calls, signIn, log, metrics, backlog, tokenHeaders: TOKEN_HEADERS, aliases: CALL_PREFIXES })
  const rest = createRestRouter({
    ...{ mounts: rootMounts(rootDialect), execute: createExecute(server), deps, toFault },
    takeTurn: createTurns(),
  })
  const admit = createAdmission()
  const turnOf = (kind: AppRoute) => (BEGIN_AT_ONCE.has(kind) ? undefined : admit())
  const underWay = new Set<ServerResponse>()
  const isUsable = createReadiness(deps.database)
  let draining = false
  metrics?.watch({
    cache: cache.statistics,
    database: deps.database.statistics,
    changes: deps.changes.statistics,
    callsInFlight: calls.inFlight,
    keys: deps.callStatus.countKeys,
    usageDropped: deps.usage.dropped,
  })

  const routes: Record<AppRoute, Handler> = {
    ai: (requestContext) => calls.handle(requestContext).then(() => null),
    healthz: () => json(200, { status: 'ok' }),
    readyz: async () => {
      const ready = !draining && (await isUsable())
      return ready ? json(200, { status: 'ready' }) : json(503, { status: 'not ready' }, { 'retry-after': '1' })
    },
    home: () => ({ status: 302, headers: { location: withConsole ? '/console' : '/graphql' } }),
    console: ({ request }) => (consolePages === null ? NOT_FOUND : consolePages(request)),
    docs: ({ request }) => documentationPages?.(request) ?? NOT_FOUND,
    graphiql: async () => (graphiqlPage === null ? NOT_FOUND : pageAnswer(await graphiqlPage())),
    graphql: (requestContext) => answerGraphQL(requestContext, server, deps, cache),
    rest: (requestContext) => answerRest(requestContext, rest, cache),
    restReference: ({ request }) => referencePages?.(request) ?? NOT_FOUND,
    metrics: ({ request }) => options.metricsEndpoint?.(request) ?? NOT_FOUND,
    unknown: () => NOT_FOUND,
  }

  async function handle(request: IncomingMessage, response: ServerResponse, span: RequestSpan): Promise<void> {
    const requestId = randomUUID()
    const kind = routeOf(request, graphiql, graphiql || withConsole)
    // The answer to a model call is the vendor's, and says for itself which headers it has.
    if (kind !== 'ai') {
      setSecurityHeaders(response, requestId)
      underWay.add(response)
    }
    if (draining) response.setHeader('connection', 'close')
    metrics?.requestStarted()
    const onFinished = (finished: FinishedRequest) => {
      underWay.delete(response)
      if (metrics !== null) backlog.add(() => metrics.requestFinished(finished))
      span.end(finished)
    }
    const requestContext = new RequestContext(request, response, {
      requestId,
      route: kind,
      log,
      signIn,
      leavesLine: kind !== 'ai',
      onFinished,
    })
    try {
      await turnOf(kind)
      const answer = await routes[kind](requestContext)
      if (answer !== null) await send(response, answer)
      else if (!response.headersSent) response.destroy()
    } catch (error) {
      const fault = faultAnswer(toFault(error, requestContext), requestContext)
      // Of a long answer the first part is sent already: an end without an end is how the client learns that it is not all.
      if (response.headersSent) response.destroy()
      else await send(response, fault)
    }
  }

  return {
    handle: (request, response) => inRequestSpan(request, (span) => handle(request, response, span)),
    drain: () => {
      draining = true
    },
    endRequests: () => underWay.forEach((response) => void response.destroy()),
    endCalls: calls.close,
  }
}

/** Finds out who sends requests, within the limits for that. */
function createLimitedSignIn({ deps, log, metrics, signInLimits, cacheMaxBytes }: AppOptions): SignIn {
  const { database, keyring, clock } = deps
  const onUnverified = (tokenId: string) => {
    metrics?.tokenUnverified()
    log.warn({ tokenId }, 'A token was refused because its row in the database is not as the gateway wrote it. Run `gateway keys verify`.')
  }
  const signIn = createSignIn({
    ...{ database, keyring, clock, tokenUsage: deps.lastUses, tokenHeaders: TOKEN_HEADERS },
    ...{ remember: cacheMaxBytes > 0, onUnverified },
  })
  return limitSignIn(signIn, signInLimits)
}

async function answerGraphQL(
  requestContext: RequestContext,
  server: GraphQLServer,
  deps: GatewayDeps,
  cache: AnswerCache,
): Promise<Answer | null> {
  const { request, response, requestId, log, origin, left } = requestContext
  const signedIn = await requestContext.signIn()
  if (!('principal' in signedIn)) {
    response.setHeader('www-authenticate', 'Bearer')
    return faultAnswer(unauthenticated(signedIn), requestContext)
  }
  const read = await readGraphQLBody(requestContext)
  if (read === null) return null
  if ('refusal' in read) return read.refusal
  return fromMemory(requestContext, cache, signedIn, read.body, () => {
    const { principal } = signedIn
    const context = createContext({ principal, channel: 'graphql', rules: GATEWAY_RULES, requestId, deps, log, origin, left })
    return serveGraphQL(server, request, response, context, read.body)
  })
}

async function answerRest(
  requestContext: RequestContext,
  rest: (requestContext: RequestContext) => Promise<Answer | null>,
  cache: AnswerCache,
): Promise<Answer | null> {
  if (requestContext.request.method !== 'GET') return rest(requestContext)
  // The dialect itself says why somebody does not get in, when it comes to that.
  const signedIn = await requestContext.signIn().catch(() => null)
  if (signedIn === null || !('principal' in signedIn)) return rest(requestContext)
  return fromMemory(requestContext, cache, signedIn, undefined, () => rest(requestContext))
}

/** Who was let in gets the answer from memory, when it has one to this request, for this role, in this state of the data. */
async function fromMemory(
  requestContext: RequestContext,
  cache: AnswerCache,
  { principal, state }: SignedIn,
  body: Buffer | undefined,
  make: () => Promise<Answer | null>,
): Promise<Answer | null> {
  const { request } = requestContext
  const asked = { state, key: requestKey(principal, request, body) }
  const { answer, route } = cache.find(asked) ?? (await cache.produce(asked, async () => finish(requestContext, await make())))
  requestContext.route = route
  return answer === null || request.method !== 'GET' ? answer : unlessHeld(answer, request.headers['if-none-match'])
}

function finish({ origin, route }: RequestContext, answer: Answer | null): Produced {
  const isWhole = answer?.pieces === undefined
  if (answer === null || !isWhole || answer.status !== 200 || !origin.isReproducible) return { answer, route, isReproducible: false }
  return { answer: withEntityTag({ ...answer, body: answer.body ?? '' }), route, isReproducible: true }
}

/** What a client may see of whatever was thrown. The unexpected goes to the log. */
function toFault(error: unknown, { requestId, log }: Pick<RequestContext, 'requestId' | 'log'>): Fault {
  const fault = toUnavailable(error)
  if (fault instanceof Fault) {
    logUnavailable(fault, log)
    return fault
  }
  if (error instanceof Error) logUnexpected(error, log)
  return new Fault('INTERNAL_SERVER_ERROR', `Something went wrong here. The log of the gateway has the details under request ${requestId}.`)
}

function unauthenticated({ reason }: SignInRefusal): Fault {
  return reason === 'missing'
    ? new Fault('UNAUTHENTICATED', 'Send your access token in the header `Authorization: Bearer <token>`.')
    : new Fault('UNAUTHENTICATED', 'The access token is not valid. It may be mistyped, expired or revoked: ask an admin for another one.')
}

const NOTHING = 'Nothing is here. Model calls are below /v1 and /ai/{provider}, and the GraphQL API is at /graphql.'
/** SDKs of vendors that were given a base URL without a path show `error.message` alone. */
const NOT_FOUND = json(404, { message: NOTHING, error: { message: NOTHING } })

const FIXED_ROUTES: ReadonlyMap<string, AppRoute> = new Map([
  ['/healthz', 'healthz'],
  ['/readyz', 'readyz'],
  ['/metrics', 'metrics'],
])

/** The first that fits. */
const PAGE_ROUTES: ReadonlyArray<readonly [start: string, route: PageRoute]> = [
  ['/console', 'console'],
  ['/docs/rest', 'restReference'],
  ['/docs', 'docs'],
]

/** @param hasPages whether a browser finds something here, be it the console or GraphiQL. */
function routeOf(request: IncomingMessage, graphiql: boolean, hasPages: boolean): AppRoute {
  const [path = ''] = (request.url ?? '').split('?')
  const fixed = FIXED_ROUTES.get(path)
  if (fixed !== undefined) return fixed
  if (isCallTarget(path, CALL_PREFIXES)) return 'ai'
  if (path === '/' && hasPages) return 'home'
  const page = PAGE_ROUTES.find(([start]) => path === start || path.startsWith(`${start}/`))
  if (page !== undefined) return page[1]
  if (isRestPath(path)) return 'rest'
  if (path !== '/graphql') return 'unknown'
  const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
  return wantsPage && graphiql ? 'graphiql' : 'graphql'
}

function pageAnswer({ html, contentSecurityPolicy }: GraphiQLPage): Answer {
  return { status: 200, headers: pageHeaders(contentSecurityPolicy), body: html }
}
