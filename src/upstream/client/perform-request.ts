import { Client, type Dispatcher } from 'undici'
import { inSpan, type SpanStart } from '../../tracing/span.ts'
import type { Session } from './call-context.ts'
import { type Deadline, LIMITS, withinStep } from './deadline.ts'
import { dial } from './dial.ts'
import type { Answer, Reply, UpstreamRequest } from './messages.ts'
import { onlyOnce } from './one-connection.ts'
import { errorCode, OutboundError } from './outbound-error.ts'
import { type Body, readBody } from './read-body.ts'
import type { Target } from './target.ts'

/** Sends one request over a connection of its own and reads the answer. Never throws. */
export async function exchange(request: UpstreamRequest, target: Target, session: Session): Promise<Reply> {
  try {
    return await inSpan('upstream call', callAttributes(request, target), async (span) => {
      const answer = await attempt(request, target, session)
      span.setAttribute('http.response.status_code', answer.httpStatus)
      return answer
    })
  } catch (error) {
    return error instanceof OutboundError ? error.failure : brokenExchange(error, target, session.deadline).failure
  }
}

/** The host is named, which the log of any network device names too; not the path, which may hold more than a route. */
function callAttributes({ method }: UpstreamRequest, { hostname }: Target): SpanStart {
  return { kind: 'client', attributes: { 'http.request.method': method, 'server.address': hostname } }
}

async function attempt(request: UpstreamRequest, target: Target, session: Session): Promise<Answer> {
  if (session.deadline.remainingMs() === 0) throw new OutboundError('TIMED_OUT', timedOutMessage(target))
  const socket = await dial(target, session)
  // The socket is made and checked before the client exists; the client gets this one and no second.
  const client = new Client(target.url.origin, {
    connect: onlyOnce(socket),
    headersTimeout: LIMITS.headersMs,
    bodyTimeout: LIMITS.wholeTestMs,
  })
  try {
    const options: Dispatcher.RequestOptions = {
      method: request.method,
      path: target.url.pathname + target.url.search,
      headers: requestHeaders(request, session),
      body: request.body ?? null,
      signal: session.deadline.signal,
      onInfo: atMost(MAX_HINTS, () => socket.destroy(new OutboundError('UNEXPECTED_RESPONSE', notHttp(target)))),
    }
    // The signal ends a body that drips; a request that the client holds back does not hear it.
    const limits = { deadline: session.deadline, stepMs: LIMITS.headersMs, message: timedOutMessage(target) }
    const response = await withinStep(client.request(options).then(withHeardErrors), limits, () => socket.destroy())
    if (response.statusCode >= 300 && response.statusCode < 400) throw redirected(response.statusCode)
    const body = await readBody(response.body, headerText(response.headers['content-encoding']))
    return toAnswer(response, body, { target, deadline: session.deadline })
  } finally {
    socket.destroy()
    client.destroy().catch(() => {})
  }
}

/** A body may fail while nobody reads it, and an unheard error ends the process. */
function withHeardErrors(response: Dispatcher.ResponseData): Dispatcher.ResponseData {
  response.body.on('error', () => {})
  return response
}

/** Answers such as `103 Early Hints` may come before the real one; more of them than this are an attempt to keep us busy. */
const MAX_HINTS = 16

function atMost(limit: number, stop: () => void): () => void {
  let count = 0
  return () => {
    count += 1
    if (count > limit) stop()
  }
}

function toAnswer(response: Dispatcher.ResponseData, body: Body, call: { target: Target; deadline: Deadline }): Answer {
  const { statusCode: httpStatus, headers } = response
  const isGood = httpStatus >= 200 && httpStatus < 300
  // A refusal is told by its status alone; only good news needs its body.
  if (isGood && body.problem === 'broken off') throw unfinished(httpStatus, call.target, call.deadline)
  return {
    kind: 'answer',
    httpStatus,
    body: body.text,
    json: parseJson(body.text),
    bodyProblem: body.problem,
    retryAfterSeconds: retryAfterSeconds(headerText(headers['retry-after'])),
    awsErrorType: headerText(headers['x-amzn-errortype']),
  }
}

function unfinished(httpStatus: number, target: Target, deadline: Deadline): OutboundError {
  const began = `${target.hostname} began to answer (${httpStatus})`
  return deadline.signal.aborted
    ? new OutboundError('TIMED_OUT', `${began} and did not finish in time. Try again later.`, { httpStatus })
    : new OutboundError('UNREACHABLE', `${began} and broke off. Try again later.`, { httpStatus, isReset: true })
}

/** Headers that describe the connection belong to the HTTP client; a user's extra header must not break its framing. */
const CONNECTION_HEADER = /^(?:connection|content-length|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|accept-encoding)$/i

function requestHeaders(request: UpstreamRequest, { network, origin }: Session): Record<string, string> {
  const headers: Record<string, string> = {}
  // The extra headers are meant for the provider's endpoint and may hold credentials; a vendor's other hosts do not get them.
  for (const { name, value } of request.url.origin === origin ? network.extraHeaders : []) {
    if (!CONNECTION_HEADER.test(name)) headers[name.toLowerCase()] = value
  }
  return { 'user-agent': 'ai-provider-gateway', ...headers, accept: 'application/json', 'accept-encoding': 'identity', ...request.headers }
}

function redirected(httpStatus: number): OutboundError {
  const message = `The endpoint answers with a redirect (${httpStatus}), which a key never follows. Use the address that it points to as the base URL.`
  return new OutboundError('REDIRECTED', message, { httpStatus })
}

/** Turns an error of the HTTP client into ours. Only its code is read, never its text. */
function brokenExchange(error: unknown, target: Target, deadline: Deadline): OutboundError {
  if (deadline.signal.aborted) return new OutboundError('TIMED_OUT', timedOutMessage(target))
  switch (errorCode(error)) {
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return new OutboundError('TIMED_OUT', timedOutMessage(target))
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
    case 'EPIPE':
      return new OutboundError('UNREACHABLE', `${target.hostname} closed the connection without an answer. Try again later.`, {
        isReset: true,
      })
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new OutboundError('UNEXPECTED_RESPONSE', `${target.hostname} answered with more headers than an API has. Check the base URL.`)
    default:
      return new OutboundError('UNEXPECTED_RESPONSE', notHttp(target))
  }
}

function notHttp(target: Target): string {
  return `${target.hostname} did not answer in valid HTTP. Check the base URL.`
}

function timedOutMessage(target: Target): string {
  return `${target.hostname} accepted the connection but did not answer in time. Try again later, or check that this is the right host.`
}

function headerText(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '')
}

function retryAfterSeconds(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 86_400 ? Number(text) : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
