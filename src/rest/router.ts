import type { IncomingMessage } from 'node:http'
import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { findValidTokens } from '../auth/find-valid-tokens.ts'
import { type Caller, hasRole, type Principal } from '../auth/principal.ts'
import type { SignedIn, SignInRefusal } from '../auth/sign-in.ts'
import { FAULT_CODES, Fault } from '../errors.ts'
import type { AnswerOrigin } from '../graphql/answer-origin.ts'
import { createContext, type GatewayDeps } from '../graphql/context.ts'
import { gather } from '../http/gather.ts'
import { readBody } from '../http/read-body.ts'
import type { Answer } from '../http/respond.ts'
import type { TakeTurn } from '../http/turns.ts'
import type { Dialect, RestRequest, Route } from './dialect.ts'
import type { Execute } from './execute.ts'
import { type Match, type Mount, matchPath, ownerOf } from './mounts.ts'
import { storedName } from './name-aliases.ts'

/** What a provider may be called by; anything else in a path is not even looked for. */
const NAME_OR_ID = /^[a-z0-9._-]{1,128}$/i

export interface RestOptions {
  readonly mounts: readonly Mount[]
  readonly execute: Execute
  readonly deps: GatewayDeps
  /** Of all long lists that are being read, one goes on at a time. */
  readonly takeTurn: TakeTurn
  /** Turns whatever was thrown into what a client may see, and logs it when it was not expected. */
  readonly toFault: (error: unknown, context: RestContext) => Fault
}

/** One request on its way to its answer. */
export interface RestContext {
  readonly request: IncomingMessage
  readonly requestId: string
  readonly log: Logger
  /** Finds out who sent the request, once. */
  signIn(): Promise<SignedIn | SignInRefusal>
  /** Learns what the answer is made from. */
  readonly origin: AnswerOrigin
  /** Is aborted when the client goes away before its answer was sent. */
  readonly left: AbortSignal
  /** The name of the route, for the log. */
  route: string
}

/**
 * Answers every request that belongs to a dialect; null when the client went away before it was heard.
 * In the order of the Coder contract, section 1.4: path, token, method, role, body, and then the route.
 */
export function createRestRouter(options: RestOptions): (context: RestContext) => Promise<Answer | null> {
  return async (context) => {
    const { request } = context
    const [path = ''] = (request.url ?? '').split('?')
    const matches = matchPath(options.mounts, path)
    const [first] = matches
    if (first === undefined) {
      context.route = 'rest.unknown'
      return ownerOf(options.mounts, path).refusals.unknownPath({ method: request.method ?? '', path })
    }
    const match = matches.find(({ route }) => route.method === request.method)
    context.route = `${first.dialect.channel}.${match?.route.name ?? 'unknown'}`
    return answerMatch(options, context, first.dialect, match, matches).catch((error: unknown) =>
      first.dialect.refusals.fault(options.toFault(error, context), match?.route.name ?? ''),
    )
  }
}

async function answerMatch(
  options: RestOptions,
  context: RestContext,
  { channel, rules, refusals }: Dialect,
  match: Match | undefined,
  matches: readonly Match[],
): Promise<Answer | null> {
  const { request } = context
  const signedIn = await context.signIn()
  if (!('principal' in signedIn)) return refusals.unauthenticated(signedIn)
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
  if (match === undefined) {
    return refusals.methodNotAllowed(
      matches.map(({ route }) => route.method),
      { method: request.method ?? '', path },
    )
  }
  const { route, parameters } = match
  if (!hasRole(signedIn.principal, route.role)) {
    await auditForbidden(
      options.deps,
      { principal: signedIn.principal, channel, rules, requestId: context.requestId },
      route,
      Object.values(parameters),
    )
    return refusals.forbidden()
  }
  const read = route.maxBodyBytes > 0 ? await readBody(request, route.maxBodyBytes) : { body: Buffer.alloc(0) }
  if ('refusal' in read) {
    if (read.refusal === 'aborted') return null
    return read.refusal === 'compressed' ? refusals.bodyCompressed() : refusals.bodyTooLarge(route.maxBodyBytes)
  }
  const run = runAs(options, context, { principal: signedIn.principal, channel, rules })
  // What is read depends on nothing that the key of a kept answer lacks.
  const headers = request.method === 'GET' ? {} : request.headers
  const asked = { path, query: new URLSearchParams(query), parameters, headers }
  const takeTurn = whileValid(options, signedIn.principal)
  return gather(await route.handle({ ...asked, body: read.body.toString(), run, takeTurn }))
}

/** A long list may be read for hours: it ends at the first step behind the end of its token. */
function whileValid({ deps, takeTurn }: RestOptions, { tokenId }: Principal): TakeTurn {
  return (step) =>
    takeTurn(async () => {
      const valid = await findValidTokens(deps, [tokenId], deps.clock())
      if (!valid.has(tokenId)) throw new Fault('UNAUTHENTICATED', 'The access token was revoked or has expired while the list was read.')
      return step()
    })
}

/** A change that the role does not allow does not get as far as the mutation, which would record its refusal. */
async function auditForbidden(
  { database, recordRefusal }: GatewayDeps,
  caller: Caller,
  { method, name }: Route,
  words: readonly string[],
): Promise<void> {
  if (method === 'GET') return
  const subjectId = await findNamed(
    database,
    words.map((word) => storedName(caller.rules.nameAliases, word)),
  )
  await recordRefusal(caller, { operation: name, code: 'FORBIDDEN', subjectType: 'provider', subjectId })
}

/** The id of the provider that the path names, by its name or its id; empty when there is none. */
async function findNamed({ prisma }: GatewayDeps['database'], words: readonly string[]): Promise<string> {
  const given = words.filter((word) => NAME_OR_ID.test(word))
  if (given.length === 0) return ''
  const where = { deletedAt: null, OR: [{ name: { in: given } }, { id: { in: given } }] }
  return (await prisma.provider.findFirst({ where, select: { id: true } }))?.id ?? ''
}

function runAs(
  { execute, deps }: RestOptions,
  { request, requestId, log, origin, left }: RestContext,
  caller: Pick<Caller, 'principal' | 'channel' | 'rules'>,
): RestRequest['run'] {
  return async (document, variables) => {
    // The rest of a long list is not read for a client that has gone; a change that was asked for is made.
    if (request.method === 'GET' && left.aborted) throw new Fault('SERVICE_UNAVAILABLE', 'The client has gone.')
    return dataOf(await execute(document, variables, createContext({ ...caller, requestId, deps, log, origin, left })))
  }
}

/** The data of a result. Errors beside it mean that a part is missing, which no dialect can show. */
function dataOf<Data>({ data, errors }: ExecutionResult<Data>): Data {
  if (errors === undefined && data !== undefined && data !== null) return data
  const { message, extensions } = errors?.[0] ?? new GraphQLError('The operation gave no result.')
  const code = FAULT_CODES.find((known) => known === extensions.code) ?? 'INTERNAL_SERVER_ERROR'
  const retryAfterSeconds = Number(extensions.http?.headers?.['retry-after'])
  throw new Fault(code, message, retryAfterSeconds > 0 ? { retryAfterSeconds } : {})
}
