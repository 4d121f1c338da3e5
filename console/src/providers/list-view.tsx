import { createContext, type Dispatch, type ReactNode, type SetStateAction, useContext, useState } from 'react'
import type { ConnectionStatus, ProviderFilter, ProviderOrder, ProviderType } from '../generated/documents.ts'

/** What somebody has chosen to see of the list. */
export interface ListView {
  readonly search: string
  readonly type: ProviderType | ''
  readonly status: ConnectionStatus | ''
  readonly enabled: '' | 'true' | 'false'
  readonly orderBy: ProviderOrder
}

export const EVERYTHING: ListView = { search: '', type: '', status: '', enabled: '', orderBy: { field: 'NAME', direction: 'ASC' } }

/** In the words of the API; undefined for all providers. */
export function filterOf({ search, type, status, enabled }: ListView): ProviderFilter | undefined {
  const filter: ProviderFilter = {
    ...(search.trim() === '' ? {} : { search: search.trim() }),
    ...(type === '' ? {} : { type }),
    ...(status === '' ? {} : { status }),
    ...(enabled === '' ? {} : { enabled: enabled === 'true' }),
  }
  return Object.keys(filter).length === 0 ? undefined : filter
}

const ListViewContext = createContext<readonly [ListView, Dispatch<SetStateAction<ListView>>] | null>(null)

/** Remembers the view while somebody looks at a provider and comes back. In memory: what is searched for is in no URL. */
export function ListViewProvider({ children }: { readonly children: ReactNode }) {
  return <ListViewContext value={useState(EVERYTHING)}>{children}</ListViewContext>
}

export function useListView(): readonly [ListView, Dispatch<SetStateAction<ListView>>] {
  const view = useContext(ListViewContext)
  if (view === null) throw new Error('The list has a view inside ListViewProvider only.')
  return view
}
