import { Paper, Skeleton, Text } from '@mantine/core'
import { Link } from 'wouter'
import { problemOf } from '../gateway/problem.ts'
import type { UsageOverTimeQuery } from '../generated/documents.ts'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { FilterChips } from './filter-chips.tsx'
import { GroupSection } from './group-section.tsx'
import { NewestCalls } from './newest-calls.tsx'
import { OutcomeSection } from './outcome-section.tsx'
import { RangeControls } from './range-controls.tsx'
import { Totals } from './totals.tsx'
import { CallsChart, FirstByteChart, TokensChart } from './usage-charts.tsx'
import { usageFilterOf } from './usage-filter.ts'
import type { UsageRange } from './usage-range.ts'
import { useUsageOverTime, useUsageRange } from './use-usage.ts'

/** Usage over time, by group, and call by call. What is shown stands in the URL. */
export function UsageView() {
  const [parameters] = useUrlState()
  const range = useUsageRange(parameters)
  const filter = usageFilterOf(parameters)
  const { data, error, reload } = useUsageOverTime(range, filter)
  return (
    <div className="usage">
      <RangeControls range={range} />
      <FilterChips />
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {data === undefined && error === undefined && <Skeleton height={420} />}
      {data !== undefined && <Figures data={data} range={range} />}
      {data !== undefined && data.overTime.length > 0 && (
        <>
          <GroupSection {...{ range, filter }} />
          <NewestCalls {...{ range, filter }} />
        </>
      )}
    </div>
  )
}

interface FiguresProps {
  readonly data: UsageOverTimeQuery
  readonly range: UsageRange
}

function Figures({ data, range }: FiguresProps) {
  if (data.overTime.length === 0) return <NoCalls />
  return (
    <>
      <Totals sums={data.overTime} />
      <div className="usage-charts">
        <CallsChart sums={data.overTime} range={range} />
        <TokensChart sums={data.overTime} range={range} />
        <FirstByteChart sums={data.overTime} range={range} />
        <OutcomeSection outcomes={data.outcomes} />
      </div>
    </>
  )
}

function NoCalls() {
  return (
    <Paper withBorder p="xl" className="empty">
      <Text fw={600}>No calls</Text>
      <Text c="dimmed" fz="sm" mt={4}>
        No model call matches. Choose a longer range or fewer filters, or make a call: each <Link href="/">provider</Link> shows how under
        Use it.
      </Text>
    </Paper>
  )
}
