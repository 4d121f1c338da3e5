import { Skeleton, Text } from '@mantine/core'
import { useCallback } from 'react'
import { useQuery } from 'urql'
import { PageTurner } from '../admin/page-turner.tsx'
import { problemOf } from '../gateway/problem.ts'
import { ModelCallsDocument, type ModelCallsQuery } from '../generated/documents.ts'
import { downloadCsv } from '../parts/csv.ts'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { Section } from '../parts/section.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { CallRow } from './call-row.tsx'
import { ExportLink } from './export-link.tsx'
import { toCallFilter, type UsageFilter } from './usage-filter.ts'
import type { UsageRange } from './usage-range.ts'
import { textsOf, useReading } from './use-usage.ts'

export type ModelCall = ModelCallsQuery['modelCalls']['nodes'][number]

const PAGE_SIZE = 25

export interface NewestCallsProps {
  readonly range: UsageRange
  readonly filter: UsageFilter
}

/** The calls one by one, newest first: no prompt and no answer is kept of them. */
export function NewestCalls({ range, filter }: NewestCallsProps) {
  const [parameters, change] = useUrlState()
  const after = parameters.get('after')
  const [{ data, error }, read] = useQuery({
    query: ModelCallsDocument,
    variables: { first: PAGE_SIZE, after, filter: { ...toCallFilter(filter), ...textsOf(range) } },
    requestPolicy: 'cache-and-network',
  })
  const reload = useCallback(() => read({ requestPolicy: 'network-only' }), [read])
  useReading(reload)
  const page = data?.modelCalls
  return (
    <Section title="Newest calls" aside={page !== undefined && <ExportLink of="Newest calls" onExport={() => exportCalls(page.nodes)} />}>
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={reload} />}
      {page === undefined && error === undefined && <Skeleton height={240} />}
      {page?.nodes.length === 0 && (
        <Text fz="sm" c="dimmed">
          The single calls of this range are no longer kept. Their sums are.
        </Text>
      )}
      {page !== undefined && page.nodes.length > 0 && <CallTable calls={page.nodes} />}
      {page !== undefined && <PageTurner pageInfo={page.pageInfo} after={after} onTurn={(cursor) => change({ after: cursor })} />}
    </Section>
  )
}

function CallTable({ calls }: { readonly calls: readonly ModelCall[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-scroll" tabIndex={0} aria-label="Calls, newest first">
      <table className="plain-table card-table">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Outcome</th>
            <th scope="col">Provider</th>
            <th scope="col">Model</th>
            <th scope="col">Caller</th>
            <th scope="col" className="cell-figure">
              Tokens
            </th>
            <th scope="col" className="cell-figure">
              Took
            </th>
            <th scope="col">
              <span className="visually-hidden">Details</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow key={call.id} call={call} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function exportCalls(calls: readonly ModelCall[]): void {
  downloadCsv('newest-calls', [
    [
      'started',
      'outcome',
      'provider',
      'key',
      'caller',
      'route',
      'kind',
      'model',
      'HTTP status',
      'attempts',
      'input tokens',
      'output tokens',
      'ms',
    ],
    ...calls.map((call) => [
      ...[call.startedAt, call.outcome, call.providerName, call.apiKeyMasked, call.caller.name, call.route, call.kind, call.model],
      ...[call.httpStatus, call.attempts, call.usage?.inputTokens ?? null, call.usage?.outputTokens ?? null, call.durationMs],
    ]),
  ])
}
