import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { hasRole, type Principal } from '../auth/principal.ts'
import type { SignIn } from '../auth/sign-in.ts'
import { FAULT_CODES, Fault } from '../errors.ts'
import type { GatewayDeps } from '../graphql/context.ts'
import { readBody } from '../http/read-body.ts'
import { type Answer, send } from '../http/respond.ts'
import type { Dialect, RestRequest } from './dialect.ts'
import type { Execute } from './execute.ts'
import { type Match, type Mount, matchPath, ownerOf } from './mounts.ts'

export interface RestOptions {
  readonly mounts: readonly Mount[]
  readonly execute: Execute
  readonly signIn: SignIn
  readonly deps: GatewayDeps
  /** Turns whatever was thrown into what a client may see, and logs it when it was not expected. */
  readonly toFault: (error: unknown, exchange: RestExchange) => Fault
}

/** One request on its way to its answer. */
export interface RestExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly log: Logger
  /** Takes the name of the route for the log, before the answer goes out. */
  readonly nameRoute: (name: string) => void
}

/**
 * Answers every request that belongs to a dialect.
 * In the order of the Coder contract, section 1.4: path, token, method, role, body, and then the route.
 */
export function createRestRouter(options: RestOptions): (exchange: RestExchange) => Promise<void> {
  return async (exchange) => {
    const { request, response } = exchange
    const [path = ''] = (request.url ?? '').split('?')
    const matches = matchPath(options.mounts, path)
    const [first] = matches
    if (first === undefined) {
      exchange.nameRoute('rest.unknown')
      return send(response, ownerOf(options.mounts, path).refusals.unknownPath({ method: request.method ?? '', path }))
    }
    const match = matches.find(({ route }) => route.method === request.method)
    exchange.nameRoute(`${first.dialect.channel}.${match?.route.name ?? 'unknown'}`)
    const answer = await answerMatch(options, exchange, first.dialect, match, matches).catch((error: unknown) =>
      first.dialect.refusals.fault(options.toFault(error, exchange), match?.route.name ?? ''),
    )
    if (answer === null) response.destroy()
    else send(response, answer)
  }
}

/** Null when the client went away before it was heard. */
async function answerMatch(
  options: RestOptions,
  exchange: RestExchange,
  { channel, refusals }: Dialect,
  match: Match | undefined,
  matches: readonly Match[],
): Promise<Answer | null> {
  const { request } = exchange
  const signedIn = await options.signIn(request)
  if (!('principal' in signedIn)) return refusals.unauthenticated(signedIn)
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
  if (match === undefined) {
    return refusals.methodNotAllowed(
      matches.map(({ route }) => route.method),
      { method: request.method ?? '', path },
    )
  }
  const { route, parameters } = match
  if (!hasRole(signedIn.principal, route.role)) return refusals.forbidden()
  const read = route.maxBodyBytes > 0 ? await readBody(request, route.maxBodyBytes) : { body: Buffer.alloc(0) }
  if ('refusal' in read) {
    if (read.refusal === 'aborted') return null
    return read.refusal === 'compressed' ? refusals.bodyCompressed() : refusals.bodyTooLarge(route.maxBodyBytes)
  }
  const run = runAs(options, exchange, { principal: signedIn.principal, channel })
  const asked = { path, query: new URLSearchParams(query), parameters, headers: request.headers }
  return route.handle({ ...asked, body: read.body.toString(), run })
}

function runAs(
  { execute, deps }: RestOptions,
  { requestId, log }: RestExchange,
  caller: { readonly principal: Principal; readonly channel: Dialect['channel'] },
): RestRequest['run'] {
  return async (document, variables) => dataOf(await execute(document, variables, { ...caller, requestId, deps, log }))
}

/** The data of a result. Errors beside it mean that a part is missing, which no dialect can show. */
function dataOf<Data>({ data, errors }: ExecutionResult<Data>): Data {
  if (errors === undefined && data !== undefined && data !== null) return data
  const { message, extensions } = errors?.[0] ?? new GraphQLError('The operation gave no result.')
  const code = FAULT_CODES.find((known) => known === extensions.code) ?? 'INTERNAL_SERVER_ERROR'
  const retryAfterSeconds = Number(extensions.http?.headers?.['retry-after'])
  throw new Fault(code, message, retryAfterSeconds > 0 ? { retryAfterSeconds } : {})
}
