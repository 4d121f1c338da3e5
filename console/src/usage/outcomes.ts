import type { CallOutcome } from '../generated/documents.ts'
import type { Tone } from '../parts/test-status.tsx'

/** How each end of a call is shown, the good ones first. */
export const OUTCOMES: readonly { readonly value: CallOutcome; readonly label: string; readonly tone: Tone }[] = [
  { value: 'OK', label: 'OK', tone: 'good' },
  { value: 'CALLER_LEFT', label: 'Caller left', tone: 'quiet' },
  { value: 'CALLER_ERROR', label: 'Caller error', tone: 'warn' },
  { value: 'RATE_LIMITED', label: 'Rate limited', tone: 'warn' },
  { value: 'REFUSED_BY_GATEWAY', label: 'Refused by the gateway', tone: 'warn' },
  { value: 'KEY_REFUSED', label: 'Key refused', tone: 'bad' },
  { value: 'VENDOR_ERROR', label: 'Vendor error', tone: 'bad' },
  { value: 'UNREACHABLE', label: 'Unreachable', tone: 'bad' },
  { value: 'TIMED_OUT', label: 'Timed out', tone: 'bad' },
  { value: 'STREAM_BROKEN', label: 'Stream broken', tone: 'bad' },
]

/** A newer gateway may know more outcomes. */
export function outcomeOf(value: string): { readonly label: string; readonly tone: Tone } {
  return OUTCOMES.find((outcome) => outcome.value === value) ?? { label: value, tone: 'warn' }
}
