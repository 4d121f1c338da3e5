import { Anchor } from '@mantine/core'
import { Link } from 'wouter'
import type { KeyRowFragment } from '../generated/documents.ts'
import { Fact } from '../parts/fact.tsx'
import { RelativeTime } from '../parts/relative-time.tsx'
import { Section } from '../parts/section.tsx'
import { TestStatus } from '../parts/test-status.tsx'
import { usePermissions } from '../session/session.ts'

/** What is known of a key beside its use, and where its changes are written down. */
export function KeyFacts({ apiKey }: { readonly apiKey: KeyRowFragment }) {
  const { mayAdminister } = usePermissions()
  const { name, enabled, weight, environmentVariable, models, exceptModels, lastConnectionTest, lastUsedAt, createdAt, provider } = apiKey
  const endpoint = apiKey.endpoint ?? apiKey.endpointVariable
  const changes = `/audit?about=${encodeURIComponent(provider.name)}&action=PROVIDER_UPDATED`
  const audit = mayAdminister && (
    <Anchor component={Link} href={changes} fz="sm">
      Audit log
    </Anchor>
  )
  return (
    <Section title="Details" aside={audit}>
      <dl className="facts">
        <Fact name="Provider">
          <Anchor component={Link} href={`/providers/${provider.name}`} fz="inherit">
            {provider.displayName}
          </Anchor>
        </Fact>
        <Fact name="Name">{name ?? 'None'}</Fact>
        <Fact name="State">{enabled ? 'Enabled' : 'Disabled'}</Fact>
        <Fact name="Weight">{weight}</Fact>
        {environmentVariable !== null && (
          <Fact name="Variable">
            <code>{environmentVariable}</code>
          </Fact>
        )}
        {endpoint !== null && (
          <Fact name={apiKey.endpoint === null ? 'Endpoint variable' : 'Endpoint'}>
            <code>{endpoint}</code>
          </Fact>
        )}
        {models !== null && <Fact name="Models">{models.join(', ')}</Fact>}
        {exceptModels !== null && <Fact name="Except models">{exceptModels.join(', ')}</Fact>}
        <Fact name="Last test">
          <TestStatus test={lastConnectionTest} />
        </Fact>
        <Fact name="Last used">{lastUsedAt === null ? 'Never' : <RelativeTime at={lastUsedAt} />}</Fact>
        <Fact name="Added">
          <RelativeTime at={createdAt} />
        </Fact>
      </dl>
    </Section>
  )
}
