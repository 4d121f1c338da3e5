import { type Attributes, context, INVALID_SPAN_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/** Spans of the gateway, by the name of the library that makes them. */
export const TRACER = 'ai-provider-gateway'

/** What a span may say: fixed words, numbers and host names. No secret, no variable, no query of a URL, no text of an error. */
export interface SpanStart {
  readonly kind?: 'internal' | 'client'
  readonly attributes?: Attributes
}

let isOn = false
/** Stands for every span while nothing is traced. */
const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/** Whether spans are sent anywhere. Making those that are not took three microseconds of a call. */
export function isTracing(): boolean {
  return isOn
}

/** Says whether spans are sent from now on. */
export function setTracing(on: boolean): void {
  isOn = on
}

/** Runs `work` in a span of its own. Of an error the span keeps the name alone: a message may quote what a client sent. */
export function inSpan<T>(name: string, { kind = 'internal', attributes = {} }: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  if (!isOn) return work(NO_SPAN)
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
  const span = isOn ? trace.getActiveSpan()?.spanContext() : undefined
  return span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }
}

/** The same function, run as part of the trace that is active now, whenever and by whomever it is called. */
export function inThisTrace(work: () => void): () => void {
  return isOn ? context.bind(context.active(), work) : work
}
