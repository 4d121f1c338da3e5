import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from '../errors.ts'
import { nestsDeeperThan } from '../http/json-depth.ts'
import { readBody } from '../http/read-body.ts'
import { type Answer, json } from '../http/respond.ts'
import { withoutSpecialKeys } from '../http/special-keys.ts'
import { pipe } from '../http/stream.ts'
import { httpOf } from './client-errors.ts'
import type { GatewayContext } from './context.ts'
import { largeDocumentIn } from './document-size.ts'
import { LIMITS } from './limits.ts'
import type { GraphQLServer } from './yoga.ts'

/** The request that an error answers, and its id. */
interface GraphQLRequest {
  readonly request: IncomingMessage
  readonly requestId: string
}

/** Reads the body of a request to `/graphql` as far as its headers allow; null when the client went away. */
export async function readGraphQLBody(asked: GraphQLRequest): Promise<{ body: Buffer } | { refusal: Answer } | null> {
  const { request } = asked
  const refuse = (status: number, message: string) => ({ refusal: graphQLError(status, 'BAD_USER_INPUT', message, asked) })
  if (request.method === 'GET' || request.method === 'HEAD') return { body: NO_BODY }
  if (request.method === 'POST' && !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return refuse(415, 'Send the request as `content-type: application/json`.')
  const read = await readBody(request, LIMITS.bodyBytes)
  if ('body' in read) return read
  if (read.refusal === 'aborted') return null
  if (read.refusal === 'compressed') return refuse(415, 'Send the body without compression.')
  return refuse(413, `The body must not be larger than ${LIMITS.bodyBytes} bytes.`)
}

const NO_BODY = Buffer.alloc(0)

/** Answers a request to `/graphql` of an authenticated caller; null when the answer was sent as a stream, or nobody waits for it. */
export async function serveGraphQL(
  server: GraphQLServer,
  request: IncomingMessage,
  response: ServerResponse,
  context: GatewayContext,
  rawBody: Buffer,
): Promise<Answer | null> {
  const asked = { request, requestId: context.requestId }
  const refuse = (message: string) => graphQLError(400, 'BAD_USER_INPUT', message, asked)
  const problem = urlProblem(request.url ?? '')
  if (problem !== null) return refuse(problem)
  const body = rawBody.toString()
  if (nestsDeeperThan(body, LIMITS.jsonDepth)) return refuse(`The JSON of the body must not nest deeper than ${LIMITS.jsonDepth} levels.`)
  const tooLarge = largeDocumentIn(body)
  if (tooLarge !== null) return graphQLError(413, 'BAD_USER_INPUT', tooLarge, asked)
  return forward(server, request, response, context, withoutSpecialKeys(body))
}

/** What is wrong with the JSON that the URL of a GET carries. */
function urlProblem(url: string): string | null {
  const parameters = new URLSearchParams(url.replace(/^[^?]*/, ''))
  for (const name of ['variables', 'extensions']) {
    const text = parameters.get(name) || '{}'
    if (nestsDeeperThan(text, LIMITS.jsonDepth)) return `The JSON of \`${name}\` must not nest deeper than ${LIMITS.jsonDepth} levels.`
    try {
      JSON.parse(text)
    } catch {
      return `The parameter \`${name}\` must be JSON.`
    }
  }
  return null
}

/** A top-level error in the form of a GraphQL answer, for what is refused before GraphQL begins. */
function graphQLError(
  status: number,
  code: string,
  message: string,
  { request, requestId }: GraphQLRequest,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const form = acceptsGraphQLType(request) ? { 'content-type': `${GRAPHQL_TYPE}; charset=utf-8` } : {}
  return json(status, { errors: [{ message, extensions: { code, requestId } }] }, { ...form, ...headers })
}

const GRAPHQL_TYPE = 'application/graphql-response+json'

/** Of a status that is no success, clients read errors only in this type: any other could come from a proxy on the way. */
function acceptsGraphQLType({ headers }: IncomingMessage): boolean {
  const accepted = (headers.accept ?? '').toLowerCase().split(',')
  return accepted.some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim())
    return type === GRAPHQL_TYPE && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** The answer to a refusal or fault that happened before GraphQL began. */
export function faultAnswer(fault: Fault, asked: GraphQLRequest): Answer {
  const { status, headers } = httpOf(fault) ?? { status: 400, headers: {} }
  return graphQLError(status, fault.code, fault.message, asked, headers)
}

const NOT_ACCEPTABLE = 'Send `accept: text/event-stream` for a subscription, and `accept: application/json` for everything else.'

async function forward(
  server: GraphQLServer,
  request: IncomingMessage,
  response: ServerResponse,
  context: GatewayContext,
  body: string,
): Promise<Answer | null> {
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    // The server compares the type letter by letter, though case means nothing in it.
    typeof value === 'string' ? [[name, name === 'content-type' ? value.toLowerCase() : value] as [string, string]] : [],
  )
  const fetched = async () =>
    server.fetch(
      new URL(request.url ?? '/graphql', 'http://gateway').href,
      { method: request.method ?? 'GET', headers, signal: context.left, ...(body.length > 0 ? { body } : {}) },
      { ...context, bodyLength: body.length },
    )
  const answer = await fetched().catch((error: unknown) => {
    if (context.left.aborted) return null
    throw error
  })
  // The client has left, so nobody waits for what became of the request.
  if (answer === null) return null
  if (answer.status === 406) return graphQLError(406, 'BAD_USER_INPUT', NOT_ACCEPTABLE, { request, requestId: context.requestId })
  if (!answer.headers.get('content-type')?.includes('json')) {
    await stream(answer, response)
    return null
  }
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) }
}

async function stream({ status, headers, body }: Response, response: ServerResponse): Promise<void> {
  response.statusCode = status
  headers.forEach((value, name) => void response.setHeader(name, value))
  // A proxy that collects answers before it passes them on would hold events back.
  if (headers.get('content-type')?.startsWith('text/event-stream')) response.setHeader('x-accel-buffering', 'no')
  if (body === null) response.end()
  else await pipe(body, response)
}
