import type { IncomingMessage, ServerResponse } from 'node:http'
import { kindOf } from './call-kind.ts'
import type { CallPath } from './call-path.ts'
import type { CallProgress, CallRecord } from './call-record.ts'
import type { Relay } from './relay.ts'

/** A request to a call route that is over. */
export interface FinishedCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly path: CallPath
  readonly progress: CallProgress
  readonly relay: Relay
}

/** When it began, in milliseconds since 1970; when it began and ended, by `performance.now()`. */
export interface CallTime {
  readonly startedAt: number
  readonly began: number
  readonly ended: number
}

/** What is known of it. */
export function recordOf(
  { requestId, request, response, progress, relay, path }: FinishedCall,
  { startedAt, began, ended }: CallTime,
): CallRecord {
  const { provider, outcome, caller, apiKeyId, apiKeyMasked, model, routeName } = progress
  const { attempts, furtherAttempts, requestBytes, vendorRequestId } = progress
  const { usage, usageSource } = relay.usage()
  return {
    requestId,
    isCall: outcome !== null,
    caller,
    apiKeyId,
    apiKeyMasked,
    model,
    routeName,
    attempts,
    furtherAttempts,
    requestBytes,
    startedAt,
    providerId: provider?.id ?? null,
    providerName: provider?.name ?? null,
    providerType: provider?.type ?? null,
    kind: kindOf(progress.path ?? ('rest' in path ? path.rest : '')),
    method: request.method ?? '',
    streamed: relay.isStream,
    // The last bytes may not have reached who left while they were on their way.
    outcome: outcome ?? (response.writableFinished ? 'OK' : 'CALLER_LEFT'),
    httpStatus: response.headersSent ? response.statusCode : null,
    durationMs: ended - began,
    timeToFirstByteMs: relay.firstByteAt === null ? null : relay.firstByteAt - began,
    responseBytes: relay.bytes,
    isComplete: response.writableFinished,
    usage,
    usageSource,
    client: request.headers['user-agent'] ?? null,
    vendorRequestId,
    answeredModel: relay.answeredModel,
  }
}
