import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { Fact } from '../parts/fact.tsx'
import { EditIcon } from '../parts/icons.tsx'
import { Section } from '../parts/section.tsx'
import { ToneBadge } from '../parts/test-status.tsx'
import { usePermissions } from '../session/session.ts'
import { CallAddress } from './call-address.tsx'
import { CallSettingsDialog } from './call-settings-dialog.tsx'
import { whyNotCallable } from './why-not-callable.ts'

/** Whether model calls to a provider pass, and what of them does. */
export function ModelCalls({ provider }: { readonly provider: ProviderDetailsFragment }) {
  const { mayAdminister } = usePermissions()
  const [isEditing, setEditing] = useState(false)
  const reason = whyNotCallable(provider)
  const edit = mayAdminister && (
    <Button size="xs" variant="default" leftSection={<EditIcon size={14} />} onClick={() => setEditing(true)} aria-label="Edit model calls">
      Edit
    </Button>
  )
  return (
    <Section title="Model calls" aside={edit}>
      <dl className="facts">
        <Fact name="State">
          <ToneBadge tone={reason === null ? 'good' : 'bad'}>{reason === null ? 'Callable' : 'Not callable'}</ToneBadge>
          {reason !== null && <div>{reason}</div>}
        </Fact>
        <Fact name="Address">
          <CallAddress provider={provider} />
        </Fact>
        <Fact name="Routes">{provider.callRoutes === 'ALL' ? 'Every route of the API' : 'Model calls only'}</Fact>
        <Fact name="More headers">{provider.callHeaders.length === 0 ? 'None' : <code>{provider.callHeaders.join(', ')}</code>}</Fact>
      </dl>
      {isEditing && <CallSettingsDialog provider={provider} onClose={() => setEditing(false)} />}
    </Section>
  )
}
