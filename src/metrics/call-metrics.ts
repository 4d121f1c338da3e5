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
  const calls = counter('gateway_ai_requests_total', 'Model calls, by the type of the provider and by how they ended.', 'type', 'outcome')
  const attempts = counter(
    'gateway_ai_attempts_total',
    'Requests to vendors, by the type of the provider and by why they were made: the first one of a call, or a further one.',
    'type',
    'reason',
  )
  const firstByte = histogram('gateway_ai_ttfb_seconds', 'Time from the request to the first byte of its answer.', BUCKETS, 'type')
  const durations = histogram('gateway_ai_duration_seconds', 'Time from the request to the end of its answer.', BUCKETS, 'type', 'streamed')
  const aborted = counter('gateway_ai_aborted_total', 'Model calls that ended before their answer did, by who ended them.', 'by')
  const tokens = counter(
    'gateway_ai_tokens_total',
    'Tokens that vendors reported for model calls, by the type of the provider: input with what came from a cache, output with reasoning.',
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
