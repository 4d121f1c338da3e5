import { SegmentedControl, TextInput } from '@mantine/core'
import { useUrlState } from '../parts/use-url-state.ts'
import { dateText, lastDayOf, RANGES, rangeNameOf, type UsageRange } from './usage-range.ts'

/** Chooses the time that is shown. */
export function RangeControls({ range }: { readonly range: UsageRange }) {
  const [parameters, change] = useUrlState()
  const name = rangeNameOf(parameters)
  const choose = (chosen: string) =>
    change({
      range: chosen,
      from: chosen === 'own' ? dateText(range.from) : null,
      until: chosen === 'own' ? dateText(lastDayOf(range)) : null,
      after: null,
    })
  return (
    <div className="range-controls">
      <SegmentedControl
        aria-label="Range"
        withItemsBorders={false}
        data={Object.entries(RANGES).map(([value, label]) => ({ value, label }))}
        value={name}
        onChange={choose}
      />
      {name === 'own' && (
        <>
          <DateField label="First day (UTC)" parameter="from" date={range.from} />
          <DateField label="Last day (UTC)" parameter="until" date={lastDayOf(range)} />
        </>
      )}
    </div>
  )
}

function DateField({ label, parameter, date }: { readonly label: string; readonly parameter: 'from' | 'until'; readonly date: Date }) {
  const [parameters, change] = useUrlState()
  return (
    <TextInput
      type="date"
      label={label}
      // Not what is typed, which is no date until it is complete; what was asked for may be shown as another day.
      key={`${parameters.get(parameter)} ${dateText(date)}`}
      defaultValue={dateText(date)}
      onBlur={(event) => change({ [parameter]: event.currentTarget.value, after: null })}
    />
  )
}
