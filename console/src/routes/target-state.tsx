import type { RouteFieldsFragment, TargetState } from '../generated/documents.ts'
import { type Tone, ToneBadge } from '../parts/test-status.tsx'

interface StateWords {
  readonly label: string
  readonly tone: Tone
  /** Why calls do not use it and what to do; null when they do. */
  readonly advice: string | null
}

const STATES: Readonly<Record<TargetState, StateWords>> = {
  READY: { label: 'Ready', tone: 'good', advice: null },
  NO_KEY: {
    label: 'No key',
    tone: 'bad',
    advice: 'Every key is paused, or none may be used for this model. Check the keys of the provider.',
  },
  BREAKER_OPEN: {
    label: 'Paused',
    tone: 'warn',
    advice: 'Its latest calls failed. It is tried again after half a minute; test the provider if it stays paused.',
  },
  PROVIDER_DISABLED: { label: 'Provider disabled', tone: 'quiet', advice: 'Enable the provider, or remove the target.' },
  PROVIDER_DELETED: { label: 'Provider deleted', tone: 'bad', advice: 'Choose another provider, or remove the target.' },
}

/** Whether calls use a target, and what to do when they do not. A newer gateway may know more states. */
export function TargetStateNote({ state }: { readonly state: TargetState }) {
  const { label, tone, advice } = STATES[state] ?? { label: state, tone: 'warn', advice: null }
  return (
    <>
      <ToneBadge tone={tone}>{label}</ToneBadge>
      {advice !== null && <span className="dimmed target-advice">{advice}</span>}
    </>
  )
}

/** Whether a call that names the route is answered now. */
export function RouteState({ route: { enabled, targets } }: { readonly route: RouteFieldsFragment }) {
  if (!enabled) return <ToneBadge tone="quiet">Disabled</ToneBadge>
  const ready = targets.filter(({ state }) => state === 'READY').length
  if (ready === targets.length) return <ToneBadge tone="good">Ready</ToneBadge>
  return (
    <ToneBadge tone={ready === 0 ? 'bad' : 'warn'}>{ready === 0 ? 'No target ready' : `${ready} of ${targets.length} ready`}</ToneBadge>
  )
}
