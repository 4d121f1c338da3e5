import { DownIcon, SortIcon, UpIcon } from './icons.tsx'

export interface SortHeadProps {
  /** Null when the table is in the order of another column. */
  readonly direction: 'ASC' | 'DESC' | null
  readonly onSort: () => void
  readonly className?: string
  readonly children: string
}

/** The head of a column that a table can be in the order of. */
export function SortHead({ direction, onSort, className, children }: SortHeadProps) {
  const Arrow = direction === null ? SortIcon : direction === 'ASC' ? UpIcon : DownIcon
  return (
    <th scope="col" className={className} aria-sort={direction === null ? 'none' : direction === 'ASC' ? 'ascending' : 'descending'}>
      <button type="button" className="sort-button" onClick={onSort}>
        {children}
        <Arrow size={14} />
      </button>
    </th>
  )
}
