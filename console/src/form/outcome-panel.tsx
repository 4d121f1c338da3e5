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
        {test.models.length > 0 && ` · ${modelsText(test.models)}`}
      </Text>
    </Alert>
  )
}

function modelsText(models: readonly string[]): string {
  return models.length === 1 ? `1 model: ${models[0]}` : `${models.length} models, e.g. ${models.slice(0, 3).join(', ')}`
}
