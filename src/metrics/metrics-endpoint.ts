import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { presentedToken } from '../auth/presented-token.ts'
import { type Answer, json, send, setSecurityHeaders } from '../http/respond.ts'
import type { Metrics } from './metrics.ts'

/** Answers requests for the metrics. */
export type MetricsEndpoint = (request: IncomingMessage) => Promise<Answer>

/**
 * The answer to `GET /metrics`. With a token it lets in only who presents that one, which opens nothing else; access
 * tokens do not open it.
 * @param token Empty when whoever reaches the port may read.
 */
export function createMetricsEndpoint(metrics: Metrics, token: string): MetricsEndpoint {
  return async (request) => {
    if (token !== '' && !isSame(presentedToken(request.headers, []) ?? '', token)) return UNAUTHENTICATED
    if (request.method !== 'GET' && request.method !== 'HEAD') return METHOD_NOT_ALLOWED
    const { contentType, text } = await metrics.read()
    return { status: 200, headers: { 'content-type': contentType }, body: text }
  }
}

/** The listener of a port that serves the metrics and nothing else. */
export function metricsListener(endpoint: MetricsEndpoint): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    setSecurityHeaders(response, randomUUID())
    const [path] = (request.url ?? '').split('?')
    const answer = path === '/metrics' ? endpoint(request) : Promise.resolve(NOT_FOUND)
    void answer.catch(() => FAILED).then((answered) => send(response, answered))
  }
}

const UNAUTHENTICATED = json(
  401,
  { message: 'Send METRICS_TOKEN in the header `Authorization: Bearer <token>`.' },
  { 'www-authenticate': 'Bearer' },
)
const METHOD_NOT_ALLOWED = json(405, { message: 'Use GET to read metrics.' }, { allow: 'GET, HEAD' })
const NOT_FOUND = json(404, { message: 'Only /metrics is served here.' })
const FAILED = json(500, { message: 'The metrics cannot be read.' })

/** Compares in constant time: digests, because the lengths may differ. */
function isSame(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
