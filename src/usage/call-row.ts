import { randomUUID } from 'node:crypto'
import type { CallRecord } from '../calls/call-record.ts'
import type { ModelCall } from '../generated/prisma-sqlite/client.ts'

/** Of a text that a caller or a vendor has sent this much is kept. */
const LONGEST_TEXT = 200

/** A call as it is stored; null for what is none, and for a stranger's. */
export function toCallRow(record: CallRecord): ModelCall | null {
  const { isCall, caller, usage } = record
  if (!isCall || caller === null) return null
  return {
    id: callId(record.startedAt, randomUUID()),
    startedAt: new Date(record.startedAt),
    providerId: record.providerId,
    providerName: record.providerName,
    providerType: record.providerType,
    apiKeyId: record.apiKeyId,
    apiKeyMasked: record.apiKeyMasked,
    callerKind: caller.kind,
    callerId: caller.tokenId,
    callerName: caller.tokenName,
    route: record.routeName,
    kind: record.kind,
    model: short(record.model),
    answeredModel: short(record.answeredModel),
    streamed: record.streamed,
    outcome: record.outcome,
    httpStatus: record.httpStatus,
    attempts: record.attempts,
    firstByteMs: record.timeToFirstByteMs === null ? null : Math.round(record.timeToFirstByteMs),
    durationMs: Math.round(record.durationMs),
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    usageSource: record.usageSource,
    inputTokens: usage?.inputTokens ?? null,
    cachedInputTokens: usage?.cachedInputTokens ?? null,
    cacheWriteTokens: usage?.cacheWriteTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    reasoningTokens: usage?.reasoningTokens ?? null,
    client: short(record.client),
    vendorRequestId: record.vendorRequestId,
  }
}

/** The text as both databases take it: without U+0000 and half characters. */
function short(text: string | null): string | null {
  if (text === null || text === '') return null
  return text.slice(0, LONGEST_TEXT).toWellFormed().replaceAll('\u0000', '\ufffd')
}

/** A UUID of version 7: the first 48 bits are milliseconds since 1970. */
function callId(startedAt: number, random: string): string {
  const time = startTime(startedAt)
  return `${time}-7${random.slice(15)}`
}

/** The smallest id that a call of this time, or a later one, can have. */
export function firstCallId(from: Date): string {
  return `${startTime(from.getTime())}-0000-0000-000000000000`
}

function startTime(ms: number): string {
  const hex = Math.min(Math.max(0, Math.trunc(ms)), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}
