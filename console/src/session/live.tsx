import { createContext, type ReactNode, type RefObject, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { followChanges, type LiveChange, type LiveState } from '../gateway/live-changes.ts'
import { useSession } from './session.ts'

type ChangeListener = (change: LiveChange | null) => void

interface Live {
  readonly state: LiveState
  /** Tells every change from now on; returns how to stop that. */
  readonly listen: (listener: ChangeListener) => () => void
}

const LiveContext = createContext<Live | null>(null)

export interface LiveProviderProps {
  /** What the gateway's client calls when it has opened a stream. */
  readonly onStream: RefObject<() => void>
  readonly children: ReactNode
}

/** Follows the changes of all providers for as long as somebody is signed in. */
export function LiveProvider({ onStream, children }: LiveProviderProps) {
  const { clients } = useSession()
  const [state, setState] = useState<LiveState>('connecting')
  const listeners = useRef(new Set<ChangeListener>())

  useEffect(() => {
    const tellAll: ChangeListener = (change) => {
      for (const listener of listeners.current) listener(change)
    }
    const changes = followChanges(clients.reads, { onChange: tellAll, onState: setState })
    onStream.current = changes.opened
    return changes.stop
  }, [clients, onStream])

  const listen = useCallback((listener: ChangeListener) => {
    listeners.current.add(listener)
    return () => void listeners.current.delete(listener)
  }, [])

  return <LiveContext value={useMemo(() => ({ state, listen }), [state, listen])}>{children}</LiveContext>
}

function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('Only a signed-in page can follow changes.')
  return live
}

export function useLiveState(): LiveState {
  return useLive().state
}

/** Calls `listener`, which should stay the same function, with every change; with null when some may have been missed. */
export function useLiveChanges(listener: ChangeListener): void {
  const { listen } = useLive()
  useEffect(() => listen(listener), [listen, listener])
}
