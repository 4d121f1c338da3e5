import { Button, Group } from '@mantine/core'
import { Link } from 'wouter'
import type { RouteFieldsFragment } from '../generated/documents.ts'
import { RelativeTime } from '../parts/relative-time.tsx'
import { usePermissions } from '../session/session.ts'
import { RouteState, TargetStateNote } from './target-state.tsx'

export interface RouteTableProps {
  readonly routes: readonly RouteFieldsFragment[]
  readonly onEdit: (name: string) => void
  readonly onDelete: (name: string) => void
}

/** The routes with their targets and whether calls use them. On a narrow screen each row is a card. */
export function RouteTable({ routes, onEdit, onDelete }: RouteTableProps) {
  const { mayEdit } = usePermissions()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-frame table-scroll" tabIndex={0} aria-label="Routes by name">
      <table className="plain-table card-table route-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Targets</th>
            <th scope="col">State</th>
            <th scope="col">Changed</th>
            {mayEdit && (
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => (
            <tr key={route.id}>
              <th scope="row" data-label="Name">
                <Link href={routePath(route.name)}>{route.name}</Link>
                {route.description !== '' && <span className="dimmed route-description">{route.description}</span>}
              </th>
              <td data-label="Targets">
                <Targets route={route} />
              </td>
              <td data-label="State">
                <RouteState route={route} />
              </td>
              <td data-label="Changed" className="cell-time">
                <RelativeTime at={route.updatedAt} />
              </td>
              {mayEdit && (
                <td className="cell-actions">
                  <Actions name={route.name} onEdit={onEdit} onDelete={onDelete} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Where the page of a route is. */
function routePath(name: string): string {
  return `/routes/${encodeURIComponent(name)}`
}

/** The targets of a route, and whether calls use them. */
export function Targets({ route }: { readonly route: RouteFieldsFragment }) {
  return (
    <ul className="target-list">
      {route.targets.map(({ provider, providerName, model, weight, priority, state }) => (
        <li key={`${provider?.id ?? providerName}/${model}`}>
          <span className="target-name">
            {provider === null ? providerName : <Link href={`/providers/${provider.name}`}>{provider.name}</Link>}
            {' / '}
            <code>{model}</code>
            <span className="dimmed">
              {' '}
              priority {priority} · weight {weight}
            </span>
          </span>
          <TargetStateNote state={state} />
        </li>
      ))}
    </ul>
  )
}

interface ActionsProps extends Pick<RouteTableProps, 'onEdit' | 'onDelete'> {
  readonly name: string
}

function Actions({ name, onEdit, onDelete }: ActionsProps) {
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="compact-sm" variant="default" className="touch-target" onClick={() => onEdit(name)} aria-label={`Edit ${name}`}>
        Edit
      </Button>
      <Button size="compact-sm" variant="default" className="touch-target" onClick={() => onDelete(name)} aria-label={`Delete ${name}`}>
        Delete
      </Button>
    </Group>
  )
}
