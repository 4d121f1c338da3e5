import { ActionIcon, Button, Menu, Switch, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { ProviderDetailsFragment } from '../generated/documents.ts'
import { BackIcon, EditIcon, MoreIcon, PlayIcon, TrashIcon } from '../parts/icons.tsx'
import { PageHeading } from '../parts/page-heading.tsx'
import { ProviderIcon } from '../parts/provider-icon.tsx'
import { ToneBadge } from '../parts/test-status.tsx'
import { useListHref } from '../providers/list-view.tsx'
import { usePermissions } from '../session/session.ts'
import { UsageOfProvider } from '../usage/usage-of-provider.tsx'
import { UseIt } from '../use/use-it.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { Facts } from './facts.tsx'
import { History } from './history.tsx'
import { KeysSection } from './keys-section.tsx'
import { LatestTest } from './latest-test.tsx'
import { useCallState } from './use-call-state.ts'
import { useChangeProvider } from './use-change-provider.ts'
import { useTestConnection } from './use-test-connection.ts'
import { Warnings } from './warnings.tsx'

export interface ProviderDetailProps {
  readonly provider: ProviderDetailsFragment
}

/** The page of a provider that is there. */
export function ProviderDetail({ provider }: ProviderDetailProps) {
  const { mayEdit } = usePermissions()
  const listHref = useListHref()
  useCallState(provider.name)
  return (
    <>
      <PageHeading
        title={provider.displayName}
        before={
          <>
            <Tooltip label="All providers">
              <ActionIcon
                component={Link}
                href={listHref}
                variant="subtle"
                color="gray"
                className="quiet-action touch-target"
                aria-label="All providers"
              >
                <BackIcon />
              </ActionIcon>
            </Tooltip>
            <ProviderIcon type={provider.type} icon={provider.icon} size={40} />
          </>
        }
        aside={!mayEdit && <ToneBadge tone={provider.enabled ? 'good' : 'quiet'}>{provider.enabled ? 'Enabled' : 'Disabled'}</ToneBadge>}
        actions={mayEdit && <Actions provider={provider} />}
      />
      <div className="detail-grid">
        <div className="detail-main">
          <Warnings warnings={provider.warnings} />
          <LatestTest provider={provider} />
          <KeysSection provider={provider} />
          <UseIt provider={provider} />
          <UsageOfProvider name={provider.name} />
          <History name={provider.name} />
        </div>
        <Facts provider={provider} />
      </div>
    </>
  )
}

function Actions({ provider }: ProviderDetailProps) {
  const { isTesting, test } = useTestConnection(provider)
  const { isBusy, change } = useChangeProvider(provider)
  const [isDeleting, setDeleting] = useState(false)
  return (
    <>
      <Switch
        label="Enabled"
        checked={provider.enabled}
        disabled={isBusy || (provider.baseUrl === '' && provider.apiKeys.nodes.length === 0)}
        onChange={(event) => void change({ enabled: event.currentTarget.checked }, event.currentTarget.checked ? 'Enabled' : 'Disabled')}
      />
      <Button leftSection={<PlayIcon size={15} />} loading={isTesting} onClick={() => void test()}>
        Test connection
      </Button>
      <Button component={Link} href={`/providers/${provider.name}/edit`} variant="default" leftSection={<EditIcon size={15} />}>
        Edit
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item className="danger-item" leftSection={<TrashIcon size={16} />} onClick={() => setDeleting(true)}>
            Delete provider…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isDeleting && <DeleteDialog provider={provider} onClose={() => setDeleting(false)} />}
    </>
  )
}
