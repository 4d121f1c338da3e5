import { Anchor, Text } from '@mantine/core'
import { useState } from 'react'
import { formatCount, formatDuration, formatShare } from '../parts/format.ts'
import { SortHead } from '../parts/sort-head.tsx'
import { useUrlState } from '../parts/use-url-state.ts'
import { GROUPINGS, type Grouping, onlyGroup } from './usage-filter.ts'
import type { UsageGroupRow } from './use-usage.ts'

/** More are drawn when somebody asks for them. */
const FEW = 100

const COLUMNS: readonly {
  readonly name: string
  readonly label: string
  readonly value: (row: UsageGroupRow) => number
  readonly text: (row: UsageGroupRow) => string
}[] = [
  { name: 'calls', label: 'Calls', value: (row) => row.calls, text: (row) => formatCount(row.calls) },
  {
    name: 'failed',
    label: 'Failed',
    value: (row) => row.failed,
    text: (row) => (row.failed === 0 ? '0' : `${formatCount(row.failed)} (${formatShare(row.failed, row.calls)})`),
  },
  { name: 'input', label: 'Input tokens', value: (row) => row.usage.inputTokens, text: (row) => formatCount(row.usage.inputTokens) },
  { name: 'output', label: 'Output tokens', value: (row) => row.usage.outputTokens, text: (row) => formatCount(row.usage.outputTokens) },
  {
    name: 'first-byte',
    label: 'First byte',
    value: (row) => row.medianTimeToFirstByteMs ?? -1,
    text: (row) => (row.medianTimeToFirstByteMs === null ? 'none' : formatDuration(row.medianTimeToFirstByteMs)),
  },
]

export interface GroupTableProps {
  readonly grouping: Grouping
  readonly rows: readonly UsageGroupRow[]
}

/** A row for each group, most calls first; its name leaves only the calls of it. */
export function GroupTable({ grouping, rows }: GroupTableProps) {
  const [parameters, change] = useUrlState()
  const [areAll, setAll] = useState(false)
  const asked = parameters.get('sort') ?? 'calls'
  const isUp = asked.startsWith('-')
  const column = COLUMNS.find(({ name }) => name === asked.replace('-', '')) ?? COLUMNS[0]
  const value = column?.value ?? (() => 0)
  const sorted = rows.toSorted((one, other) => (isUp ? value(one) - value(other) : value(other) - value(one)))
  const sortBy = (name: string) => change({ sort: name === column?.name && !isUp ? `-${name}` : name })
  const all = rows.reduce((sum, { calls }) => sum + calls, 0)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="table-scroll" tabIndex={0} aria-label={`Usage by ${GROUPINGS[grouping].one.toLowerCase()}`}>
        <table className="plain-table card-table">
          <thead>
            <tr>
              <th scope="col">{GROUPINGS[grouping].one}</th>
              {COLUMNS.map(({ name, label }) => (
                <SortHead
                  key={name}
                  className="cell-figure"
                  direction={name === column?.name ? (isUp ? 'ASC' : 'DESC') : null}
                  onSort={() => sortBy(name)}
                >
                  {label}
                </SortHead>
              ))}
            </tr>
          </thead>
          <tbody>
            {(areAll ? sorted : sorted.slice(0, FEW)).map((row, index) => (
              // What was deleted has no id, and may share its name.
              <GroupRow key={row.node?.id ?? `${index} ${row.group}`} {...{ grouping, row, all }} />
            ))}
          </tbody>
        </table>
      </section>
      {sorted.length > FEW && (
        <Anchor component="button" type="button" fz="sm" mt="sm" onClick={() => setAll(!areAll)} aria-expanded={areAll}>
          {areAll ? 'Show fewer' : `Show all ${formatCount(sorted.length)}`}
        </Anchor>
      )}
    </>
  )
}

interface GroupRowProps extends Pick<GroupTableProps, 'grouping'> {
  readonly row: UsageGroupRow
  /** The calls of all groups. */
  readonly all: number
}

function GroupRow({ grouping, row, all }: GroupRowProps) {
  const [, change] = useUrlState()
  const name = row.group
  const only = onlyGroup(grouping, row.group, row.node?.id ?? null)
  return (
    <tr>
      <th scope="row" data-label={GROUPINGS[grouping].one} className="cell-text group-name">
        {only === null ? (
          <Text span c="dimmed" fz="sm">
            {name}
          </Text>
        ) : (
          <button type="button" className="text-button" title={`Only ${name}`} onClick={() => change({ ...only, after: null })}>
            {name}
          </button>
        )}
        <span className="share-bar" aria-hidden="true">
          <span style={{ width: `${(100 * row.calls) / Math.max(1, all)}%` }} />
        </span>
      </th>
      {COLUMNS.map(({ name: column, label, text }) => (
        <td key={column} data-label={label} className="cell-figure">
          {text(row)}
        </td>
      ))}
    </tr>
  )
}
