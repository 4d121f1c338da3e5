import { Client, type Dispatcher } from 'undici'
import { inSpan, type SpanStart } from '../../tracing/span.ts'
import type { CallContext } from './call-context.ts'
import { type Deadline, LIMITS, withinStep } from './deadline.ts'
import { assertDestination } from './destination.ts'
import { dial } from './dial.ts'
import { type Reply, type UpstreamRequest, type UpstreamResponse, upstreamResponse } from './messages.ts'
import { onlyOnce } from './one-connection.ts'
import { errorCode, type Failure, OutboundError } from './outbound-error.ts'
import { readBody } from './read-body.ts'
import { speaksTls } from './speaks-tls.ts'
import { requestPath, type Target } from './target.ts'

/**
 * Sends one request over a connection of its own and reads the response. What the upstream does is a reply.
 * @throws DestinationFault, and then nothing was sent.
 */
export async function performRequest(request: UpstreamRequest, context: CallContext): Promise<Reply> {
  assertDestination(request, context)
  try {
    return await inSpan('upstream call', callAttributes(request), async (span) => {
      const response = await attempt(request, context)
      span.setAttribute('http.response.status_code', response.httpStatus)
      return response
    })
  } catch (error) {
    const { failure } = error instanceof OutboundError ? error : brokenCall(error, request.target, context.deadline)
    return (await isWrongScheme(failure, request.target, context))
      ? new OutboundError('UNREACHABLE', tlsExpected(request.target)).failure
      : failure
  }
}

/** Whether a call over plain HTTP broke because the port speaks TLS. */
async function isWrongScheme({ isReset, status }: Failure, target: Target, context: CallContext): Promise<boolean> {
  const isBroken = isReset || status === 'UNEXPECTED_RESPONSE'
  return !target.isSecure && isBroken && context.deadline.remainingMs() > 0 && speaksTls(target, context)
}

function tlsExpected({ hostname, port }: Target): string {
  return `${hostname} did not answer plain http:// on port ${port}. It speaks TLS: use https://.`
}

/** The host is named, which the log of any network device names too; not the path, which may hold more than a route. */
function callAttributes({ method, target }: UpstreamRequest): SpanStart {
  return { kind: 'client', attributes: { 'http.request.method': method, 'server.address': target.hostname } }
}

async function attempt(request: UpstreamRequest, context: CallContext): Promise<UpstreamResponse> {
  const { target } = request
  if (context.deadline.remainingMs() === 0) throw new OutboundError('TIMED_OUT', timedOutMessage(target))
  const socket = await dial(target, context)
  // The socket is made and checked before the client exists; the client gets this one and no second.
  const client = new Client(target.origin, {
    connect: onlyOnce(socket),
    headersTimeout: LIMITS.headersMs,
    bodyTimeout: LIMITS.wholeTestMs,
  })
  try {
    const options: Dispatcher.RequestOptions = {
      method: request.method,
      path: requestPath(target),
      headers: requestHeaders(request, context),
      body: request.body ?? null,
      signal: context.deadline.signal,
      onInfo: atMost(MAX_HINTS, () => socket.destroy(new OutboundError('UNEXPECTED_RESPONSE', notHttp(target)))),
    }
    // The signal ends a body that drips; a request that the client holds back does not hear it.
    const limits = { deadline: context.deadline, stepMs: LIMITS.headersMs, message: timedOutMessage(target) }
    const response = await withinStep(client.request(options).then(withErrorListener), limits, () => socket.destroy())
    if (response.statusCode >= 300 && response.statusCode < 400) throw redirected(response.statusCode)
    const headers = headerTexts(response.headers)
    const limit = isGood(response.statusCode) ? request.maxBodyBytes : undefined
    const body = await readBody(response.body, headers['content-encoding'] ?? '', limit)
    // A refusal may be told by its status and the start of its body; good news needs all of it.
    if (isGood(response.statusCode) && body.problem === 'broken off') throw unfinished(response.statusCode, target, context.deadline)
    return upstreamResponse(response.statusCode, headers, body.text, body.problem)
  } finally {
    socket.destroy()
    client.destroy().catch(() => {})
  }
}

/** A body may fail while nobody reads it, and an unheard error ends the process. */
function withErrorListener(response: Dispatcher.ResponseData): Dispatcher.ResponseData {
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

function isGood(httpStatus: number): boolean {
  return httpStatus >= 200 && httpStatus < 300
}

function headerTexts(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), headerText(value)]))
}

function unfinished(httpStatus: number, target: Target, deadline: Deadline): OutboundError {
  const began = `${target.hostname} began to answer (${httpStatus})`
  return deadline.signal.aborted
    ? new OutboundError('TIMED_OUT', `${began} and did not finish in time. Try again later.`, { httpStatus })
    : new OutboundError('UNREACHABLE', `${began} and broke off. Try again later.`, { httpStatus, isReset: true })
}

/** Headers that describe the connection belong to the HTTP client; a user's extra header must not break its framing. */
const CONNECTION_HEADER = /^(?:connection|content-length|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|accept-encoding)$/i

function requestHeaders(request: UpstreamRequest, { network, origin }: CallContext): Record<string, string> {
  const headers: Record<string, string> = {}
  // The extra headers are meant for the provider's endpoint and may hold credentials; a vendor's other hosts do not get them.
  for (const { name, value } of request.target.origin === origin ? network.extraHeaders : []) {
    if (!CONNECTION_HEADER.test(name)) headers[name.toLowerCase()] = value
  }
  return { 'user-agent': 'ai-provider-gateway', ...headers, accept: 'application/json', 'accept-encoding': 'identity', ...request.headers }
}

function redirected(httpStatus: number): OutboundError {
  const message = `The endpoint answers with a redirect (${httpStatus}), which a key never follows. Use the address that it points to as the base URL.`
  return new OutboundError('REDIRECTED', message, { httpStatus })
}

/** Turns an error of the HTTP client into ours. Only its code is read, never its text. */
function brokenCall(error: unknown, target: Target, deadline: Deadline): OutboundError {
  if (deadline.signal.aborted) return new OutboundError('TIMED_OUT', timedOutMessage(target))
  switch (errorCode(error)) {
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return new OutboundError('TIMED_OUT', timedOutMessage(target))
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
    case 'EPIPE':
      return new OutboundError('UNREACHABLE', `${target.hostname} closed the connection without a response. Try again later.`, {
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
