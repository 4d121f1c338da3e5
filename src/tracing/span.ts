import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/** Spans of the gateway, by the name of the library that makes them. Without tracing they cost next to nothing. */
export const TRACER = 'ai-provider-gateway'

/** What a span may say: fixed words, numbers and host names. No secret, no variable, no query of a URL, no text of an error. */
export interface SpanStart {
  readonly kind?: 'internal' | 'client'
  readonly attributes?: Attributes
}

/** Runs `work` in a span of its own. Of an error the span keeps the name alone: a message may quote what a client sent. */
export function inSpan<T>(name: string, { kind = 'internal', attributes = {} }: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  const options = { kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes }
  return trace.getTracer(TRACER).startActiveSpan(name, options, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
      throw error
    } finally {
      span.end()
    }
  })
}

/** The fields of a log line that lead to its trace; none while nothing is traced. */
export function traceFields(): { traceId?: string; spanId?: string } {
  const span = trace.getActiveSpan()?.spanContext()
  return span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }
}

/** The same function, run as part of the trace that is active now, whenever and by whomever it is called. */
export function inThisTrace(work: () => void): () => void {
  return context.bind(context.active(), work)
}
