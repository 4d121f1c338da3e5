import { Alert } from '@mantine/core'
import { useCallback, useEffect, useRef } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { type ConnectionStatus, ProviderProblemsDocument } from '../generated/documents.ts'
import { formatCount } from '../parts/format.ts'
import { statusOf } from '../parts/test-status.tsx'
import { useLiveChanges } from '../session/live.tsx'

/** However many changes come at once, the counts are read again no more often than this. */
const PAUSE_MS = 2_000

/** Says what is wrong with providers that are enabled, each kind with a link to them. Not there when all is well. */
export function ProblemBanner() {
  const [{ data }, read] = useQuery({ query: ProviderProblemsDocument, requestPolicy: 'cache-and-network' })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useLiveChanges(
    useCallback(() => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        read({ requestPolicy: 'network-only' })
      }, PAUSE_MS)
    }, [read]),
  )
  if (data === undefined) return null
  const counts: readonly (readonly [ConnectionStatus, number])[] = [
    ['UNAUTHORIZED', data.refused.totalCount],
    ['FORBIDDEN', data.forbidden.totalCount],
    ['UNREACHABLE', data.unreachable.totalCount],
    ['TIMED_OUT', data.timedOut.totalCount],
    ['TLS_FAILED', data.tlsFailed.totalCount],
  ]
  const wrong = counts.filter(([, count]) => count > 0)
  if (wrong.length === 0) return null
  const all = wrong.reduce((sum, [, count]) => sum + count, 0)
  return (
    <Alert
      color="red"
      mb="md"
      title={all === 1 ? '1 enabled provider failed its latest test' : `${all} enabled providers failed their latest tests`}
    >
      <ul className="problem-links">
        {wrong.map(([status, count]) => (
          <li key={status}>
            <Link href={`/?status=${status}&enabled=true`}>
              {statusOf(status).label}: {formatCount(count)}
            </Link>
          </li>
        ))}
      </ul>
    </Alert>
  )
}
