import { useCallback, useEffect, useRef, useState } from 'react'
import type { Issue } from './issues.ts'

/** Which issues to show while somebody is still typing: those of fields that they have left, and all once they tried to save. */
export function useShownIssues(issues: readonly Issue[]): {
  readonly shown: readonly Issue[]
  readonly leave: (path: string) => void
  readonly showAll: () => void
} {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [areAll, setAll] = useState(false)
  const afterPress = useAfterPress()
  const leave = useCallback(
    (path: string) => afterPress(() => setLeft((paths) => (paths.has(path) ? paths : new Set([...paths, path])))),
    [afterPress],
  )
  const showAll = useCallback(() => setAll(true), [])
  return { shown: areAll ? issues : issues.filter(({ path }) => left.has(path.join('.'))), leave, showAll }
}

/**
 * Does something at once, or when the pointer that is pressed is let go: a message that appears in between moves the button from
 * under the pointer, and the browser then makes no click of it.
 */
function useAfterPress(): (act: () => void) => void {
  const isPressed = useRef(false)
  useEffect(() => {
    const press = () => {
      isPressed.current = true
    }
    const release = () => {
      isPressed.current = false
    }
    window.addEventListener('pointerdown', press, true)
    window.addEventListener('pointerup', release, true)
    window.addEventListener('pointercancel', release, true)
    return () => {
      window.removeEventListener('pointerdown', press, true)
      window.removeEventListener('pointerup', release, true)
      window.removeEventListener('pointercancel', release, true)
    }
  }, [])
  return useCallback((act) => {
    if (!isPressed.current) return act()
    window.addEventListener('pointerup', () => setTimeout(act), { once: true })
  }, [])
}
