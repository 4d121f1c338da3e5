import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Backlog } from '../backlog.ts'
import { type CallMetrics, createCallMetrics } from './call-metrics.ts'
import { instrumentsOf } from './instruments.ts'
import { addSourceMetrics, type MetricSources } from './source-metrics.ts'

/** One request that is over. */
export interface FinishedRequest {
  /** The name of the route, as in the access log: one of a fixed list, never a path. */
  readonly route: string
  readonly method: string
  readonly status: number
  readonly durationMs: number
  /** Whether the whole answer was sent; false when the client went away before. */
  readonly complete: boolean
}

/** What the gateway counts, for Prometheus. No label holds an id, a name, an address or anything else that a client chose. */
export interface Metrics {
  requestStarted(): void
  requestFinished(request: FinishedRequest): void
  /** One credential was tried at one upstream. */
  connectionTested(test: { readonly status: string; readonly durationMs: number }): void
  /** A token was refused because its row does not verify. */
  tokenUnverified(): void
  readonly calls: CallMetrics
  /** From now on these are asked at each reading. */
  watch(sources: MetricSources): void
  /** Everything, in the text format of Prometheus. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Seconds. An answer from memory takes under a millisecond, one with a connection test up to ten seconds. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const TEST_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A client may send any method that HTTP has; these have a label of their own. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** @param backlog where requests wait that are over, and not counted yet. */
export function createMetrics(backlog: Pick<Backlog, 'settle'>): Metrics {
  const registry = new Registry()
  const { counter, histogram } = instrumentsOf(registry)
  // Of the process: processor time, memory, descriptors, event-loop lag, garbage collection.
  collectDefaultMetrics({ register: registry })
  const requests = counter(
    'gateway_http_requests_total',
    'Requests answered, by route (a name such as graphql), method and HTTP status.',
    'route',
    'method',
    'status',
  )
  const durations = histogram(
    'gateway_http_request_duration_seconds',
    'Time from the head of a request to the end of its answer, by route and method. Subscriptions (graphql.stream) count at their end.',
    REQUEST_BUCKETS,
    'route',
    'method',
  )
  const aborted = counter(
    'gateway_http_requests_aborted_total',
    'Requests whose client disconnected before the end of the answer, by route.',
    'route',
  )
  const inFlight = new Gauge({
    name: 'gateway_http_requests_in_flight',
    help: 'Requests in progress, including subscriptions.',
    registers: [registry],
  })
  const tests = counter('gateway_connection_tests_total', 'Tested credentials, by status.', 'status')
  const testDurations = histogram('gateway_connection_test_duration_seconds', 'Time that the test of one credential took.', TEST_BUCKETS)
  const unverified = counter('gateway_unverified_tokens_total', 'Requests refused because something changed their token in the database.')
  return {
    requestStarted: () => inFlight.inc(),
    requestFinished: ({ route, method: given, status, durationMs, complete }) => {
      const method = METHODS.includes(given) ? given : 'OTHER'
      inFlight.dec()
      requests.inc({ route, method, status })
      durations.observe({ route, method }, durationMs / 1_000)
      if (!complete) aborted.inc({ route })
    },
    connectionTested: ({ status, durationMs }) => {
      tests.inc({ status })
      testDurations.observe(durationMs / 1_000)
    },
    tokenUnverified: () => unverified.inc(),
    calls: createCallMetrics(registry),
    watch: (sources) => addSourceMetrics(registry, sources),
    read: async () => {
      backlog.settle()
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
