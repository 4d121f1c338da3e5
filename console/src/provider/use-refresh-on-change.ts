import { useCallback } from 'react'
import type { LiveChange } from '../gateway/live-changes.ts'
import { useLiveChanges } from '../session/live.tsx'
import { useRefresh } from './use-refresh.ts'

/** The stream tells what the list shows; the rest of a provider is read when something of it has changed. */
export function useRefreshOnChange(name: string, id: string | null): void {
  const refresh = useRefresh(name)
  useLiveChanges(
    useCallback(
      (change: LiveChange | null) => {
        if (change === null || change.providerId === id) void refresh()
      },
      [id, refresh],
    ),
  )
}
