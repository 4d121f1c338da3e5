import { Link } from 'wouter'
import type { KeyRowFragment } from '../generated/documents.ts'
import { ProviderIcon } from '../parts/provider-icon.tsx'
import { RelativeTime } from '../parts/relative-time.tsx'
import { TestStatus } from '../parts/test-status.tsx'
import { useRowClick } from '../parts/use-row-click.ts'
import { KeyStateBadge } from './key-state.tsx'

/** Where the page of a key is. */
export function keyPath(id: string): string {
  return `/keys/${encodeURIComponent(id)}`
}

/** A row for each key. On a narrow screen each is a card. */
export function KeyTable({ keys }: { readonly keys: readonly KeyRowFragment[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-frame table-scroll" tabIndex={0} aria-label="Keys, newest first">
      <table className="plain-table card-table">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Provider</th>
            <th scope="col">Calls</th>
            <th scope="col">Last test</th>
            <th scope="col">Last used</th>
            <th scope="col">Added</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((apiKey) => (
            <KeyTableRow key={apiKey.id} apiKey={apiKey} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function KeyTableRow({ apiKey }: { readonly apiKey: KeyRowFragment }) {
  const { id, masked, name, enabled, provider, lastConnectionTest, lastUsedAt, createdAt } = apiKey
  const open = useRowClick(keyPath(id))
  return (
    <tr className="row-opens" onClick={open}>
      <th scope="row" data-label="Key" className="cell-text">
        <Link href={keyPath(id)} className={enabled ? 'mask key-link' : 'mask mask-off key-link'}>
          {masked}
        </Link>
        {name !== null && <span className="dimmed key-row-name">{name}</span>}
      </th>
      <td data-label="Provider" className="cell-text">
        <span className="key-provider">
          <ProviderIcon type={provider.type} icon={provider.icon} size={22} />
          <Link href={`/providers/${provider.name}`}>{provider.displayName}</Link>
        </span>
      </td>
      <td data-label="Calls">
        <KeyStateBadge apiKey={apiKey} />
      </td>
      <td data-label="Last test">
        <TestStatus test={lastConnectionTest} />
      </td>
      <td data-label="Last used">{lastUsedAt === null ? <span className="dimmed">never</span> : <RelativeTime at={lastUsedAt} />}</td>
      <td data-label="Added">
        <RelativeTime at={createdAt} />
      </td>
    </tr>
  )
}
