import { useEffect, useReducer } from 'react'

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const utcDay = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' })
const minute = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' })
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** How long ago, or how far away, in the largest unit that fits. */
function sinceNow(at: string): string {
  const seconds = (Date.parse(at) - Date.now()) / 1000
  const found = UNITS.find(([, size]) => Math.abs(seconds) >= size)
  if (found === undefined) return seconds > 0 ? 'in a moment' : 'just now'
  const [unit, size] = found
  return relative.format(Math.round(seconds / size), unit)
}

export function formatTime(at: string): string {
  return absolute.format(new Date(at))
}

export function formatDay(at: string): string {
  return day.format(new Date(at))
}

/** A day of UTC, as sums of days have it. */
export function formatUtcDay(at: Date): string {
  return utcDay.format(at)
}

/** Short, for where the year goes without saying. */
export function formatMinute(at: string): string {
  return minute.format(new Date(at))
}

/** A time as people say it, exact to whoever points at it; it grows older by itself. */
export function RelativeTime({ at }: { readonly at: string }) {
  const [, age] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const timer = setInterval(age, 30_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <time className="dimmed" dateTime={at} title={formatTime(at)}>
      {sinceNow(at)}
    </time>
  )
}
