import { Anchor } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, useState } from 'react'
import { downloadCsv } from '../parts/csv.ts'
import { formatCount } from '../parts/format.ts'
import { formatMinute, formatUtcDay } from '../parts/relative-time.tsx'
import { Section } from '../parts/section.tsx'
import { Areas, CHART_LEFT, Line } from './chart-shapes.tsx'
import { ExportLink } from './export-link.tsx'

/** One measure over time, with a value for each step. */
export interface Series {
  readonly name: string
  /** Null where there was nothing to measure. */
  readonly values: readonly (number | null)[]
  /** A class of `usage.css`. */
  readonly color: string
}

export interface TimeChartProps {
  readonly title: string
  readonly steps: readonly Date[]
  readonly isDaily: boolean
  readonly series: readonly Series[]
  /** Areas one on the other, or a line each. */
  readonly shape: 'areas' | 'line'
  readonly format?: (value: number) => string
  readonly formatAxis: (value: number) => string
  /** What the file of the export is called. */
  readonly fileName: string
}

/** A time of the chart: days are those of UTC. */
function stepText(step: Date, isDaily: boolean): string {
  return isDaily ? formatUtcDay(step) : formatMinute(step.toISOString())
}

/** Measures over time, drawn or as a table. The legend hides and shows each of them. */
export function TimeChart(props: TimeChartProps) {
  const { title, steps, series, fileName } = props
  const [isTable, setTable] = useState(false)
  const exportAll = () =>
    downloadCsv(fileName, [
      ['time', ...series.map(({ name }) => name)],
      ...steps.map((step, index) => [step.toISOString(), ...series.map(({ values }) => values[index] ?? null)]),
    ])
  return (
    <Section
      title={title}
      aside={
        <span className="chart-actions">
          <Anchor component="button" type="button" fz="sm" onClick={() => setTable(!isTable)} aria-expanded={isTable}>
            {isTable ? 'Show as a chart' : 'Show as a table'}
          </Anchor>
          <ExportLink of={title} onExport={exportAll} />
        </span>
      }
    >
      {isTable ? <ChartTable {...props} /> : <Drawing {...props} />}
    </Section>
  )
}

function Drawing({ title, steps, isDaily, series, shape, format = formatCount, formatAxis }: TimeChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [pointed, setPointed] = useState<number | null>(null)
  const shown = series.filter(({ name }) => !hidden.has(name))
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect()
    const part = (event.clientX - left - CHART_LEFT) / Math.max(1, width - CHART_LEFT)
    setPointed(Math.min(steps.length - 1, Math.max(0, Math.round(part * (steps.length - 1)))))
  }
  const toggle = (name: string) => setHidden(new Set(hidden.has(name) ? [...hidden].filter((one) => one !== name) : [...hidden, name]))
  const Shape = shape === 'areas' ? Areas : Line
  const [first, last] = [steps.at(0), steps.at(-1)]
  const pointedStep = pointed === null ? undefined : steps[pointed]
  return (
    <figure className="chart usage-chart">
      {/* What a pointer shows here, the table shows to everybody. */}
      <div ref={ref} className="usage-chart-place" onPointerMove={point} onPointerLeave={() => setPointed(null)}>
        {width > CHART_LEFT && <Shape label={`${title}. The table has each value.`} {...{ series: shown, width, pointed, formatAxis }} />}
      </div>
      {first !== undefined && last !== undefined && (
        <div className="chart-times">
          <span>{stepText(first, isDaily)}</span>
          {pointedStep !== undefined && <strong>{stepText(pointedStep, isDaily)}</strong>}
          <span>{stepText(last, isDaily)}</span>
        </div>
      )}
      <figcaption className="usage-legend">
        {series.map(({ name, values, color }) => {
          const value = pointed === null ? undefined : values[pointed]
          return (
            <button
              key={name}
              type="button"
              className="legend-button"
              aria-pressed={!hidden.has(name)}
              onClick={() => toggle(name)}
              title={hidden.has(name) ? `Show ${name}` : `Hide ${name}`}
            >
              <span className={`legend-mark ${color}`} aria-hidden="true" />
              {name}
              {value !== undefined && <strong>{value === null ? 'none' : format(value)}</strong>}
            </button>
          )
        })}
      </figcaption>
    </figure>
  )
}

function ChartTable({ title, steps, isDaily, series, format = formatCount }: TimeChartProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="table-scroll history-table" tabIndex={0} aria-label={`${title}, newest first`}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{isDaily ? 'Day (UTC)' : 'Hour'}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="cell-figure">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps
            .map((step, index) => (
              <tr key={step.getTime()}>
                <th scope="row">{stepText(step, isDaily)}</th>
                {series.map(({ name, values }) => {
                  const value = values[index] ?? null
                  return (
                    <td key={name} className="cell-figure">
                      {value === null ? <span className="dimmed">none</span> : format(value)}
                    </td>
                  )
                })}
              </tr>
            ))
            .toReversed()}
        </tbody>
      </table>
    </section>
  )
}
