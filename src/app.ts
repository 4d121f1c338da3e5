import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { createSignIn, type SignInRefusal } from './auth/sign-in.ts'
import type { TokenUsage } from './auth/token-usage.ts'
import { readConsoleFiles } from './console/console-files.ts'
import { createConsolePages } from './console/console-pages.ts'
import type { Database } from './database/client.ts'
import { toUnavailable } from './database/failures.ts'
import { migrationsApplied } from './database/migrate.ts'
import { Fault } from './errors.ts'
import { logUnexpected } from './graphql/client-errors.ts'
import type { GatewayDeps } from './graphql/context.ts'
import { type GraphiQLPage, renderGraphiQLPage } from './graphql/graphiql.ts'
import { faultAnswer, serveGraphQL } from './graphql/serve.ts'
import { createGraphQLServer } from './graphql/yoga.ts'
import { type Answer, json, send, setSecurityHeaders } from './http/respond.ts'
import { createExecute } from './rest/execute.ts'
import { isRestPath, type RootDialect, rootMounts } from './rest/mounts.ts'
import { createRestRouter } from './rest/router.ts'

export interface AppOptions {
  readonly deps: GatewayDeps
  readonly tokenUsage: TokenUsage
  readonly log: Logger
  /** Whether a browser gets GraphiQL. */
  readonly graphiql: boolean
  /** Whether a browser gets the console. */
  readonly console: boolean
  /** The dialect that is also mounted at the bare path that several share; empty for none. */
  readonly rootDialect: RootDialect
}

export interface App {
  /** Answers one request. Never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** From now on the readiness check fails and connections are closed after their answer. */
  readonly drain: () => void
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly log: Logger
  /** Takes a more exact name of the route for the log, before the answer goes out. */
  readonly nameRoute: (name: string) => void
}

type Route = 'healthz' | 'readyz' | 'console' | 'graphiql' | 'graphql' | 'home' | 'rest' | 'unknown'

/** The composition of everything that answers requests: what is mounted where, and who gets in. */
export function createApp({ deps, tokenUsage, log, graphiql, console: withConsole, rootDialect }: AppOptions): App {
  const server = createGraphQLServer()
  const page = graphiql ? renderGraphiQLPage() : null
  const consolePages = withConsole ? createConsolePages(readConsoleFiles()) : null
  const signIn = createSignIn(deps.database, deps.clock, tokenUsage)
  let draining = false

  const routes: Record<Route, (exchange: Exchange) => Promise<void> | void> = {
    healthz: ({ response }) => send(response, json(200, { status: 'ok' })),
    readyz: async ({ response }) => {
      const ready = !draining && (await isUsable(deps.database))
      send(response, ready ? json(200, { status: 'ready' }) : json(503, { status: 'not ready' }, { 'retry-after': '1' }))
    },
    home: ({ response }) => send(response, { status: 302, headers: { location: '/graphql' } }),
    console: async ({ request, response }) => send(response, consolePages === null ? NOT_FOUND : await consolePages(request)),
    graphiql: ({ response }) => send(response, page === null ? NOT_FOUND : pageAnswer(page)),
    graphql: async ({ request, response, requestId, log: requestLog }) => {
      const signedIn = await signIn(request)
      if (!('principal' in signedIn)) {
        response.setHeader('www-authenticate', 'Bearer')
        return send(response, faultAnswer(unauthenticated(signedIn), requestId))
      }
      await serveGraphQL(server, request, response, { ...signedIn, channel: 'graphql', requestId, deps, log: requestLog })
    },
    rest: createRestRouter({ mounts: rootMounts(rootDialect), execute: createExecute(server), signIn, deps, toFault }),
    unknown: ({ response }) => send(response, NOT_FOUND),
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID()
    const requestLog = log.child({ requestId })
    setSecurityHeaders(response, requestId)
    if (draining) response.setHeader('connection', 'close')
    const kind = routeOf(request, page !== null)
    const nameRoute = logWhenClosed(request, response, requestLog, kind)
    const exchange = { request, response, requestId, log: requestLog, nameRoute }
    try {
      await routes[kind](exchange)
    } catch (error) {
      send(response, faultAnswer(toFault(error, exchange), requestId))
    }
  }

  return {
    handle,
    drain: () => {
      draining = true
    },
  }
}

/** Writes the one line that each request leaves, under the name that its route has by then; the function returned gives it another. */
function logWhenClosed(request: IncomingMessage, response: ServerResponse, log: Logger, kind: Route): (name: string) => void {
  const started = performance.now()
  let route: string = kind
  response.once('close', () => {
    const { statusCode: status, writableFinished: complete } = response
    log.info({ route, method: request.method, status, durationMs: Math.round(performance.now() - started), complete }, 'request')
  })
  return (name) => {
    route = name
  }
}

/** What a client may see of whatever was thrown. The unexpected goes to the log. */
function toFault(error: unknown, { requestId, log }: Pick<Exchange, 'requestId' | 'log'>): Fault {
  const fault = toUnavailable(error)
  if (fault instanceof Fault) return fault
  if (error instanceof Error) logUnexpected(error, log)
  return new Fault('INTERNAL_SERVER_ERROR', `Something went wrong here. The log of the gateway has the details under request ${requestId}.`)
}

function unauthenticated({ reason }: SignInRefusal): Fault {
  return reason === 'missing'
    ? new Fault('UNAUTHENTICATED', 'Send your access token in the header `Authorization: Bearer <token>`.')
    : new Fault('UNAUTHENTICATED', 'The access token is not valid. It may be mistyped, expired or revoked: ask an admin for another one.')
}

/** How long the readiness check waits for the database. */
const READY_TIMEOUT_MS = 1_000

const NOT_FOUND = json(404, { message: 'Nothing is here. The GraphQL API is at /graphql.' })

function routeOf(request: IncomingMessage, graphiql: boolean): Route {
  const [path = ''] = (request.url ?? '').split('?')
  if (path === '/healthz' || path === '/readyz') return path === '/healthz' ? 'healthz' : 'readyz'
  if (path === '/' && graphiql) return 'home'
  if (path === '/console' || path.startsWith('/console/')) return 'console'
  if (isRestPath(path)) return 'rest'
  if (path !== '/graphql') return 'unknown'
  const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
  return wantsPage && graphiql ? 'graphiql' : 'graphql'
}

async function isUsable(database: Database): Promise<boolean> {
  return (await database.ping(READY_TIMEOUT_MS)) && (await migrationsApplied(database).catch(() => false))
}

function pageAnswer({ html, contentSecurityPolicy }: GraphiQLPage): Answer {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy }
  return { status: 200, headers, body: html }
}
