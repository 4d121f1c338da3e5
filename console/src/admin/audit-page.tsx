import { NativeSelect, Skeleton, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useQuery } from 'urql'
import { problemOf } from '../gateway/problem.ts'
import { type AuditAction, AuditEventsDocument, type AuditEventsQuery } from '../generated/documents.ts'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProblemPanel } from '../parts/problem-panel.tsx'
import { EventRow, wordsOf } from './event-row.tsx'
import { PageTurner } from './page-turner.tsx'

const PAGE_SIZE = 50
const TYPING_PAUSE_MS = 300

/** The actions that are asked for most; the log may have others. */
const ACTIONS: readonly AuditAction[] = [
  'PROVIDER_CREATED',
  'PROVIDER_UPDATED',
  'PROVIDER_DELETED',
  'PROVIDER_TESTED',
  'PROVIDER_DRAFT_TESTED',
  'PROVIDER_CHANGE_REFUSED',
  'ACCESS_TOKEN_CREATED',
  'ACCESS_TOKEN_REVOKED',
]

/** Who did what to which provider, token or key: newest first, ids and masks only. */
export function AuditPage() {
  const [action, setAction] = useState<AuditAction | null>(null)
  const [typed, setTyped] = useState('')
  const [subject] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MS)
  const [after, setAfter] = useState<string | null>(null)
  const [{ data, error }, read] = useQuery({
    query: AuditEventsDocument,
    variables: { first: PAGE_SIZE, after, action, subject: subject === '' ? null : subject },
    requestPolicy: 'cache-and-network',
  })
  const only = (text: string) => {
    setTyped(text)
    setAfter(null)
  }
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
          onChange={(event) => only(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label="Action"
          data={[{ value: '', label: 'Any action' }, ...ACTIONS.map((value) => ({ value, label: wordsOf(value) }))]}
          value={action ?? ''}
          onChange={(event) => {
            setAction(ACTIONS.find((one) => one === event.currentTarget.value) ?? null)
            setAfter(null)
          }}
        />
      </search>
      {error !== undefined && <ProblemPanel problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />}
      {data === undefined && error === undefined && <Skeleton height={320} />}
      {data !== undefined && <Events page={data.auditEvents} after={after} onTurn={setAfter} onOnly={only} key={`${action} ${subject}`} />}
    </>
  )
}

interface EventsProps {
  readonly page: AuditEventsQuery['auditEvents']
  readonly after: string | null
  readonly onTurn: (after: string | null) => void
  readonly onOnly: (subject: string) => void
}

function Events({ page, after, onTurn, onOnly }: EventsProps) {
  if (page.nodes.length === 0) return <Text c="dimmed">Nothing of the kind has happened.</Text>
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
              <th scope="col">By way of</th>
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
