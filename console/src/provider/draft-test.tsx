import { Button } from '@mantine/core'
import { networkOf } from '../form/network-draft.ts'
import { OutcomePanel } from '../form/outcome-panel.tsx'
import { useDraftTest } from '../form/use-draft-test.ts'
import type { ProviderDetailsFragment } from '../generated/documents.ts'

export interface DraftTestProps {
  readonly provider: ProviderDetailsFragment
  /** The key to try, which nothing keeps. */
  readonly apiKey: string
}

/** Tries a key against the provider's endpoint before it is stored. */
export function DraftTest({ provider, apiKey }: DraftTestProps) {
  const { outcome, isTesting, test } = useDraftTest()
  const run = () => {
    const { type, baseUrl } = provider
    void test({ type, baseUrl, apiKey, network: networkOf(provider.network) })
  }
  return (
    <>
      <Button variant="default" loading={isTesting} disabled={apiKey === ''} onClick={run}>
        Test first
      </Button>
      {outcome !== null && <OutcomePanel outcome={outcome} />}
    </>
  )
}
