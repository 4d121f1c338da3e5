import { Anchor, Skeleton, Text } from '@mantine/core'
import { useState } from 'react'
import { useQuery } from 'urql'
import { problemOf } from '../gateway/problem.ts'
import { ProviderHistoryDocument, type ProviderHistoryQuery } from '../generated/documents.ts'
import { CopyCode } from '../parts/copy-button.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { formatMinute, formatTime } from '../parts/relative-time.tsx'
import { Section } from '../parts/section.tsx'
import { statusOf, ToneBadge } from '../parts/test-status.tsx'
import { HistoryChart } from './history-chart.tsx'

type Found = NonNullable<ProviderHistoryQuery['provider']>
export type PastTest = Found['connectionTests']['nodes'][number]

/** How the latest tests went, drawn and as a table, and the models that they found. */
export function History({ name }: { readonly name: string }) {
  const [{ data, error }, read] = useQuery({ query: ProviderHistoryDocument, variables: { name }, requestPolicy: 'cache-and-network' })
  const provider = data?.provider
  if (error !== undefined && !provider)
    return <ProblemPanel problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />
  if (!provider) return <Skeleton height={200} />
  return (
    <>
      <Tests tests={provider.connectionTests.nodes} total={provider.connectionTests.totalCount} />
      <Models models={provider.models} />
    </>
  )
}

function Tests({ tests, total }: { readonly tests: readonly PastTest[]; readonly total: number }) {
  const [isTable, setTable] = useState(false)
  const aside = tests.length > 0 && (
    <Anchor component="button" type="button" fz="sm" onClick={() => setTable(!isTable)} aria-expanded={isTable}>
      {isTable ? 'Show as a chart' : 'Show as a table'}
    </Anchor>
  )
  return (
    <Section title="History of tests" aside={aside}>
      {tests.length === 0 && (
        <Text fz="sm" c="dimmed">
          No tests yet. Run a test to see its outcome and duration here.
        </Text>
      )}
      {tests.length > 0 && (isTable ? <TestTable tests={tests} /> : <HistoryChart tests={tests} />)}
      {total > tests.length && (
        <Text fz="xs" c="dimmed" mt="xs">
          The latest {tests.length} of {total.toLocaleString('en')}.
        </Text>
      )}
    </Section>
  )
}

function TestTable({ tests }: { readonly tests: readonly PastTest[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-scroll history-table" tabIndex={0} aria-label="Tests, newest first">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Outcome</th>
            <th scope="col">Took</th>
            <th scope="col">Key</th>
          </tr>
        </thead>
        <tbody>
          {tests.map((test) => (
            <tr key={test.id}>
              <td>
                <time dateTime={test.testedAt} title={formatTime(test.testedAt)}>
                  {formatMinute(test.testedAt)}
                </time>
              </td>
              <td>
                <ToneBadge tone={statusOf(test.status).tone}>{statusOf(test.status).label}</ToneBadge>
              </td>
              <td>{test.durationMs.toLocaleString('en')} ms</td>
              <td>
                {test.apiKey === null ? <span className="dimmed">None, or gone</span> : <code className="mask">{test.apiKey.masked}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const FEW = 12

function Models({ models }: Pick<Found, 'models'>) {
  const [areAll, setAll] = useState(false)
  if (models.totalCount === 0) return null
  const shown = areAll ? models.nodes : models.nodes.slice(0, FEW)
  const aside = models.nodes.length > FEW && (
    <Anchor component="button" type="button" fz="sm" onClick={() => setAll(!areAll)} aria-expanded={areAll}>
      {areAll ? 'Show fewer' : `Show all ${models.nodes.length}`}
    </Anchor>
  )
  return (
    <Section title={`Models (${models.totalCount.toLocaleString('en')})`} aside={aside}>
      <ul className="models">
        {shown.map(({ name }) => (
          <li key={name}>
            <CopyCode text={name} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
