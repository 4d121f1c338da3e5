import { Anchor, Skeleton, Text } from '@mantine/core'
import { Link } from 'wouter'
import { problemOf } from '../gateway/problem.ts'
import { formatCount } from '../parts/format.ts'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { Section } from '../parts/section.tsx'
import { OwnCallsNote } from '../usage/own-calls-note.tsx'
import { GROUPINGS, type Grouping, type UsageFilter } from '../usage/usage-filter.ts'
import { useUsageByGroup, useUsageRange } from '../usage/use-usage.ts'

const RANGE = new URLSearchParams({ range: '30d' })
/** The others are on the page of usage. */
const SHOWN = 10

/** Who has called with a key in the last days, and which models. */
export function KeyUsage({ id }: { readonly id: string }) {
  return (
    <>
      <OwnCallsNote />
      <UsedBy id={id} grouping="token" title="Callers in 30 days" />
      <UsedBy id={id} grouping="model" title="Models in 30 days" />
    </>
  )
}

interface UsedByProps {
  readonly id: string
  readonly grouping: Grouping
  readonly title: string
}

function UsedBy({ id, grouping, title }: UsedByProps) {
  const range = useUsageRange(RANGE)
  const filter: UsageFilter = { provider: null, model: null, key: id, token: null, outcome: null }
  const { data, error, reload } = useUsageByGroup(range, filter, grouping)
  const all = (
    <Anchor
      component={Link}
      href={`/usage?key=${encodeURIComponent(id)}&range=30d&by=${grouping}`}
      fz="sm"
      aria-label={`All usage: ${title}`}
    >
      All usage
    </Anchor>
  )
  return (
    <Section title={title} aside={all}>
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {data === undefined && error === undefined && <Skeleton height={60} />}
      {data?.usage.length === 0 && (
        <Text fz="sm" c="dimmed">
          No calls.
        </Text>
      )}
      {data !== undefined && data.usage.length > 0 && (
        <ul className="used-by" aria-label={GROUPINGS[grouping].label}>
          {data.usage.slice(0, SHOWN).map(({ group, calls, node }, index) => (
            <li key={node?.id ?? `${index} ${group}`}>
              <span>{group}</span>
              <span className="dimmed">{calls === 1 ? '1 call' : `${formatCount(calls)} calls`}</span>
            </li>
          ))}
        </ul>
      )}
      {data !== undefined && data.usage.length > SHOWN && (
        <Text fz="xs" c="dimmed" mt="xs">
          The first {SHOWN} of {formatCount(data.usage.length)}.
        </Text>
      )}
    </Section>
  )
}
