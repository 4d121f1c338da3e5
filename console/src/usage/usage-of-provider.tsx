import { Anchor, Skeleton, Text } from '@mantine/core'
import { Link } from 'wouter'
import { problemOf } from '../gateway/problem.ts'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { Section } from '../parts/section.tsx'
import { OwnCallsNote } from './own-calls-note.tsx'
import { Totals } from './totals.tsx'
import type { UsageFilter } from './usage-filter.ts'
import { useUsageOverTime, useUsageRange } from './use-usage.ts'

/** No parameters: the usual range. */
const USUAL = new URLSearchParams()

/** What calls to a provider have used in the last days, with the way to the whole page. */
export function UsageOfProvider({ name }: { readonly name: string }) {
  const range = useUsageRange(USUAL)
  const filter: UsageFilter = { provider: name, model: null, key: null, token: null, outcome: null }
  const { data, error, reload } = useUsageOverTime(range, filter)
  const sums = data?.overTime
  const all = (
    <Anchor component={Link} href={`/usage?provider=${encodeURIComponent(name)}`} fz="sm">
      All usage
    </Anchor>
  )
  return (
    <Section title="Usage in 7 days" aside={all}>
      <OwnCallsNote />
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {sums === undefined && error === undefined && <Skeleton height={120} />}
      {sums?.length === 0 && (
        <Text fz="sm" c="dimmed">
          No calls in 7 days. Each call counts here when it ends.
        </Text>
      )}
      {sums !== undefined && sums.length > 0 && <Totals sums={sums} />}
    </Section>
  )
}
