import { PageHeading } from '../parts/page-heading.tsx'
import { OwnCallsNote } from './own-calls-note.tsx'
import { UsageView } from './usage-view.tsx'

/** Who used what: calls, tokens and failures over time, by provider, model, key and caller. */
export function UsagePage() {
  return (
    <>
      <PageHeading title="Usage" />
      <OwnCallsNote />
      <UsageView />
    </>
  )
}
