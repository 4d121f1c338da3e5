import { useCallback, useState } from 'react'
import type { Issue } from './issues.ts'

/** Which issues to show while somebody is still typing: those of fields that they have left, and all once they tried to save. */
export function useShownIssues(issues: readonly Issue[]): {
  readonly shown: readonly Issue[]
  readonly leave: (path: string) => void
  readonly showAll: () => void
} {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [areAll, setAll] = useState(false)
  const leave = useCallback((path: string) => setLeft((paths) => (paths.has(path) ? paths : new Set([...paths, path]))), [])
  const showAll = useCallback(() => setAll(true), [])
  return { shown: areAll ? issues : issues.filter(({ path }) => left.has(path.join('.'))), leave, showAll }
}
