import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { useRoute, useSearch } from 'wouter'
import type { ConnectionStatus, ProviderFilter, ProviderOrder, ProviderOrderField, ProviderType } from '../generated/documents.ts'
import { oneOf } from '../parts/one-of.ts'
import { TYPES } from '../parts/provider-types.ts'
import { STATUSES } from '../parts/test-status.tsx'
import { useUrlState } from '../parts/use-url-state.ts'

/** Stands in the URL for providers without a test. */
export const NOT_TESTED = 'NOT_TESTED'

/** What somebody has chosen to see of the list. */
export interface ListView {
  readonly search: string
  readonly type: ProviderType | ''
  readonly status: ConnectionStatus | typeof NOT_TESTED | ''
  readonly enabled: '' | 'true' | 'false'
  readonly orderBy: ProviderOrder
}

export const EVERYTHING: ListView = { search: '', type: '', status: '', enabled: '', orderBy: { field: 'NAME', direction: 'ASC' } }

const ORDER_FIELDS: readonly ProviderOrderField[] = ['NAME', 'DISPLAY_NAME', 'BASE_URL', 'CREATED_AT', 'UPDATED_AT']

/** In the words of the API; undefined for all providers. */
export function filterOf({ search, type, status, enabled }: ListView): ProviderFilter | undefined {
  const filter: ProviderFilter = {
    ...(search.trim() === '' ? {} : { search: search.trim() }),
    ...(type === '' ? {} : { type }),
    ...(status === '' ? {} : { status: status === NOT_TESTED ? null : status }),
    ...(enabled === '' ? {} : { enabled: enabled === 'true' }),
  }
  return Object.keys(filter).length === 0 ? undefined : filter
}

/** Whether a value of the filter by outcome is one. */
export function isStatus(value: string): value is ConnectionStatus | typeof NOT_TESTED {
  return value === NOT_TESTED || Object.hasOwn(STATUSES, value)
}

function viewOf(parameters: URLSearchParams): ListView {
  const status = parameters.get('status') ?? ''
  const order = parameters.get('order') ?? ''
  const field = oneOf(ORDER_FIELDS, order.replace('-', ''))
  return {
    search: parameters.get('search') ?? '',
    type: oneOf(TYPES, parameters.get('type') ?? '') ?? '',
    status: isStatus(status) ? status : '',
    enabled: oneOf(['true', 'false'] as const, parameters.get('enabled') ?? '') ?? '',
    orderBy: field === undefined ? EVERYTHING.orderBy : { field, direction: order.startsWith('-') ? 'DESC' : 'ASC' },
  }
}

/** The view stands in the URL, so that a link shows it to somebody else. */
export function useListView(): readonly [ListView, (view: ListView) => void] {
  const [parameters, change] = useUrlState()
  const text = parameters.toString()
  const view = useMemo(() => viewOf(new URLSearchParams(text)), [text])
  const setView = useCallback(
    ({ search, type, status, enabled, orderBy: { field, direction } }: ListView) => {
      const order = `${direction === 'DESC' ? '-' : ''}${field}`
      change({ search, type, status, enabled, order: order === EVERYTHING.orderBy.field ? null : order })
    },
    [change],
  )
  return [view, setView]
}

const ListHrefContext = createContext('/')

/** Remembers the view while somebody looks at a provider, for the ways back. */
export function ListHrefProvider({ children }: { readonly children: ReactNode }) {
  const [isList] = useRoute('/')
  const search = useSearch()
  const [href, setHref] = useState('/')
  useEffect(() => {
    if (isList) setHref(search === '' ? '/' : `/?${search}`)
  }, [isList, search])
  return <ListHrefContext value={href}>{children}</ListHrefContext>
}

/** Where the list of providers is, as it was last seen. */
export function useListHref(): string {
  return useContext(ListHrefContext)
}
