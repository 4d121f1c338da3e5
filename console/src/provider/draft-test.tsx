import { Button } from '@mantine/core'
import { networkOf } from '../form/network-draft.ts'
import { OutcomePanel } from '../form/outcome-panel.tsx'
import type { DraftTesting } from '../form/use-draft-test.ts'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { PlayIcon } from '../parts/icons.tsx'

export interface DraftTestProps {
  readonly provider: ProviderDetailsFragment
  /** Where the key will be sent. */
  readonly baseUrl: string
  /** The key to try, which nothing keeps. */
  readonly apiKey: string
  readonly testing: DraftTesting
}

/** Tries a key against its endpoint before it is stored. */
export function DraftTest({ provider, baseUrl, apiKey, testing }: DraftTestProps) {
  const { outcome, isTesting, test } = testing
  const run = () => {
    void test({ type: provider.type, baseUrl, apiKey, network: networkOf(provider.network) })
  }
  return (
    <div>
      <Button variant="default" leftSection={<PlayIcon size={15} />} loading={isTesting} disabled={apiKey === ''} onClick={run}>
        Test first
      </Button>
      {outcome !== null && <OutcomePanel outcome={outcome} />}
    </div>
  )
}
