import { useEffect } from 'react'
import { useLiveChanges } from '../session/live.tsx'

const PAUSE_MS = 10_000

/** What calls change of the targets nobody tells: it is read again from time to time, while the page is in sight. */
export function useRouteState(read: () => void): void {
  useLiveChanges(read)
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && read(), PAUSE_MS)
    return () => clearInterval(timer)
  }, [read])
}
