import { setTimeout as sleep } from 'node:timers/promises'
import { context, propagation, trace } from '@opentelemetry/api'
import { setTracing, TRACER } from './span.ts'

export interface Tracing {
  /** Sends what is left, for some seconds at most, and ends tracing. */
  close(): Promise<void>
}

/** How long the last spans may take to be sent when the process is asked to stop. */
const FLUSH_TIMEOUT_MS = 3_000

/**
 * Sends spans to where the standard `OTEL_*` variables say, which the SDK reads for itself. It is loaded here and not with
 * the program: it is large, and most gateways start without it. Spans are made by our own code alone, so that nothing
 * of a request gets into them that we did not choose.
 */
export async function startTracing(): Promise<Tracing> {
  const { NodeSDK, resources } = await import('@opentelemetry/sdk-node')
  const sdk = new NodeSDK({
    resource: resources.defaultResource().merge(resources.resourceFromAttributes({ 'service.name': TRACER })),
    // Not the detectors of the process and the host, which tell its command line and its user.
    resourceDetectors: [resources.envDetector],
    instrumentations: [],
    // Metrics are for Prometheus to read, and the log goes to standard output.
    metricReaders: [],
    logRecordProcessors: [],
  })
  sdk.start()
  setTracing(true)
  return {
    close: async () => {
      const stop = new AbortController()
      const late = sleep(FLUSH_TIMEOUT_MS, undefined, { signal: stop.signal })
      // A collector that is away must not keep the gateway from stopping.
      await Promise.race([sdk.shutdown(), late]).catch(() => {})
      stop.abort()
      late.catch(() => {})
      setTracing(false)
      trace.disable()
      context.disable()
      propagation.disable()
    },
  }
}
