import { Button } from '@mantine/core'
import { useQuery } from 'urql'
import { UsageFilterNamesDocument } from '../generated/documents.ts'
import { isolated } from '../parts/format.ts'
import { CloseIcon } from '../parts/icons.tsx'
import { headingWhenGone } from '../parts/return-focus.ts'
import { useUrlState } from '../parts/use-url-state.ts'
import { outcomeOf } from './outcomes.ts'
import { FILTER_NAMES, type FilterName, usageFilterOf } from './usage-filter.ts'

const LABELS: Readonly<Record<FilterName, string>> = {
  provider: 'Provider',
  model: 'Model',
  key: 'Key',
  token: 'Caller',
  outcome: 'Outcome',
}

/** The filters that are set, each with a button that takes it away. */
export function FilterChips() {
  const [parameters, change] = useUrlState()
  const filter = usageFilterOf(parameters)
  const names = useNames([filter.key, filter.token].filter((id) => id !== null))
  const set = FILTER_NAMES.filter((name) => filter[name] !== null)
  if (set.length === 0) return null
  const textOf = (name: FilterName): string => {
    const value = filter[name] ?? ''
    if (name === 'outcome') return outcomeOf(value).label
    return name === 'key' || name === 'token' ? (names.get(value) ?? 'deleted') : value
  }
  return (
    <ul className="filter-chips" aria-label="Filters">
      {set.map((name) => (
        <li key={name}>
          <Button
            size="compact-sm"
            variant="default"
            className="touch-target"
            rightSection={<CloseIcon size={14} />}
            aria-label={`Remove the filter ${LABELS[name]}: ${textOf(name)}`}
            onClick={(event) => {
              headingWhenGone(event.currentTarget)
              change({ [name]: null, after: null })
            }}
          >
            {LABELS[name]}: {isolated(textOf(name))}
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** What keys and tokens are called, by their ids. */
function useNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const [{ data }] = useQuery({ query: UsageFilterNamesDocument, variables: { ids: [...ids] }, pause: ids.length === 0 })
  const found = (data?.nodes ?? []).flatMap((node): [string, string][] => {
    if (node === null) return []
    if ('masked' in node) return [[node.id, node.masked]]
    return 'name' in node ? [[node.id, node.name]] : []
  })
  return new Map(found)
}
