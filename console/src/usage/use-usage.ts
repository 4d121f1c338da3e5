import { useCallback, useEffect, useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { UsageByGroupDocument, type UsageByGroupQuery, UsageOverTimeDocument, type UsageOverTimeQuery } from '../generated/documents.ts'
import { GROUPINGS, type Grouping, toCallFilter, type UsageFilter } from './usage-filter.ts'
import { rangeOf, type UsageRange } from './usage-range.ts'

export type UsageGroupRow = UsageByGroupQuery['usage'][number]
export type UsageStep = UsageOverTimeQuery['overTime'][number]

/** Calls are over all the time: what is shown is read again so often, while the page is in sight. */
const PAUSE_MS = 30_000

/** The time that the URL names. It moves on by itself, hour by hour or day by day. */
export function useUsageRange(parameters: URLSearchParams): UsageRange {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), PAUSE_MS)
    return () => clearInterval(timer)
  }, [])
  const { from, until, step } = rangeOf(parameters, now)
  const [start, end] = [from.getTime(), until.getTime()]
  // The same object until the time really is another one: queries begin anew with it.
  return useMemo(() => ({ from: new Date(start), until: new Date(end), step }), [start, end, step])
}

/** Reads again from time to time, while the page is in sight. */
export function useReading(read: () => void, pauseMs = PAUSE_MS): void {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && read(), pauseMs)
    return () => clearInterval(timer)
  }, [read, pauseMs])
}

/** Sums over time, and by outcome. */
export function useUsageOverTime(range: UsageRange, filter: UsageFilter) {
  const [{ data, error }, read] = useQuery({
    query: UsageOverTimeDocument,
    variables: { ...textsOf(range), by: range.step, filter: toCallFilter(filter) },
    requestPolicy: 'cache-and-network',
  })
  const reload = useCallback(() => read({ requestPolicy: 'network-only' }), [read])
  useReading(reload)
  return { data, error, reload }
}

/** Sums by provider, model, key or caller. */
export function useUsageByGroup(range: UsageRange, filter: UsageFilter, grouping: Grouping) {
  const [{ data, error }, read] = useQuery({
    query: UsageByGroupDocument,
    variables: { ...textsOf(range), by: GROUPINGS[grouping].by, filter: toCallFilter(filter) },
    requestPolicy: 'cache-and-network',
  })
  const reload = useCallback(() => read({ requestPolicy: 'network-only' }), [read])
  useReading(reload)
  return { data, error, reload }
}

export function textsOf({ from, until }: Pick<UsageRange, 'from' | 'until'>) {
  return { from: from.toISOString(), until: until.toISOString() }
}
