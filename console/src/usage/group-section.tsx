import { Skeleton, Tabs } from '@mantine/core'
import { problemOf } from '../gateway/problem.ts'
import { downloadCsv } from '../parts/csv.ts'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { Section } from '../parts/section.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { ExportLink } from './export-link.tsx'
import { GroupTable } from './group-table.tsx'
import { GROUPINGS, type Grouping, groupingOf, isGrouping, type UsageFilter } from './usage-filter.ts'
import type { UsageRange } from './usage-range.ts'
import { type UsageGroupRow, useUsageByGroup } from './use-usage.ts'

export interface GroupSectionProps {
  readonly range: UsageRange
  readonly filter: UsageFilter
}

/** Who used what: sums by provider, model, key or caller. */
export function GroupSection({ range, filter }: GroupSectionProps) {
  const [parameters, change] = useUrlState()
  const grouping = groupingOf(parameters)
  const { data, error, reload } = useUsageByGroup(range, filter, grouping)
  return (
    <Section
      title="Who used what"
      aside={data !== undefined && <ExportLink of="Who used what" onExport={() => exportGroups(grouping, data.usage)} />}
    >
      <Tabs
        value={grouping}
        onChange={(name) => name !== null && isGrouping(name) && change({ by: name })}
        variant="pills"
        keepMounted={false}
      >
        <Tabs.List aria-label="Group by">
          {Object.entries(GROUPINGS).map(([name, { label }]) => (
            <Tabs.Tab key={name} value={name} className="touch-target">
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={grouping} pt="sm">
          {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
          {data === undefined && error === undefined && <Skeleton height={160} />}
          {data !== undefined && <GroupTable grouping={grouping} rows={data.usage} />}
        </Tabs.Panel>
      </Tabs>
    </Section>
  )
}

function exportGroups(grouping: Grouping, rows: readonly UsageGroupRow[]): void {
  const head = [GROUPINGS[grouping].one, 'calls', 'failed', 'without token figures', 'input tokens', 'cached input tokens', 'output tokens']
  downloadCsv(`usage-by-${GROUPINGS[grouping].one.toLowerCase()}`, [
    [...head, 'median time to first byte (ms)'],
    ...rows.map(({ group, calls, failed, missingUsage, usage, medianTimeToFirstByteMs }) => [
      ...[group, calls, failed, missingUsage, usage.inputTokens, usage.cachedInputTokens, usage.outputTokens],
      medianTimeToFirstByteMs,
    ]),
  ])
}
