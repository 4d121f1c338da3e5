import type { Counter, Registry } from 'prom-client'
import type { CallRecord } from '../calls/call-record.ts'
import { instrumentsOf } from './instruments.ts'

/** What is counted of model calls. Every label has a fixed list of values. */
export interface CallMetrics {
  finished(record: CallRecord): void
}

/** Seconds. A reasoning model thinks for minutes before its first byte. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

export function createCallMetrics(registry: Registry): CallMetrics {
  const { counter, histogram } = instrumentsOf(registry)
  const calls = counter(
    'gateway_ai_requests_total',
    'Model calls, by type of the provider and outcome, such as OK or RATE_LIMITED.',
    'type',
    'outcome',
  )
  const attempts = counter(
    'gateway_ai_attempts_total',
    'Requests to vendors, by type of the provider and reason: first, next_key, next_target, retry or closed_connection.',
    'type',
    'reason',
  )
  const firstByte = histogram('gateway_ai_ttfb_seconds', 'Time to the first byte of the answer, by type of the provider.', BUCKETS, 'type')
  const durations = histogram(
    'gateway_ai_duration_seconds',
    'Time to the end of the answer, by type of the provider and streamed (true or false).',
    BUCKETS,
    'type',
    'streamed',
  )
  const aborted = counter('gateway_ai_aborted_total', 'Model calls that were cut off (by: caller or vendor).', 'by')
  const tokens = counter(
    'gateway_ai_tokens_total',
    'Tokens that vendors reported, by type of the provider and direction: input, including cached input, and output, including reasoning.',
    'type',
    'direction',
  )
  return {
    finished: (record) => {
      const type = record.providerType ?? 'NONE'
      calls.inc({ type, outcome: record.outcome })
      countAttempts(attempts, type, record)
      if (record.timeToFirstByteMs !== null) firstByte.observe({ type }, record.timeToFirstByteMs / 1_000)
      durations.observe({ type, streamed: String(record.streamed) }, record.durationMs / 1_000)
      if (record.usage !== null) {
        tokens.inc({ type, direction: 'input' }, record.usage.inputTokens)
        tokens.inc({ type, direction: 'output' }, record.usage.outputTokens)
      }
      if (record.outcome === 'CALLER_LEFT') aborted.inc({ by: 'caller' })
      if (record.outcome === 'STREAM_BROKEN') aborted.inc({ by: 'vendor' })
    },
  }
}

function countAttempts(counter: Counter<'type' | 'reason'>, type: string, { attempts, furtherAttempts }: CallRecord): void {
  if (attempts > 0) counter.inc({ type, reason: 'first' })
  if (attempts < 2) return
  for (const [reason, count] of Object.entries(furtherAttempts)) if (count > 0) counter.inc({ type, reason }, count)
}
