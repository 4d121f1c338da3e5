import { NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ConnectionStatus, ProviderOrder, ProviderType } from '../generated/documents.ts'
import { SearchIcon } from '../parts/icons.tsx'
import { typeName } from '../parts/provider-icon.tsx'
import { STATUSES } from '../parts/test-status.tsx'
import type { ListView } from './list-view.tsx'

const TYPES = ['OPENAI', 'ANTHROPIC', 'AZURE', 'BEDROCK', 'GOOGLE', 'OPENAI_COMPAT', 'OPENROUTER', 'VERCEL', 'COPILOT'] as const

const typeOptions = [{ value: '', label: 'Any type' }, ...TYPES.map((type) => ({ value: type, label: typeName(type) }))]
const statusOptions = [{ value: '', label: 'Any outcome' }, ...Object.entries(STATUSES).map(([value, { label }]) => ({ value, label }))]
const enabledOptions = [
  { value: '', label: 'On or off' },
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
  return (
    <search className="list-toolbar">
      <TextInput
        className="list-search"
        aria-label="Search providers"
        placeholder="Search name or endpoint"
        type="search"
        leftSection={<SearchIcon size={16} />}
        value={view.search}
        onChange={(event) => onChange({ ...view, search: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label="Type"
        data={typeOptions}
        value={view.type}
        onChange={(event) => onChange({ ...view, type: oneOf<ProviderType>(TYPES, event.currentTarget.value) })}
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
        onChange={(event) => onChange({ ...view, enabled: oneOf(['true', 'false'], event.currentTarget.value) })}
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

function oneOf<T extends string>(known: readonly T[], value: string): T | '' {
  return known.find((one) => one === value) ?? ''
}

function isStatus(value: string): value is ConnectionStatus {
  return value in STATUSES
}
