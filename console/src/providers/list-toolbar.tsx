import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ProviderOrder } from '../generated/documents.ts'
import { KeySearch } from '../parts/key-search.tsx'
import { oneOf } from '../parts/one-of.ts'
import { TYPES, typeName } from '../parts/provider-types.ts'
import { VendorPicker } from '../parts/vendor-picker.tsx'
import { ENABLED_OPTIONS, STATUS_OPTIONS } from './filter-options.ts'
import { isStatus, type ListView } from './list-view.tsx'

/** The gateway filters by type alone. */
const TYPES_TO_CHOOSE = TYPES.map((type) => ({ key: type, type, label: typeName(type), hint: '' }))
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
  return (
    <search className="list-toolbar">
      <KeySearch
        label="Search providers"
        placeholder="Name, endpoint or end of a key"
        value={view.search}
        onChange={(search) => onChange({ ...view, search })}
      />
      <VendorPicker
        none="Any vendor"
        vendors={TYPES_TO_CHOOSE}
        value={view.type}
        onChange={(vendor) => onChange({ ...view, type: vendor?.type ?? '' })}
      />
      <NativeSelect
        aria-label="Last test"
        data={STATUS_OPTIONS}
        value={view.status}
        onChange={(event) => onChange({ ...view, status: isStatus(event.currentTarget.value) ? event.currentTarget.value : '' })}
      />
      <NativeSelect
        aria-label="Enabled"
        data={ENABLED_OPTIONS}
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
