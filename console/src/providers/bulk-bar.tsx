import { Button } from '@mantine/core'
import { useCallback, useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { type BulkAct, DELETE, DISABLE, ENABLE, TEST } from './bulk-acts.ts'
import { RunDialog } from './run-dialog.tsx'
import type { Target } from './run-each.ts'

export interface BulkBarProps {
  /** At least one. */
  readonly selected: readonly Target[]
  readonly onClear: () => void
}

/** What can be done with all providers that are selected. */
export function BulkBar({ selected, onClear }: BulkBarProps) {
  const [act, setAct] = useState<BulkAct | null>(null)
  const [isAsking, setAsking] = useState(false)
  const [targets, setTargets] = useState<readonly Target[]>([])
  const find = useCallback(() => Promise.resolve(targets), [targets])
  const start = (chosen: BulkAct) => {
    setTargets(selected)
    setAsking(false)
    setAct(chosen)
  }
  const close = () => {
    setAct(null)
    if (act === DELETE) onClear()
  }
  const noun = selected.length === 1 ? '1 provider' : `${selected.length} providers`
  return (
    <section className="bulk-bar" aria-label="Selected providers">
      <strong role="status">{selected.length} selected</strong>
      <Button size="xs" variant="default" onClick={() => start(TEST)}>
        Test selected
      </Button>
      <Button size="xs" variant="default" onClick={() => start(ENABLE)}>
        Enable
      </Button>
      <Button size="xs" variant="default" onClick={() => start(DISABLE)}>
        Disable
      </Button>
      <Button size="xs" variant="default" className="against-test" onClick={() => setAsking(true)}>
        Delete…
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        Clear selection
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={`Delete ${noun}?`}
          action={`Delete ${noun}`}
          isBusy={false}
          onConfirm={() => start(DELETE)}
          onClose={() => setAsking(false)}
        >
          Their keys and tests are deleted at once and for good, and tools that use them stop working. Providers that routes use stay.
          <ul className="bulk-names">
            {selected.map(({ id, displayName }) => (
              <li key={id}>{displayName}</li>
            ))}
          </ul>
        </ConfirmDialog>
      )}
      {act !== null && <RunDialog act={act} find={find} onClose={close} />}
    </section>
  )
}
