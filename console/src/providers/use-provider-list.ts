import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { LiveChange } from '../gateway/live-changes.ts'
import { useLiveChanges } from '../session/live.tsx'
import { useSession } from '../session/session.ts'
import { filterOf, type ListView } from './list-view.tsx'
import { createProviderPages, NOTHING_YET, type ProviderList, type ProviderPages } from './provider-pages.ts'

/** However many providers somebody creates at once, the list is read again no more often than this. */
const RELOAD_PAUSE_MS = 1_000

/** The list as somebody has chosen to see it. While another view is being read, the last one stays. */
export function useProviderList(view: ListView): ProviderList & Pick<ProviderPages, 'loadMore' | 'reload'> {
  const { reads } = useSession().clients
  const pages = useMemo(() => createProviderPages(reads, { filter: filterOf(view), orderBy: view.orderBy }), [reads, view])
  const list = useSyncExternalStore(pages.subscribe, pages.current)
  const [last, setLast] = useState<ProviderList>(NOTHING_YET)
  useEffect(() => {
    if (list.totalCount !== null) setLast(list)
  }, [list])
  useReloadAfterChanges(pages.reload)
  const isFirst = list.totalCount === null && list.problem === null
  return { ...(isFirst ? { ...last, isLoading: true } : list), loadMore: pages.loadMore, reload: pages.reload }
}

/** A change shows in its row by itself; what appears or may have been missed has no row yet. */
function useReloadAfterChanges(reload: () => void): void {
  const latest = useRef(reload)
  latest.current = reload
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useLiveChanges(
    useCallback((change: LiveChange | null) => {
      if (change !== null && change.action !== 'CREATED' && change.action !== 'DELETED') return
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        latest.current()
      }, RELOAD_PAUSE_MS)
    }, []),
  )
}
