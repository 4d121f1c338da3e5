import { useCallback, useMemo, useState } from 'react'
import type { Target } from './run-each.ts'

/** Which rows of the list are selected. */
export interface Selection {
  readonly isSelected: (id: string) => boolean
  readonly select: (id: string, isSelected: boolean) => void
  /** All rows that were read, or none. */
  readonly selectAll: (isSelected: boolean) => void
  readonly areAll: boolean
  /** Those that the list still shows. */
  readonly selected: readonly Target[]
}

export function useSelection(rows: readonly Target[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const selected = useMemo(() => rows.filter(({ id }) => ids.has(id)), [rows, ids])
  const select = useCallback(
    (id: string, isSelected: boolean) =>
      setIds((before) => new Set(isSelected ? [...before, id] : [...before].filter((one) => one !== id))),
    [],
  )
  return {
    isSelected: (id) => ids.has(id),
    select,
    selectAll: (isSelected) => setIds(new Set(isSelected ? rows.map(({ id }) => id) : [])),
    areAll: rows.length > 0 && selected.length === rows.length,
    selected,
  }
}
