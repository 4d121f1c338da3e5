import { Button, Group, Progress, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { ToneBadge } from '../parts/test-status.tsx'
import { useSession } from '../session/session.ts'
import type { BulkAct } from './bulk-acts.ts'
import { type Run, runEach, type Target } from './run-each.ts'

export interface RunDialogProps {
  readonly act: BulkAct
  /** Which providers; the same function for as long as the dialog is open. */
  readonly find: () => Promise<readonly Target[]>
  readonly onClose: () => void
}

/** Does something with many providers, a few at a time, with progress and a sum at the end. It begins when it opens, and stops when it closes. */
export function RunDialog({ act, find, onClose }: RunDialogProps) {
  const { clients } = useSession()
  const [run, setRun] = useState<Run | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    void runEach(find, (target) => act.act(clients, target), controller.signal, setRun)
    return () => controller.abort()
  }, [clients, act, find])
  if (run === null) return null
  return (
    <Dialog onClose={onClose} title={run.isRunning ? act.running : act.done} closeOnClickOutside={!run.isRunning}>
      <Progress value={run.total === 0 ? 0 : (100 * run.done) / run.total} aria-label="Done" animated={run.isRunning} mb="xs" />
      <Text fz="sm" mb="md" role="status">
        {run.done} of {run.total} done{run.isRunning ? '' : '.'}
      </Text>
      {run.problem !== null && (
        <Text c="red" fz="sm" mb="md" role="alert">
          {run.problem}
        </Text>
      )}
      <Group gap="xs">
        {[...run.counts].map(([label, { count, tone }]) => (
          <ToneBadge key={label} tone={tone}>{`${count} ${label}`}</ToneBadge>
        ))}
      </Group>
      {run.failed.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <section className="failed-list" tabIndex={0} aria-label="Failed tests">
          <ul>
            {run.failed.map(({ id, name, message }) => (
              <li key={id}>
                <strong>{name}</strong>
                {message}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {run.isRunning ? 'Stop' : 'Close'}
        </Button>
      </Group>
    </Dialog>
  )
}
