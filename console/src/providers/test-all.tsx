import { Button, Group, Progress, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { ConnectionStatus, ProviderFilter } from '../generated/documents.ts'
import { Dialog } from '../parts/dialog.tsx'
import { PlayIcon } from '../parts/icons.tsx'
import { statusOf, ToneBadge } from '../parts/test-status.tsx'
import { useSession } from '../session/session.ts'
import { runTests, type TestRun } from './run-tests.ts'

export interface TestAllProps {
  /** Which ones; all when undefined. */
  readonly filter: ProviderFilter | undefined
  readonly count: number
}

/** Tests all providers that the list shows, a few at a time, with progress and a sum at the end. */
export function TestAll({ filter, count }: TestAllProps) {
  const { clients } = useSession()
  const [run, setRun] = useState<TestRun | null>(null)
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])

  const start = () => {
    const controller = new AbortController()
    abort.current = controller
    void runTests(clients, filter, controller.signal, setRun)
  }
  const close = () => {
    abort.current?.abort()
    setRun(null)
  }
  return (
    <>
      <Button variant="default" leftSection={<PlayIcon size={15} />} onClick={start} disabled={count === 0}>
        {filter === undefined ? 'Test all' : count === 0 ? 'Test these' : `Test these ${count}`}
      </Button>
      {run !== null && (
        <Dialog onClose={close} title={run.isRunning ? 'Testing connections' : 'Connections tested'} closeOnClickOutside={!run.isRunning}>
          <Progress value={run.total === 0 ? 0 : (100 * run.done) / run.total} aria-label="Tested" animated={run.isRunning} mb="xs" />
          <Text fz="sm" mb="md" role="status">
            {run.done} of {run.total} tested{run.isRunning ? '' : '.'}
          </Text>
          {run.problem !== null && (
            <Text c="red" fz="sm" mb="md" role="alert">
              {run.problem}
            </Text>
          )}
          <Summary counts={run.counts} />
          {run.failed.length > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            <section className="failed-list" tabIndex={0} aria-label="Those that did not end well">
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
            <Button variant="default" onClick={close}>
              {run.isRunning ? 'Stop' : 'Close'}
            </Button>
          </Group>
        </Dialog>
      )}
    </>
  )
}

function goodFirst([one]: readonly [ConnectionStatus, number], [other]: readonly [ConnectionStatus, number]): number {
  return Number(other === 'OK') - Number(one === 'OK')
}

function Summary({ counts }: { readonly counts: ReadonlyMap<ConnectionStatus, number> }) {
  return (
    <Group gap="xs">
      {[...counts].sort(goodFirst).map(([status, count]) => {
        const { label, tone } = statusOf(status)
        return <ToneBadge key={status} tone={tone}>{`${count} ${label}`}</ToneBadge>
      })}
    </Group>
  )
}
