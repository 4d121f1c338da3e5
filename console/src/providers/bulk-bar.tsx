import { Button } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { type BulkAct, DELETE, DISABLE, ENABLE, TEST } from './bulk-acts.ts'
import { RunDialog, type RunDialogProps } from './run-dialog.tsx'
import type { Target } from './run-each.ts'

export interface BulkBarProps {
  readonly selected: readonly Target[]
  readonly onClear: () => void
}

/** What can be done with all providers that are selected. A run that has begun is shown to its end, also when it takes their rows away. */
export function BulkBar({ selected, onClear }: BulkBarProps) {
  const [run, setRun] = useState<Run | null>(null)
  const close = () => {
    setRun(null)
    if (run?.act === DELETE) onClear()
  }
  return (
    <>
      {selected.length > 0 && (
        <section className="bulk-bar" aria-label="Selected providers">
          <strong role="status">{selected.length} selected</strong>
          <BulkButtons selected={selected} onStart={(act) => setRun({ act, find: () => Promise.resolve(selected) })} />
          <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
            Clear selection
          </Button>
        </section>
      )}
      {run !== null && <RunDialog {...run} onClose={close} />}
    </>
  )
}

/** What is done, and with which providers: those that were selected as it began. */
type Run = Pick<RunDialogProps, 'act' | 'find'>

interface BulkButtonsProps extends Pick<BulkBarProps, 'selected'> {
  readonly onStart: (act: BulkAct) => void
}

function BulkButtons({ selected, onStart }: BulkButtonsProps) {
  const [isAsking, setAsking] = useState(false)
  const noun = selected.length === 1 ? '1 provider' : `${selected.length} providers`
  const start = (act: BulkAct) => {
    setAsking(false)
    onStart(act)
  }
  return (
    <>
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
    </>
  )
}
