import { formatCompact, formatDuration } from '../parts/format.ts'
import { TimeChart } from './time-chart.tsx'
import { stepsOf, type UsageRange } from './usage-range.ts'
import type { UsageStep } from './use-usage.ts'

export interface UsageChartProps {
  readonly sums: readonly UsageStep[]
  readonly range: UsageRange
}

export function CallsChart(props: UsageChartProps) {
  return (
    <TimeChart
      {...commonOf(props)}
      title="Calls"
      fileName="calls"
      shape="areas"
      formatAxis={formatCompact}
      series={[
        { name: 'Succeeded', color: 'series-good', values: eachStep(props, ({ calls, failed }) => calls - failed) },
        { name: 'Failed', color: 'series-bad', values: eachStep(props, ({ failed }) => failed) },
      ]}
    />
  )
}

export function TokensChart(props: UsageChartProps) {
  return (
    <TimeChart
      {...commonOf(props)}
      title="Tokens"
      fileName="tokens"
      shape="areas"
      formatAxis={formatCompact}
      series={[
        { name: 'Input', color: 'series-first', values: eachStep(props, ({ usage }) => usage.inputTokens - usage.cachedInputTokens) },
        { name: 'Cached input', color: 'series-second', values: eachStep(props, ({ usage }) => usage.cachedInputTokens) },
        { name: 'Output', color: 'series-third', values: eachStep(props, ({ usage }) => usage.outputTokens) },
      ]}
    />
  )
}

export function FirstByteChart(props: UsageChartProps) {
  return (
    <TimeChart
      {...commonOf(props)}
      title="Time to first byte"
      fileName="time-to-first-byte"
      shape="line"
      format={formatDuration}
      formatAxis={(value) => (value < 1_000 ? `${value} ms` : `${value / 1_000} s`)}
      series={[
        { name: '95th percentile', color: 'series-third', values: eachStep(props, ({ timeToFirstByteMs }) => timeToFirstByteMs) },
        { name: 'Median', color: 'series-first', values: eachStep(props, ({ medianTimeToFirstByteMs }) => medianTimeToFirstByteMs) },
      ]}
    />
  )
}

function commonOf({ range }: UsageChartProps) {
  return { steps: stepsOf(range), isDaily: range.step === 'DAY' }
}

/** A value for each step of the range; null for steps without calls. */
function eachStep({ sums, range }: UsageChartProps, value: (sum: UsageStep) => number | null): (number | null)[] {
  const found = new Map(sums.map((sum) => [Date.parse(sum.at ?? ''), sum]))
  return stepsOf(range).map((step) => {
    const sum = found.get(step.getTime())
    return sum === undefined ? null : value(sum)
  })
}
