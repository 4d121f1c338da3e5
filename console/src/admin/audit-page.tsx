import { NativeSelect, Skeleton, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useQuery } from 'urql'
import { problemOf } from '../gateway/problem.ts'
import { AuditEventsDocument, type AuditEventsQuery } from '../generated/documents.ts'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { formatTime } from '../parts/relative-time.tsx'
import { PageTurner } from './page-turner.tsx'

type AuditEvent = AuditEventsQuery['auditEvents']['nodes'][number]

const PAGE_SIZE = 50
const TYPING_PAUSE_MS = 300

/** The actions that are asked for most; the log may have others. */
const ACTIONS = [
  'provider.created',
  'provider.updated',
  'provider.deleted',
  'provider.tested',
  'provider.draft_tested',
  'provider.change_refused',
  'access_token.created',
  'access_token.revoked',
] as const

/** Who did what to which provider, token or key: newest first, ids and masks only. */
export default function AuditPage() {
  const [action, setAction] = useState('')
  const [typed, setTyped] = useState('')
  const [subject] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MS)
  const [after, setAfter] = useState<string | null>(null)
  const [{ data, error }, read] = useQuery({
    query: AuditEventsDocument,
    variables: { first: PAGE_SIZE, after, action: action === '' ? null : action, subject: subject === '' ? null : subject },
    requestPolicy: 'cache-and-network',
  })
  return (
    <>
      <PageHeading
        title="Audit log"
        aside={data !== undefined && <span className="count">{data.auditEvents.totalCount.toLocaleString('en')}</span>}
      />
      <search className="list-toolbar audit-toolbar">
        <TextInput
          aria-label="About"
          placeholder="UUID of a provider or token"
          type="search"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            setAfter(null)
          }}
        />
        <NativeSelect
          aria-label="Action"
          data={[{ value: '', label: 'Any action' }, ...ACTIONS]}
          value={action}
          onChange={(event) => {
            setAction(event.currentTarget.value)
            setAfter(null)
          }}
        />
      </search>
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />}
      {data === undefined && error === undefined && <Skeleton height={320} />}
      {data !== undefined && <Events page={data.auditEvents} after={after} onTurn={setAfter} key={`${action} ${subject}`} />}
    </>
  )
}

interface EventsProps {
  readonly page: AuditEventsQuery['auditEvents']
  readonly after: string | null
  readonly onTurn: (after: string | null) => void
}

function Events({ page, after, onTurn }: EventsProps) {
  if (page.nodes.length === 0) return <Text c="dimmed">Nothing of the kind has happened.</Text>
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="table-frame table-scroll" tabIndex={0} aria-label="Events, newest first">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Who</th>
              <th scope="col">By way of</th>
              <th scope="col">About</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            {page.nodes.map((event) => (
              <EventRow key={event.id} event={event} />
            ))}
          </tbody>
        </table>
      </section>
      <PageTurner pageInfo={page.pageInfo} after={after} onTurn={onTurn} />
    </>
  )
}

function EventRow({ event }: { readonly event: AuditEvent }) {
  const { action, actor, channel, subject, subjectType, changes, requestId, createdAt } = event
  return (
    <tr>
      <td>
        <time dateTime={createdAt}>{formatTime(createdAt)}</time>
      </td>
      <th scope="row">
        <code>{action}</code>
      </th>
      <td>{actor}</td>
      <td>{channel}</td>
      <td>
        <span className="dimmed">{subjectType.replace('_', ' ')}</span> <code>{subject.slice(0, 8)}</code>
      </td>
      <td>
        <details className="event-details">
          <summary>Show</summary>
          <pre>{JSON.stringify({ subject, requestId, changes }, null, 2)}</pre>
        </details>
      </td>
    </tr>
  )
}
