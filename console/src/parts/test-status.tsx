import type { ConnectionStatus, TestOutcomeFragment } from '../generated/documents.ts'
import { RelativeTime } from './relative-time.tsx'

export type Tone = 'good' | 'warn' | 'bad' | 'quiet'

/** How each outcome is shown: a word, and a tone that is never the only sign of it. */
export const STATUSES: Readonly<Record<ConnectionStatus, { readonly label: string; readonly tone: Tone }>> = {
  OK: { label: 'OK', tone: 'good' },
  UNAUTHORIZED: { label: 'Key refused', tone: 'bad' },
  FORBIDDEN: { label: 'Forbidden', tone: 'bad' },
  NOT_FOUND: { label: 'Not found', tone: 'bad' },
  RATE_LIMITED: { label: 'Rate limited', tone: 'warn' },
  TIMED_OUT: { label: 'Timed out', tone: 'bad' },
  UNREACHABLE: { label: 'Unreachable', tone: 'bad' },
  TLS_FAILED: { label: 'TLS failed', tone: 'bad' },
  REDIRECTED: { label: 'Redirected', tone: 'bad' },
  BLOCKED_ADDRESS: { label: 'Blocked address', tone: 'bad' },
  UNEXPECTED_RESPONSE: { label: 'Unexpected answer', tone: 'warn' },
  NOT_TESTABLE: { label: 'Not testable', tone: 'warn' },
}

/** A newer gateway may know more outcomes. */
export function statusOf(status: ConnectionStatus): { readonly label: string; readonly tone: Tone } {
  return STATUSES[status] ?? { label: status, tone: 'warn' }
}

export interface ToneBadgeProps {
  readonly tone: Tone
  readonly children: string
}

/** A word with a dot, in a tone. */
export function ToneBadge({ tone, children }: ToneBadgeProps) {
  return <span className={`tone-badge tone-${tone}`}>{children}</span>
}

export interface TestStatusProps {
  readonly test: Pick<TestOutcomeFragment, 'status' | 'testedAt' | 'message' | 'keyVerified'> | null
}

/** How the latest test ended, and when. */
export function TestStatus({ test }: TestStatusProps) {
  if (test === null) return <ToneBadge tone="quiet">Not tested</ToneBadge>
  const { label, tone } = statusOf(test.status)
  return (
    <span className="test-status" title={test.message}>
      <ToneBadge tone={tone}>{test.status === 'OK' && !test.keyVerified ? 'Reachable' : label}</ToneBadge>
      <RelativeTime at={test.testedAt} />
    </span>
  )
}
