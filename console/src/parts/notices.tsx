import { Notification } from '@mantine/core'
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react'
import type { Tone } from './test-status.tsx'

/** What happened, in a few words. */
export interface Notice {
  readonly tone: Exclude<Tone, 'quiet'>
  readonly title: string
  readonly message?: string
}

const COLORS = { good: 'teal', warn: 'yellow', bad: 'red' } as const
const SHOWN_MS = 8_000

const NoticeContext = createContext<(notice: Notice) => void>(() => {})

/** Shows notices in the corner, read aloud by screen readers, each for some seconds. */
export function NoticeProvider({ children }: { readonly children: ReactNode }) {
  const [notices, setNotices] = useState<readonly (Notice & { readonly id: number })[]>([])
  const nextId = useRef(0)
  const drop = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), [])
  const notify = useCallback(
    (notice: Notice) => {
      nextId.current += 1
      const id = nextId.current
      setNotices((all) => [...all.slice(-2), { ...notice, id }])
      setTimeout(() => drop(id), SHOWN_MS)
    },
    [drop],
  )
  return (
    <NoticeContext value={notify}>
      {children}
      <div className="notices" aria-live="polite">
        {notices.map(({ id, tone, title, message }) => (
          <Notification
            key={id}
            color={COLORS[tone]}
            title={title}
            withBorder
            onClose={() => drop(id)}
            closeButtonProps={{ 'aria-label': 'Dismiss' }}
          >
            {message}
          </Notification>
        ))}
      </div>
    </NoticeContext>
  )
}

export function useNotify(): (notice: Notice) => void {
  return useContext(NoticeContext)
}
