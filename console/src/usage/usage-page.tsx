import { Text } from '@mantine/core'
import { PageHeading } from '../parts/page-heading.tsx'
import { usePermissions } from '../session/session.ts'
import { UsageView } from './usage-view.tsx'

/** Who used what: calls, tokens and failures over time, by provider, model, key and caller. */
export function UsagePage() {
  const { mayAdminister } = usePermissions()
  return (
    <>
      <PageHeading title="Usage" />
      {!mayAdminister && (
        <Text fz="sm" c="dimmed" mb="sm">
          You see the calls of your own token. Admins see all calls.
        </Text>
      )}
      <UsageView />
    </>
  )
}
