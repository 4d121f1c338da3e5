import { useLiveChanges } from '../session/live.tsx'
import { useReading } from '../usage/use-usage.ts'

const PAUSE_MS = 10_000

/** What calls change of the targets nobody tells: it is read again more often than sums are. */
export function useRouteState(read: () => void): void {
  useLiveChanges(read)
  useReading(read, PAUSE_MS)
}
