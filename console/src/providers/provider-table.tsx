import { Loader, Skeleton } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ProviderOrder, ProviderOrderField } from '../generated/documents.ts'
import { SortHead } from '../parts/sort-head.tsx'
import { usePermissions } from '../session/session.ts'
import type { ProviderList, ProviderPages } from './provider-pages.ts'
import { ProviderRow } from './provider-row.tsx'
import type { Selection } from './use-selection.ts'

const ROW_HEIGHT = 61
/** Rows that are drawn above and below what can be seen: keyboard and screen reader move on through them. */
const OVERSCAN = 12

export interface ProviderTableProps {
  readonly list: ProviderList & Pick<ProviderPages, 'loadMore'>
  readonly selection: Selection
  readonly orderBy: ProviderOrder
  readonly onOrder: (orderBy: ProviderOrder) => void
}

/**
 * The table draws the rows that can be seen and a few more, so that a thousand providers cost no more than twenty, and reads the
 * next page before the last row comes into sight. On a narrow screen the rows
 * are laid out as cards.
 */
export function ProviderTable({ list, selection, orderBy, onOrder }: ProviderTableProps) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (body.current !== null) setTop(body.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  const { rows, hasMore, isLoading, loadMore } = list
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    useFlushSync: false,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const items = virtualizer.getVirtualItems()
  const lastDrawn = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && lastDrawn >= rows.length - 2 * OVERSCAN) loadMore()
  }, [hasMore, lastDrawn, rows.length, loadMore])

  const above = (items[0]?.start ?? top) - top
  const below = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <div className="table-frame" aria-busy={isLoading}>
      <table className="provider-table" aria-label="Providers" aria-rowcount={(list.totalCount ?? rows.length) + 1}>
        <TableHead {...{ selection, orderBy, onOrder }} />
        <tbody ref={body}>
          {above > 0 && <Spacer height={above} />}
          {items.map(({ index, key }) => {
            const row = rows[index]
            return row === undefined ? null : (
              <ProviderRow
                key={key}
                provider={row}
                index={index}
                measure={virtualizer.measureElement}
                isSelected={selection.isSelected(row.id)}
                onSelect={selection.select}
              />
            )
          })}
          {below > 0 && <Spacer height={below} />}
          {rows.length === 0 && isLoading && <LoadingRows />}
        </tbody>
      </table>
      {rows.length > 0 && isLoading && (
        <div className="table-loading">
          <Loader size="xs" aria-label="Loading" />
        </div>
      )}
    </div>
  )
}

function TableHead({ selection, orderBy, onOrder }: Pick<ProviderTableProps, 'selection' | 'orderBy' | 'onOrder'>) {
  const { mayEdit } = usePermissions()
  return (
    <thead>
      <tr aria-rowindex={1} className="list-head">
        {mayEdit && (
          <th scope="col" className="column-select">
            <label>
              <input
                type="checkbox"
                aria-label="Select all"
                checked={selection.areAll}
                onChange={(event) => selection.selectAll(event.currentTarget.checked)}
              />
              <span className="only-narrow">Select all</span>
            </label>
          </th>
        )}
        <SortableHead field="NAME" className="column-name" orderBy={orderBy} onOrder={onOrder}>
          Provider
        </SortableHead>
        <SortableHead field="BASE_URL" className="column-endpoint" orderBy={orderBy} onOrder={onOrder}>
          Endpoint
        </SortableHead>
        <th scope="col" className="column-keys">
          Keys
        </th>
        <th scope="col">Last test</th>
        <th scope="col" className="column-state">
          State
        </th>
        {mayEdit && (
          <th scope="col" className="column-actions">
            <span className="visually-hidden">Actions</span>
          </th>
        )}
      </tr>
    </thead>
  )
}

/** Stands for the rows that are not drawn. */
function Spacer({ height }: { readonly height: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus, and it is no row to whoever listens.
    <tr aria-hidden="true" className="spacer" style={{ height }}>
      <td colSpan={7} />
    </tr>
  )
}

interface SortableHeadProps extends Pick<ProviderTableProps, 'orderBy' | 'onOrder'> {
  readonly field: ProviderOrderField
  readonly className: string
  readonly children: string
}

function SortableHead({ field, orderBy, onOrder, className, children }: SortableHeadProps) {
  const isSorted = orderBy.field === field
  const sort = () => onOrder({ field, direction: isSorted && orderBy.direction === 'ASC' ? 'DESC' : 'ASC' })
  return (
    <SortHead direction={isSorted ? orderBy.direction : null} onSort={sort} className={className}>
      {children}
    </SortHead>
  )
}

const PLACES = [0, 1, 2, 3, 4, 5]

function LoadingRows() {
  return PLACES.map((place) => (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus, and it says nothing.
    <tr key={place} aria-hidden="true" className="provider-row">
      <td colSpan={7}>
        <Skeleton height={18} width={`${72 - place * 6}%`} />
      </td>
    </tr>
  ))
}
