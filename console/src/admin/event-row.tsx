import { useId, useState } from 'react'
import type { AuditEventsQuery } from '../generated/documents.ts'
import { Fact } from '../parts/fact.tsx'
import { formatTime } from '../parts/relative-time.tsx'

export type AuditEvent = AuditEventsQuery['auditEvents']['nodes'][number]

export interface EventRowProps {
  readonly event: AuditEvent
  /** Leaves only the events about the same provider, token or key. */
  readonly onOnly: (subject: string) => void
}

/** One event: a line, and below it on demand all that was written down. */
export function EventRow({ event, onOnly }: EventRowProps) {
  const { action, actor, channel, subject, subjectType, createdAt } = event
  const [isOpen, setOpen] = useState(false)
  const details = useId()
  return (
    <>
      <tr>
        <td data-label="When">
          <time dateTime={createdAt}>{formatTime(createdAt)}</time>
        </td>
        <th scope="row" data-label="What">
          <code>{action}</code>
        </th>
        <td data-label="Who" title={actor}>
          {nameOf(actor)}
        </td>
        <td data-label="By way of">{channel}</td>
        <td data-label="About">
          <span className="dimmed">{subjectType.replace('_', ' ')}</span>{' '}
          {subject !== '' && (
            <button type="button" className="text-button" title={`Only what is about ${subject}`} onClick={() => onOnly(subject)}>
              <code>{subject.slice(0, 8)}</code>
            </button>
          )}
        </td>
        <td className="cell-actions">
          <button
            type="button"
            className="text-button"
            aria-expanded={isOpen}
            aria-controls={details}
            aria-label={`${isOpen ? 'Hide' : 'Show'} the details of ${action}, ${formatTime(createdAt)}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Hide' : 'Show'}
          </button>
        </td>
      </tr>
      {isOpen && <Details id={details} event={event} />}
    </>
  )
}

function Details({ id, event }: { readonly id: string; readonly event: AuditEvent }) {
  const { actor, subject, requestId, changes } = event
  return (
    <tr id={id} className="event-details">
      <td colSpan={6}>
        <dl className="facts">
          <Fact name="Who">{actor}</Fact>
          <Fact name="About">{subject === '' ? 'Nothing that exists' : <code>{subject}</code>}</Fact>
          <Fact name="Request">
            <code>{requestId}</code>
          </Fact>
          <Fact name="Written down">
            <pre>{JSON.stringify(changes, null, 2)}</pre>
          </Fact>
        </dl>
      </td>
    </tr>
  )
}

/** Who it was, without the id of their token, which is in the details. */
function nameOf(actor: string): string {
  return actor.replace(/ \([0-9a-f-]{36}\)$/, '')
}
