import { memo } from 'react'
import { Link } from 'wouter'
import type { ProviderRowFragment } from '../generated/documents.ts'
import { PlayIcon } from '../parts/icons.tsx'
import { ProviderIcon } from '../parts/provider-icon.tsx'
import { typeName } from '../parts/provider-types.ts'
import { TestStatus, ToneBadge } from '../parts/test-status.tsx'
import { useRowClick } from '../parts/use-row-click.ts'
import { useTestConnection } from '../provider/use-test-connection.ts'
import { usePermissions } from '../session/session.ts'

/** How many masks a row shows; the others are counted. */
const SHOWN_KEYS = 2

export interface ProviderRowProps {
  readonly provider: ProviderRowFragment
  readonly index: number
  /** Tells the table how high the row has become. */
  readonly measure: (element: Element | null) => void
  readonly isSelected: boolean
  readonly onSelect: (id: string, isSelected: boolean) => void
}

/** One provider in the table. Drawn again when it changed, and not when its neighbours did. */
export const ProviderRow = memo(function ProviderRow({ provider, index, measure, isSelected, onSelect }: ProviderRowProps) {
  const { mayEdit } = usePermissions()
  const { name, displayName, baseUrl, enabled } = provider
  const open = useRowClick(`/providers/${name}`)
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2} className="provider-row row-opens" onClick={open}>
      {mayEdit && (
        <td className="cell-select">
          <input
            type="checkbox"
            aria-label={`Select ${displayName}`}
            checked={isSelected}
            onChange={(event) => onSelect(provider.id, event.currentTarget.checked)}
          />
        </td>
      )}
      <td>
        <NameCell provider={provider} />
      </td>
      <td className="cell-endpoint">
        <span className="endpoint" title={baseUrl}>
          {baseUrl === '' ? <span className="dimmed">No endpoint</span> : baseUrl.replace(/^https:\/\//, '')}
        </span>
      </td>
      <td className="cell-keys">
        <KeyMasks provider={provider} />
      </td>
      <td className="cell-test">
        <TestStatus test={provider.lastConnectionTest} />
      </td>
      <td className="cell-state">
        <ToneBadge tone={enabled ? 'good' : 'quiet'}>{enabled ? 'Enabled' : 'Disabled'}</ToneBadge>
      </td>
      {mayEdit && (
        <td className="cell-actions">
          <TestButton provider={provider} />
        </td>
      )}
    </tr>
  )
})

function NameCell({ provider: { name, displayName, type, icon } }: Pick<ProviderRowProps, 'provider'>) {
  return (
    <span className="cell-name">
      <ProviderIcon type={type} icon={icon} />
      <span className="two-lines">
        <Link href={`/providers/${name}`} className="provider-link">
          {displayName}
        </Link>
        <span className="dimmed">
          {typeName(type)}
          {displayName !== name && ` · ${name}`}
        </span>
      </span>
    </span>
  )
}

/** What it signs its calls with where it has no keys. */
function keylessText({ type, settings }: ProviderRowFragment): string {
  if (settings?.hasAccessKey) return 'Access key'
  if (typeof settings?.roleArn === 'string') return 'Role'
  return type === 'BEDROCK' || type === 'COPILOT' ? 'None needed' : 'No keys'
}

function KeyMasks({ provider }: Pick<ProviderRowProps, 'provider'>) {
  const { apiKeys } = provider
  const shown = apiKeys.nodes.slice(0, SHOWN_KEYS)
  if (shown.length === 0) return <span className="dimmed">{keylessText(provider)}</span>
  const others = apiKeys.totalCount - shown.length
  return (
    <span className="masks">
      {shown.map(({ id, masked, enabled }) => (
        <code key={id} className={enabled ? 'mask' : 'mask mask-off'} title={enabled ? 'An enabled key' : 'A disabled key'}>
          {masked}
        </code>
      ))}
      {others > 0 && <span className="dimmed">+{others}</span>}
    </span>
  )
}

/** A plain button: what the library's brings along would be made again for each row that scrolls into sight. */
function TestButton({ provider }: Pick<ProviderRowProps, 'provider'>) {
  const { isTesting, test } = useTestConnection(provider)
  return (
    <button
      type="button"
      className="row-button"
      title="Test the connection"
      aria-label={`Test ${provider.displayName}`}
      aria-busy={isTesting}
      disabled={isTesting}
      onClick={() => void test()}
    >
      <PlayIcon size={15} />
    </button>
  )
}
