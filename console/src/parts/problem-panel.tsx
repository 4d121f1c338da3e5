import { Alert, Button, Group } from '@mantine/core'
import { type MouseEvent, useEffect, useState } from 'react'
import type { Problem } from '../gateway/problem.ts'
import { headingWhenGone } from './return-focus.ts'
import { useUrlState } from './use-url-state.ts'

const TITLES: Readonly<Record<Problem['kind'], string>> = {
  'signed-out': 'You are signed out',
  forbidden: 'Your token may not do this',
  unavailable: 'The gateway is not available right now',
  busy: 'Too many requests',
  offline: 'The gateway cannot be reached',
  unacceptable: 'This did not work',
  other: 'This did not work',
}

/** How long the console waits before it tries again by itself, when the gateway names no time. */
const USUAL_WAIT_SECONDS = 5

export interface ProblemPanelProps {
  readonly problem: Problem
  /** Tries again; without it there is nothing to try. */
  readonly onRetry?: (() => void) | undefined
}

/** Says what went wrong and what to do. What may pass by itself is tried again by itself. */
export function ProblemPanel({ problem, onRetry }: ProblemPanelProps) {
  const passes = problem.kind === 'unavailable' || problem.kind === 'busy' || problem.kind === 'offline'
  const [left, setLeft] = useState(problem.retryAfterSeconds ?? USUAL_WAIT_SECONDS)
  const isWaiting = passes && onRetry !== undefined
  useEffect(() => {
    if (!isWaiting) return
    const timer = setTimeout(() => {
      if (left > 1) return setLeft(left - 1)
      setLeft(problem.retryAfterSeconds ?? USUAL_WAIT_SECONDS)
      onRetry?.()
    }, 1_000)
    return () => clearTimeout(timer)
  }, [isWaiting, left, onRetry, problem])
  return (
    <Alert color={passes ? 'yellow' : 'red'} title={TITLES[problem.kind]} role="alert">
      {problem.message}
      {problem.kind === 'unacceptable' && <ToFirstPage />}
      {onRetry !== undefined && problem.kind !== 'forbidden' && problem.kind !== 'unacceptable' && (
        <Group mt="sm" gap="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
          {isWaiting && <span className="dimmed">Retries automatically in {left} s</span>}
        </Group>
      )}
    </Alert>
  )
}

/** The same question is refused again: what helps where the URL names a page of a list is another page. */
function ToFirstPage() {
  const [parameters, change] = useUrlState()
  if (!parameters.has('after')) return null
  const show = (event: MouseEvent<HTMLElement>) => {
    headingWhenGone(event.currentTarget)
    change({ after: null })
  }
  return (
    <Button size="xs" variant="default" mt="sm" display="block" onClick={show}>
      Show the first page
    </Button>
  )
}
