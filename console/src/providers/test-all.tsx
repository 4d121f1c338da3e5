import { Button } from '@mantine/core'
import { useCallback, useState } from 'react'
import type { ProviderFilter } from '../generated/documents.ts'
import { PlayIcon } from '../parts/icons.tsx'
import { useSession } from '../session/session.ts'
import { findTargets, TEST } from './bulk-acts.ts'
import { RunDialog } from './run-dialog.tsx'

export interface TestAllProps {
  /** Which ones; all when undefined. */
  readonly filter: ProviderFilter | undefined
  readonly count: number
}

/** Tests all providers that the list shows. */
export function TestAll({ filter, count }: TestAllProps) {
  const { clients } = useSession()
  const [isOpen, setOpen] = useState(false)
  const asked = JSON.stringify(filter)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same filter is the same question, whatever object holds it.
  const find = useCallback(() => findTargets(clients, filter), [clients, asked])
  return (
    <>
      <Button variant="default" leftSection={<PlayIcon size={15} />} onClick={() => setOpen(true)} disabled={count === 0}>
        {filter === undefined ? 'Test all' : count === 0 ? 'Test these' : `Test these ${count}`}
      </Button>
      {isOpen && <RunDialog act={TEST} find={find} onClose={() => setOpen(false)} />}
    </>
  )
}
