import { useId, useState } from 'react'
import type { AuditEventsQuery } from '../generated/documents.ts'
import { Fact } from '../parts/fact.tsx'
import { isolated } from '../parts/format.ts'
import { formatTime } from '../parts/relative-time.tsx'
import { valueChangesOf } from './value-changes.ts'

export type AuditEvent = AuditEventsQuery['auditEvents']['nodes'][number]

export interface EventRowProps {
  readonly event: AuditEvent
  /** Leaves only the events about the same provider, token or key. */
  readonly onOnly: (subject: string) => void
}

/** One event: a line, and below it on demand all that was written down. */
export function EventRow({ event, onOnly }: EventRowProps) {
  const { action, actor, channel, subject, createdAt } = event
  const [isOpen, setOpen] = useState(false)
  const details = useId()
  return (
    <>
      <tr>
        <td data-label="When">
          <time dateTime={createdAt}>{formatTime(createdAt)}</time>
        </td>
        <th scope="row" data-label="What">
          <code>{wordsOf(action)}</code>
          <ChangesInShort event={event} />
        </th>
        <td data-label="Who" className="cell-text" title={actorText(actor)}>
          {actor.name}
        </td>
        <td data-label="Channel">{wordsOf(channel)}</td>
        <td data-label="About" className="cell-text">
          <span className="dimmed">{wordsOf(subject.type)}</span> <SubjectButton subject={subject} onOnly={onOnly} />
        </td>
        <td className="cell-actions">
          <button
            type="button"
            className="text-button"
            aria-expanded={isOpen}
            aria-controls={details}
            aria-label={`${isOpen ? 'Hide' : 'Show'} the details of ${wordsOf(action)}, ${formatTime(createdAt)}`}
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

const SHOWN_CHANGES = 2
const LONGEST_VALUE = 40

/** The first values that the event has changed, as far as they are short. */
function ChangesInShort({ event: { changes } }: Pick<EventRowProps, 'event'>) {
  const short = valueChangesOf(changes).filter(({ old, now }) => old.length <= LONGEST_VALUE && now.length <= LONGEST_VALUE)
  return short.slice(0, SHOWN_CHANGES).map(({ name, old, now }) => (
    <span key={name} className="event-change">
      {name}: <span className="old-value">{old}</span> → <strong>{now}</strong>
    </span>
  ))
}

function Details({ id, event }: { readonly id: string; readonly event: AuditEvent }) {
  const { actor, subject, requestId, changes } = event
  return (
    <tr id={id} className="event-details">
      <td colSpan={6}>
        <dl className="facts">
          <Fact name="Who">{actorText(actor)}</Fact>
          <Fact name="About">{subject.id === null ? 'Nothing that exists' : <code>{subject.id}</code>}</Fact>
          <Fact name="Request">
            <code>{requestId}</code>
          </Fact>
          {valueChangesOf(changes).map(({ name, old, now }) => (
            <Fact key={name} name={name}>
              <span className="old-value">{old}</span> → <strong>{now}</strong>
            </Fact>
          ))}
          <Fact name="Recorded">
            <pre>{JSON.stringify(changes, null, 2)}</pre>
          </Fact>
        </dl>
      </td>
    </tr>
  )
}

interface SubjectButtonProps extends Pick<EventRowProps, 'onOnly'> {
  readonly subject: AuditEvent['subject']
}

function SubjectButton({ subject: { id, name }, onOnly }: SubjectButtonProps) {
  if (id === null) return null
  return (
    <button type="button" className="text-button" title={`Only what is about ${id}`} onClick={() => onOnly(id)}>
      {name ?? <code>{id.slice(0, 8)}</code>}
    </button>
  )
}

/** Kind and id stand last, as in the log: nobody can write them into a name. */
function actorText({ kind, name, id }: AuditEvent['actor']): string {
  return `${isolated(name)} (${[wordsOf(kind), ...(id === null ? [] : [id])].join(' ')})`
}

/** `provider change refused` for PROVIDER_CHANGE_REFUSED. */
export function wordsOf(value: string): string {
  return value.toLowerCase().replaceAll('_', ' ')
}
