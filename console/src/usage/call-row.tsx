import { useId, useState } from 'react'
import { wordsOf } from '../admin/event-row.tsx'
import { Fact } from '../parts/fact.tsx'
import { formatCount, formatDuration } from '../parts/format.ts'
import { formatTime } from '../parts/relative-time.tsx'
import { ToneBadge } from '../parts/test-status.tsx'
import type { ModelCall } from './newest-calls.tsx'
import { outcomeOf } from './outcomes.ts'

/** One call: a line, and below it on demand what else is known of it. */
export function CallRow({ call }: { readonly call: ModelCall }) {
  const [isOpen, setOpen] = useState(false)
  const details = useId()
  const { label, tone } = outcomeOf(call.outcome)
  const { usage } = call
  return (
    <>
      <tr>
        <th scope="row" data-label="When">
          <time dateTime={call.startedAt}>{formatTime(call.startedAt)}</time>
        </th>
        <td data-label="Outcome">
          <ToneBadge tone={tone}>{label}</ToneBadge>
        </td>
        <td data-label="Provider" className="cell-text">
          {call.providerName ?? <span className="dimmed">none</span>}
        </td>
        <td data-label="Model" className="cell-text">
          <code>{call.model ?? 'none'}</code>
        </td>
        <td data-label="Caller" className="cell-text">
          {call.caller.name}
        </td>
        <td data-label="Tokens" className="cell-figure">
          {usage === null ? (
            <span className="dimmed">unknown</span>
          ) : (
            `${formatCount(usage.inputTokens)} in, ${formatCount(usage.outputTokens)} out`
          )}
        </td>
        <td data-label="Took" className="cell-figure">
          {formatDuration(call.durationMs)}
        </td>
        <td className="cell-actions">
          <button
            type="button"
            className="text-button"
            aria-expanded={isOpen}
            aria-controls={details}
            aria-label={`${isOpen ? 'Hide' : 'Show'} the details of the call of ${formatTime(call.startedAt)}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Hide' : 'Show'}
          </button>
        </td>
      </tr>
      {isOpen && <Details id={details} call={call} />}
    </>
  )
}

function Details({ id, call }: { readonly id: string; readonly call: ModelCall }) {
  return (
    <tr id={id} className="event-details">
      <td colSpan={8}>
        <dl className="facts">
          <Fact name="Key">{call.apiKeyMasked === null ? 'None' : <code>{call.apiKeyMasked}</code>}</Fact>
          {call.route !== null && <Fact name="Route">{call.route}</Fact>}
          <Fact name="Kind">
            {wordsOf(call.kind)}
            {call.streamed && ', streamed'}
          </Fact>
          {call.answeredModel !== null && <Fact name="Answered by">{<code>{call.answeredModel}</code>}</Fact>}
          <Fact name="HTTP status">{call.httpStatus ?? 'None'}</Fact>
          <Fact name="Attempts">{call.attempts}</Fact>
          {call.timeToFirstByteMs !== null && <Fact name="First byte">{formatDuration(call.timeToFirstByteMs)}</Fact>}
          <Fact name="Token figures">{wordsOf(call.usageSource)}</Fact>
          {call.client !== null && <Fact name="Client">{call.client}</Fact>}
          {call.vendorRequestId !== null && (
            <Fact name="Vendor request">
              <code>{call.vendorRequestId}</code>
            </Fact>
          )}
        </dl>
      </td>
    </tr>
  )
}
