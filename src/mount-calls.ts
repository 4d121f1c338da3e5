import type { Logger } from 'pino'
import type { CallRecord } from './calls/call-record.ts'
import { type Calls, type CallsDeps, createCalls } from './calls/calls.ts'
import { logUnavailable, logUnexpected } from './graphql/client-errors.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Usage } from './usage/usage.ts'

/** What the operator says of model calls. */
export type CallOptions = Pick<CallsDeps, 'outbound' | 'publicUrl' | 'maxBodyBytes' | 'bodyMemoryBytes' | 'idleMs' | 'limits'>

export interface MountedCalls extends CallOptions, Pick<CallsDeps, 'signIn' | 'tokenHeaders' | 'aliases' | 'backlog'> {
  readonly deps: Pick<CallsDeps, 'database' | 'keyring' | 'readSecretVariable' | 'clock' | 'callStatus' | 'lastUses'> & {
    readonly usage: Usage
  }
  readonly log: Logger
  readonly metrics: Metrics | null
}

/** The data plane with its log and its metrics. */
export function mountCalls({ deps, log, metrics, ...options }: MountedCalls): Calls {
  return createCalls({
    ...{ ...deps, ...options, budgets: deps.usage },
    onFinished: (record) => {
      logCall(log, record)
      metrics?.calls.finished(record)
      deps.usage.record(record)
    },
    onUnexpected: (error, requestId) => logUnexpected(error, log.child({ requestId })),
    onUnavailable: (fault, requestId) => logUnavailable(fault, log.child({ requestId })),
  })
}

/** A call leaves one line, and nothing in it is what the caller wrote: the name of a model route is one that an editor has stored. */
function logCall(log: Logger, record: CallRecord): void {
  const { requestId, method, httpStatus: status, isComplete: complete, outcome, attempts, providerType, routeName: modelRoute } = record
  const durationMs = Math.round(record.durationMs)
  const firstByteMs = record.timeToFirstByteMs === null ? null : Math.round(record.timeToFirstByteMs)
  log.info(
    { requestId, route: 'ai', method, status, durationMs, complete, outcome, attempts, providerType, modelRoute, firstByteMs },
    'request',
  )
}
