import type { IncomingMessage } from 'node:http'
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { isTracing, TRACER } from './span.ts'

/** The span of one request: it ends with the answer, when the route is known. */
export interface RequestSpan {
  end(finished: { readonly route: string; readonly method: string; readonly status: number }): void
}

const NO_SPAN: RequestSpan = { end: () => {} }

/** Answers a request in a span of its own, below the caller's when the header `traceparent` names one. */
export function inRequestSpan<T>(request: IncomingMessage, work: (span: RequestSpan) => T): T {
  if (!isTracing()) return work(NO_SPAN)
  const caller = propagation.extract(ROOT_CONTEXT, request.headers)
  const method = request.method ?? ''
  const span = trace.getTracer(TRACER).startSpan(method, { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } }, caller)
  const end: RequestSpan['end'] = ({ route, status }) => {
    span.updateName(`${method} ${route}`)
    span.setAttributes({ 'http.route': route, 'http.response.status_code': status })
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
  return context.with(trace.setSpan(caller, span), () => work({ end }))
}
