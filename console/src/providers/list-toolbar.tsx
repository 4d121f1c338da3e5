import { NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ProviderOrder } from '../generated/documents.ts'
import { SearchIcon } from '../parts/icons.tsx'
import { useNotify } from '../parts/notices.tsx'
import { oneOf } from '../parts/one-of.ts'
import { endOfPastedKey } from '../parts/pasted-key.ts'
import { TYPES, typeName } from '../parts/provider-icon.tsx'
import { STATUSES } from '../parts/test-status.tsx'
import { isStatus, type ListView, NOT_TESTED } from './list-view.tsx'

const typeOptions = [{ value: '', label: 'Any type' }, ...TYPES.map((type) => ({ value: type, label: typeName(type) }))]
const statusOptions = [
  { value: '', label: 'Any outcome' },
  { value: NOT_TESTED, label: 'Not tested' },
  ...Object.entries(STATUSES).map(([value, { label }]) => ({ value, label })),
]
const enabledOptions = [
  { value: '', label: 'Any state' },
  { value: 'true', label: 'Enabled' },
  { value: 'false', label: 'Disabled' },
]
const ORDERS: Readonly<Record<string, ProviderOrder>> = {
  'Name, A to Z': { field: 'NAME', direction: 'ASC' },
  'Name, Z to A': { field: 'NAME', direction: 'DESC' },
  'Display name': { field: 'DISPLAY_NAME', direction: 'ASC' },
  Endpoint: { field: 'BASE_URL', direction: 'ASC' },
  'Newest first': { field: 'CREATED_AT', direction: 'DESC' },
  'Changed last': { field: 'UPDATED_AT', direction: 'DESC' },
}

/** The name of an order; one that the table's head made and that has no name is shown as the nearest. */
function orderName({ field, direction }: ProviderOrder): string {
  const entries = Object.entries(ORDERS)
  const exact = entries.find(([, order]) => order.field === field && order.direction === direction)
  return (exact ?? entries.find(([, order]) => order.field === field))?.[0] ?? 'Name, A to Z'
}

export interface ListToolbarProps {
  readonly view: ListView
  readonly onChange: (view: ListView) => void
  readonly children: ReactNode
}

/** Search, filters and order of the list. */
export function ListToolbar({ view, onChange, children }: ListToolbarProps) {
  const notify = useNotify()
  const search = (text: string) => {
    const end = endOfPastedKey(text)
    onChange({ ...view, search: end ?? text })
    if (end !== null)
      notify({ tone: 'good', title: `Searching for keys that end in ${end}`, message: 'The key itself was not sent or stored.' })
  }
  return (
    <search className="list-toolbar">
      <TextInput
        className="list-search"
        aria-label="Search providers"
        placeholder="Name, endpoint or end of a key"
        type="search"
        leftSection={<SearchIcon size={16} />}
        value={view.search}
        onChange={(event) => search(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label="Type"
        data={typeOptions}
        value={view.type}
        onChange={(event) => onChange({ ...view, type: oneOf(TYPES, event.currentTarget.value) ?? '' })}
      />
      <NativeSelect
        aria-label="Last test"
        data={statusOptions}
        value={view.status}
        onChange={(event) => onChange({ ...view, status: isStatus(event.currentTarget.value) ? event.currentTarget.value : '' })}
      />
      <NativeSelect
        aria-label="Enabled"
        data={enabledOptions}
        value={view.enabled}
        onChange={(event) => onChange({ ...view, enabled: oneOf(['true', 'false'] as const, event.currentTarget.value) ?? '' })}
      />
      <NativeSelect
        aria-label="Order"
        data={Object.keys(ORDERS)}
        value={orderName(view.orderBy)}
        onChange={(event) => onChange({ ...view, orderBy: ORDERS[event.currentTarget.value] ?? view.orderBy })}
      />
      {children}
    </search>
  )
}
