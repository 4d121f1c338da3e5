import { Counter, Histogram, type Registry } from 'prom-client'
import type { CallRecord } from '../calls/call-record.ts'

/** What is counted of model calls. Every label has a fixed list of values. */
export interface CallMetrics {
  finished(record: CallRecord): void
}

/** Seconds. A reasoning model thinks for minutes before its first byte. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

export function createCallMetrics(registry: Registry): CallMetrics {
  const registers = [registry]
  const calls = new Counter({
    name: 'gateway_ai_requests_total',
    help: 'Model calls, by the type of the provider and by how they ended.',
    labelNames: ['type', 'outcome'],
    registers,
  })
  const attempts = new Counter({
    name: 'gateway_ai_attempts_total',
    help: 'Requests to vendors, by the type of the provider and by why they were made: the first one of a call, or a further one.',
    labelNames: ['type', 'reason'],
    registers,
  })
  const firstByte = new Histogram({
    name: 'gateway_ai_ttfb_seconds',
    help: 'Time from the request to the first byte of its answer.',
    labelNames: ['type'],
    buckets: BUCKETS,
    registers,
  })
  const durations = new Histogram({
    name: 'gateway_ai_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['type', 'streamed'],
    buckets: BUCKETS,
    registers,
  })
  const aborted = new Counter({
    name: 'gateway_ai_aborted_total',
    help: 'Model calls that ended before their answer did, by who ended them.',
    labelNames: ['by'],
    registers,
  })
  const tokens = new Counter({
    name: 'gateway_ai_tokens_total',
    help: 'Tokens that vendors reported for model calls, by the type of the provider: input with what came from a cache, output with reasoning.',
    labelNames: ['type', 'direction'],
    registers,
  })
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
