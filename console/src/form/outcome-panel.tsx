import { Alert, Text } from '@mantine/core'
import { statusOf } from '../parts/test-status.tsx'
import type { DraftOutcome } from './use-draft-test.ts'

const COLORS = { good: 'teal', warn: 'yellow', bad: 'red', quiet: 'gray' } as const

/** What the test of unsaved values found, with the next step. */
export function OutcomePanel({ outcome }: { readonly outcome: DraftOutcome }) {
  if (outcome.kind === 'refused')
    return (
      <Alert color="red" title="Not tested" role="status" mt="sm">
        {outcome.message}
      </Alert>
    )
  const { test } = outcome
  const { label, tone } = statusOf(test.status)
  return (
    <Alert color={COLORS[tone]} title={label} role="status" mt="sm">
      {test.message}
      <Text fz="xs" mt={4}>
        {test.durationMs.toLocaleString('en')} ms
        {test.httpStatus !== null && ` · HTTP ${test.httpStatus}`}
        {test.modelCount > 0 && ` · ${modelsText(test)}`}
      </Text>
    </Alert>
  )
}

function modelsText({ modelCount, models }: { readonly modelCount: number; readonly models: readonly string[] }): string {
  return modelCount === 1 ? `1 model: ${models.join()}` : `${modelCount.toLocaleString('en')} models, e.g. ${models.join(', ')}`
}
