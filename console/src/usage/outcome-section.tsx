import type { UsageOverTimeQuery } from '../generated/documents.ts'
import { formatCount, formatShare } from '../parts/format.ts'
import { Section } from '../parts/section.tsx'
import { ToneBadge } from '../parts/test-status.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { OUTCOMES, outcomeOf } from './outcomes.ts'

export interface OutcomeSectionProps {
  readonly outcomes: UsageOverTimeQuery['outcomes']
}

/** How calls ended: a bar, and below it each outcome, which leaves only its calls when it is chosen. */
export function OutcomeSection({ outcomes }: OutcomeSectionProps) {
  const [, change] = useUrlState()
  const order = (group: string) => OUTCOMES.findIndex(({ value }) => value === group)
  const sorted = outcomes.toSorted((one, other) => order(one.group) - order(other.group))
  const all = outcomes.reduce((sum, { calls }) => sum + calls, 0)
  return (
    <Section title="Outcomes">
      <div className="outcome-bar" aria-hidden="true">
        {sorted.map(({ group, calls }) => (
          <span key={group} className={`outcome-part outcome-${outcomeOf(group).tone}`} style={{ flexGrow: calls }} />
        ))}
      </div>
      <ul className="outcomes">
        {sorted.map(({ group, calls }) => {
          const { label, tone } = outcomeOf(group)
          return (
            <li key={group}>
              <button
                type="button"
                className="outcome-button"
                title={`Only ${label}`}
                onClick={() => change({ outcome: group, after: null })}
              >
                <ToneBadge tone={tone}>{label}</ToneBadge>
              </button>
              <span className="outcome-count">{formatCount(calls)}</span>
              <span className="dimmed">{formatShare(calls, all)}</span>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
