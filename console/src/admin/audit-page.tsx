import { Paper, Skeleton, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from 'urql'
import { problemOf } from '../gateway/problem.ts'
import { AuditEventsDocument, type AuditEventsQuery, type AuditEventsQueryVariables } from '../generated/documents.ts'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { AUDIT_ACTIONS, AuditToolbar } from './audit-toolbar.tsx'
import { EventRow } from './event-row.tsx'
import { PageTurner } from './page-turner.tsx'

const PAGE_SIZE = 50
const TYPING_PAUSE_MS = 300
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Who did what to which provider, token or key: newest first, ids and masks only. */
export function AuditPage() {
  const [parameters, change] = useUrlState()
  const [settled] = useDebouncedValue(parameters.toString(), TYPING_PAUSE_MS)
  const after = parameters.get('after')
  const [{ data, error }, read] = useQuery({
    query: AuditEventsDocument,
    variables: { first: PAGE_SIZE, ...questionOf(new URLSearchParams(settled)) },
    requestPolicy: 'cache-and-network',
  })
  return (
    <>
      <PageHeading
        title="Audit log"
        aside={data !== undefined && <span className="count">{data.auditEvents.totalCount.toLocaleString('en')}</span>}
      />
      <AuditToolbar />
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />}
      {data === undefined && error === undefined && <Skeleton height={320} />}
      {data !== undefined && (
        <Events
          page={data.auditEvents}
          after={after}
          onTurn={(cursor) => change({ after: cursor })}
          onOnly={(about) => change({ about, after: null })}
        />
      )}
    </>
  )
}

/** What the URL asks for, in the words of the API. Days are those of the reader. */
function questionOf(parameters: URLSearchParams): Omit<AuditEventsQueryVariables, 'first'> {
  const about = parameters.get('about')?.trim() ?? ''
  const who = parameters.get('who')?.trim() ?? ''
  const action = AUDIT_ACTIONS.find((one) => one === parameters.get('action'))
  const since = startOfDay(parameters.get('from'), 0)
  const until = startOfDay(parameters.get('until'), 1)
  return {
    after: parameters.get('after'),
    ...(about === '' ? {} : UUID.test(about) ? { subject: about } : { subjectName: about }),
    ...(who === '' ? {} : { actor: who }),
    ...(action === undefined ? {} : { action }),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  }
}

/** The last time that the gateway can read. */
const LAST_TIME = Date.UTC(9999, 11, 31)

/** When a day begins, some days later; null for what is no date. */
function startOfDay(text: string | null, daysLater: number): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '') ?? []
  if (year === undefined) return null
  const start = new Date(Number(year), Number(month) - 1, Number(day) + daysLater)
  return new Date(Math.min(start.getTime(), LAST_TIME)).toISOString()
}

interface EventsProps {
  readonly page: AuditEventsQuery['auditEvents']
  readonly after: string | null
  readonly onTurn: (after: string | null) => void
  readonly onOnly: (subject: string) => void
}

function Events({ page, after, onTurn, onOnly }: EventsProps) {
  if (page.nodes.length === 0)
    return (
      <Paper withBorder p="xl" className="empty">
        <Text fw={600}>No event matches</Text>
        <Text c="dimmed" fz="sm" mt={4}>
          Try another name, other days, or fewer filters.
        </Text>
      </Paper>
    )
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="table-frame table-scroll" tabIndex={0} aria-label="Events, newest first">
        <table className="plain-table card-table">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Who</th>
              <th scope="col">Channel</th>
              <th scope="col">About</th>
              <th scope="col">
                <span className="visually-hidden">Details</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {page.nodes.map((event) => (
              <EventRow key={event.id} event={event} onOnly={onOnly} />
            ))}
          </tbody>
        </table>
      </section>
      <PageTurner pageInfo={page.pageInfo} after={after} onTurn={onTurn} />
    </>
  )
}
