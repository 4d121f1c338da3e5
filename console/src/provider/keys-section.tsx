import { ActionIcon, Button, Menu, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { KeyFieldsFragment, ProviderDetailsFragment } from '../generated/documents.ts'
import { keyPath } from '../keys/key-table.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { EditIcon, KeyIcon, MoreIcon, PlayIcon, PlusIcon, RotateIcon, TrashIcon } from '../parts/icons.tsx'
import { Section } from '../parts/section.tsx'
import { TestStatus, ToneBadge } from '../parts/test-status.tsx'
import { usePermissions } from '../session/session.ts'
import { AddKeyDialog } from './add-key-dialog.tsx'
import { EditKeyDialog } from './edit-key-dialog.tsx'
import { KeyCalls } from './key-calls.tsx'
import { RotateKeyDialog } from './rotate-key-dialog.tsx'
import { useChangeProvider } from './use-change-provider.ts'
import { useTestConnection } from './use-test-connection.ts'

export interface KeysSectionProps {
  readonly provider: ProviderDetailsFragment
}

const KEYLESS: Partial<Record<ProviderDetailsFragment['type'], string>> = {
  COPILOT: 'It has no stored keys: each caller sends a GitHub token.',
  BEDROCK: 'It has no stored keys: it uses the access keys or the role in its Bedrock settings.',
}

/** The keys of a provider: masks to read, and everything that can be done with a key whose value nobody sees. */
export function KeysSection({ provider }: KeysSectionProps) {
  const { mayEdit } = usePermissions()
  const [isAdding, setAdding] = useState(false)
  const keyless = provider.settings === null ? KEYLESS[provider.type] : KEYLESS.BEDROCK
  const keys = provider.apiKeys.nodes
  const add = mayEdit && keyless === undefined && (
    <Button size="xs" variant="default" leftSection={<PlusIcon size={14} />} onClick={() => setAdding(true)}>
      Add key
    </Button>
  )
  return (
    <Section title="API keys" aside={add}>
      {keys.length === 0 && (
        <Text fz="sm" c="dimmed">
          {keyless ?? 'No key is stored. Add one, so that tools and tests can use it.'}
        </Text>
      )}
      <ul className="keys">
        {keys.map((apiKey) => (
          <KeyRow key={apiKey.id} provider={provider} apiKey={apiKey} />
        ))}
      </ul>
      {isAdding && <AddKeyDialog provider={provider} onClose={() => setAdding(false)} />}
    </Section>
  )
}

interface KeyProps extends KeysSectionProps {
  readonly apiKey: KeyFieldsFragment
}

function KeyRow({ provider, apiKey }: KeyProps) {
  const { mayEdit } = usePermissions()
  return (
    <li className="key-row">
      <span className="key-sign">
        <KeyIcon size={16} />
      </span>
      <span className="key-name">
        <Link href={keyPath(apiKey.id)} className={apiKey.enabled ? 'mask key-link' : 'mask mask-off key-link'}>
          {apiKey.masked}
        </Link>
        <span className="dimmed">
          {apiKey.name ?? 'Without a name'} · weight {apiKey.weight}
        </span>
      </span>
      <TestStatus test={apiKey.lastConnectionTest} />
      {mayEdit ? (
        <KeyActions provider={provider} apiKey={apiKey} />
      ) : (
        <ToneBadge tone={apiKey.enabled ? 'good' : 'quiet'}>{apiKey.enabled ? 'Enabled' : 'Disabled'}</ToneBadge>
      )}
      <KeyCalls provider={provider} apiKey={apiKey} />
    </li>
  )
}

type KeyDialogName = 'edit' | 'rotate' | 'remove'

/** What an editor can do with a key. */
export function KeyActions({ provider, apiKey }: KeyProps) {
  const { isBusy, change } = useChangeProvider(provider)
  const [open, setOpen] = useState<KeyDialogName | null>(null)
  const close = () => setOpen(null)
  const switchKey = (enabled: boolean) =>
    change(
      { keepOtherApiKeys: true, apiKeys: [{ keep: { id: apiKey.id, enabled } }] },
      `The key ${apiKey.masked} is ${enabled ? 'enabled' : 'disabled'}`,
    )
  const remove = async () => {
    const outcome = await change({ keepOtherApiKeys: true, apiKeys: [{ remove: apiKey.id }] }, `The key ${apiKey.masked} was removed`)
    if (outcome === 'done') close()
  }
  return (
    <span className="key-actions">
      <Switch
        aria-label={`Key ${apiKey.masked} enabled`}
        checked={apiKey.enabled}
        disabled={isBusy}
        onChange={(event) => void switchKey(event.currentTarget.checked)}
      />
      <KeyMenu provider={provider} apiKey={apiKey} onOpen={setOpen} />
      {open === 'edit' && <EditKeyDialog provider={provider} apiKey={apiKey} onClose={close} />}
      {open === 'rotate' && <RotateKeyDialog provider={provider} apiKey={apiKey} onClose={close} />}
      {open === 'remove' && (
        <ConfirmDialog title={`Remove ${apiKey.masked}?`} action="Remove" isBusy={isBusy} onConfirm={() => void remove()} onClose={close}>
          Deletes it at once. You cannot undo this. Tools that use it stop working.
        </ConfirmDialog>
      )}
    </span>
  )
}

function KeyMenu({ provider, apiKey, onOpen }: KeyProps & { readonly onOpen: (dialog: KeyDialogName) => void }) {
  const { isTesting, test } = useTestConnection(provider)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" className="touch-target" loading={isTesting} aria-label={`Actions for the key ${apiKey.masked}`}>
          <MoreIcon size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<PlayIcon size={15} />} onClick={() => void test(apiKey.id)}>
          Test this key
        </Menu.Item>
        <Menu.Item leftSection={<RotateIcon size={15} />} onClick={() => onOpen('rotate')}>
          Rotate…
        </Menu.Item>
        <Menu.Item leftSection={<EditIcon size={15} />} onClick={() => onOpen('edit')}>
          Name and weight…
        </Menu.Item>
        <Menu.Item className="danger-item" leftSection={<TrashIcon size={15} />} onClick={() => onOpen('remove')}>
          Remove…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
