import { NativeSelect } from '@mantine/core'
import { KeySearch } from '../parts/key-search.tsx'
import { useUrlFields, useUrlState } from '../parts/use-url-state.ts'
import { ENABLED_OPTIONS, STATUS_OPTIONS } from '../providers/filter-options.ts'

/** Which keys are shown. */
export function KeysToolbar() {
  const [parameters, change] = useUrlState()
  const field = useUrlFields()
  return (
    <search className="list-toolbar keys-toolbar">
      <KeySearch
        label="Search keys"
        placeholder="End of a key, its name or provider"
        value={parameters.get('search') ?? ''}
        onChange={(search) => change({ search, after: null })}
      />
      <NativeSelect aria-label="Last test" data={STATUS_OPTIONS} {...field('status')} />
      <NativeSelect aria-label="Enabled" data={ENABLED_OPTIONS} {...field('enabled')} />
    </search>
  )
}
