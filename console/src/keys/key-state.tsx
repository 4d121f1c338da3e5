import type { KeyFieldsFragment, KeyState } from '../generated/documents.ts'
import { type Tone, ToneBadge } from '../parts/test-status.tsx'

/** How each state is shown to a person. */
const STATES: Readonly<Record<KeyState, { readonly label: string; readonly tone: Tone }>> = {
  READY: { label: 'Ready', tone: 'good' },
  COOLING: { label: 'Rate limited', tone: 'warn' },
  EXHAUSTED: { label: 'Quota used up', tone: 'bad' },
  REFUSED: { label: 'Refused', tone: 'bad' },
  DISABLED: { label: 'Disabled', tone: 'quiet' },
}

/** Whether model calls use a key now. A newer gateway may know more states. */
export function KeyStateBadge({ apiKey }: { readonly apiKey: Pick<KeyFieldsFragment, 'availability'> }) {
  const { state } = apiKey.availability
  const { label, tone } = STATES[state] ?? { label: state, tone: 'warn' }
  return <ToneBadge tone={tone}>{label}</ToneBadge>
}
