import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { Router } from 'wouter'
import { ConfirmDialog } from './confirm-dialog.tsx'

interface LeaveGuard {
  /** Says whether leaving the page would lose edits. */
  readonly setEdited: (isEdited: boolean) => void
}

const LeaveGuardContext = createContext<LeaveGuard | null>(null)

/** Where the pages of the console are, and a question before somebody leaves one of them with edits that are not saved. */
export function GuardedRouter({ base, children }: { readonly base: string; readonly children: ReactNode }) {
  const isEdited = useRef(false)
  const [leave, setLeave] = useState<(() => void) | null>(null)
  const ask = useCallback((go: () => void) => setLeave(() => go), [])
  useBackButton(isEdited, ask)
  useClosingTab(isEdited)
  const guard = useMemo<LeaveGuard>(
    () => ({
      setEdited: (edited) => {
        isEdited.current = edited
      },
    }),
    [],
  )
  const discard = () => {
    isEdited.current = false
    setLeave(null)
    leave?.()
  }
  return (
    <LeaveGuardContext value={guard}>
      <Router
        base={base}
        aroundNav={(navigate, to, options) => {
          const isOtherPage = to.split('?')[0] !== location.pathname
          if (isEdited.current && isOtherPage) ask(() => navigate(to, options))
          else navigate(to, options)
        }}
      >
        {children}
      </Router>
      {leave !== null && (
        <ConfirmDialog
          title="Discard your changes?"
          action="Discard changes"
          isBusy={false}
          onConfirm={discard}
          onClose={() => setLeave(null)}
        >
          They are not saved.
        </ConfirmDialog>
      )}
    </LeaveGuardContext>
  )
}

/** Asks before a page with edits is left. The function returned ends that, for edits that were saved. */
export function useLeaveGuard(isEdited: boolean): () => void {
  const guard = useContext(LeaveGuardContext)
  if (guard === null) throw new Error('Pages are inside GuardedRouter.')
  useEffect(() => {
    guard.setEdited(isEdited)
    return () => guard.setEdited(false)
  }, [guard, isEdited])
  return useCallback(() => guard.setEdited(false), [guard])
}

type Edited = Readonly<{ current: boolean }>

/** The browser has gone back already when it says so: the place is put on again, until somebody has answered. */
function useBackButton(isEdited: Edited, ask: (go: () => void) => void): void {
  useEffect(() => {
    let place = location.href
    const note = () => {
      place = location.href
    }
    const goBack = (event: PopStateEvent) => {
      if (!isEdited.current || location.href === place) return note()
      event.stopImmediatePropagation()
      history.pushState(null, '', place)
      ask(() => history.back())
    }
    // The router tells of its own moves by these events; it hears of the browser's after this listener.
    window.addEventListener('popstate', goBack, true)
    for (const moved of ['pushState', 'replaceState']) window.addEventListener(moved, note)
    return () => {
      window.removeEventListener('popstate', goBack, true)
      for (const moved of ['pushState', 'replaceState']) window.removeEventListener(moved, note)
    }
  }, [isEdited, ask])
}

function useClosingTab(isEdited: Edited): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (isEdited.current) event.preventDefault()
    }
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [isEdited])
}
