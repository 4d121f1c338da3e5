import { useCallback, useRef, useState } from 'react'
import { problemOf } from '../gateway/problem.ts'
import { type DraftConnectionInput, TestConnectionDocument, type TestConnectionMutation } from '../generated/documents.ts'
import { rememberFocus } from '../parts/return-focus.ts'
import { statusOf } from '../parts/test-status.tsx'
import { useSession } from '../session/session.ts'

type TestResult = Extract<TestConnectionMutation['testConnection'], { __typename: 'TestConnectionPayload' }>['test']

/** What the test of a draft found, or why there was none. */
export type DraftOutcome =
  | { readonly kind: 'tested'; readonly test: TestResult }
  | { readonly kind: 'refused'; readonly message: string; readonly issues: readonly { path: readonly string[]; message: string }[] }

export interface DraftTesting {
  readonly outcome: DraftOutcome | null
  readonly isTesting: boolean
  readonly test: (draft: DraftConnectionInput) => Promise<DraftOutcome>
  /** For values that are others now: what was found of the earlier ones, or still will be, does not count. */
  readonly forget: () => void
}

/** Whether the test showed that the values do not work. */
export function hasFailed(outcome: DraftOutcome | null): boolean {
  return outcome?.kind === 'tested' && statusOf(outcome.test.status).tone === 'bad'
}

/** Whether the test showed that the values work. */
export function isGood(outcome: DraftOutcome | null): boolean {
  return outcome?.kind === 'tested' && outcome.test.status === 'OK'
}

/** Tests values that are saved nowhere. */
export function useDraftTest(): DraftTesting {
  const { writes } = useSession().clients
  const [outcome, setOutcome] = useState<DraftOutcome | null>(null)
  const [isTesting, setTesting] = useState(false)
  const values = useRef(0)
  const forget = useCallback(() => {
    values.current += 1
    setOutcome(null)
  }, [])

  const test = async (draft: DraftConnectionInput) => {
    const giveFocusBack = rememberFocus()
    const tested = values.current
    setTesting(true)
    setOutcome(null)
    const { data, error } = await writes.mutation(TestConnectionDocument, { input: { draft } }).toPromise()
    setTesting(false)
    giveFocusBack()
    const found = read(data, error === undefined ? 'The gateway did not answer.' : problemOf(error).message)
    if (values.current === tested) setOutcome(found)
    return found
  }
  return { outcome, isTesting, test, forget }
}

function read(data: TestConnectionMutation | undefined, problem: string): DraftOutcome {
  if (data === undefined) return { kind: 'refused', message: problem, issues: [] }
  const result = data.testConnection
  if (result.__typename === 'TestConnectionPayload') return { kind: 'tested', test: result.test }
  // A path starts at the input, and the form knows its fields by their names in the draft.
  const issues =
    result.__typename === 'ValidationError' ? result.issues.map(({ path, ...issue }) => ({ ...issue, path: path.slice(1) })) : []
  return { kind: 'refused', message: result.message, issues }
}
