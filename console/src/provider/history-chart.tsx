import { useElementSize } from '@mantine/hooks'
import { formatMinute, formatTime } from '../parts/relative-time.tsx'
import { statusOf, type Tone } from '../parts/test-status.tsx'
import type { PastTest } from './history.tsx'

const HEIGHT = 150
const LEFT = 52
const BOTTOM = 22
const TOP = 8
const WIDEST_BAR = 22
/** A bar and its mark need this much to be told from their neighbours. */
const NARROWEST_STEP = 13

/** The end of the axis: the first round number of milliseconds that holds the longest test. */
function roundUp(milliseconds: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(milliseconds, 1)))
  return [1, 2, 5, 10].map((step) => step * magnitude).find((end) => end >= milliseconds) ?? milliseconds
}

/** A duration as short as it can be said. */
function duration(milliseconds: number): string {
  return milliseconds >= 1_000 ? `${milliseconds / 1_000} s` : `${milliseconds} ms`
}

/** The outcome and the latency of the latest tests over time, drawn as wide as there is room: on a narrow screen of fewer tests. */
export function HistoryChart({ tests }: { readonly tests: readonly PastTest[] }) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const shown = tests.slice(0, Math.max(1, Math.floor((width - LEFT) / NARROWEST_STEP)))
  const [newest, oldest] = [shown.at(0), shown.at(-1)]
  return (
    <figure className="chart">
      <div ref={ref} className="chart-place">
        {width > LEFT && <Bars tests={shown} width={width} />}
      </div>
      {newest !== undefined && oldest !== undefined && (
        <div className="chart-times" style={{ maxWidth: `max(15rem, ${barsWidth(shown.length, width)}px)` }}>
          <time dateTime={oldest.testedAt}>{formatMinute(oldest.testedAt)}</time>
          {newest !== oldest && <time dateTime={newest.testedAt}>{formatMinute(newest.testedAt)}</time>}
        </div>
      )}
      <figcaption className="chart-legend">
        <span>Height: how long it took</span>
        <span>✓ OK</span>
        <span>! unclear</span>
        <span>✗ failed</span>
      </figcaption>
    </figure>
  )
}

/** So much room there is for each test. */
function stepOf(count: number, width: number): number {
  return (width - LEFT) / Math.max(count, 12)
}

/** How wide all bars are together: the dates stand below the first and the last of them. */
function barsWidth(count: number, width: number): number {
  return Math.max(0, stepOf(count, width) * count)
}

/** One bar for each test, oldest first: its height is how long it took; its tone, and a mark below, how it ended. */
function Bars({ tests, width }: { readonly tests: readonly PastTest[]; readonly width: number }) {
  const end = roundUp(Math.max(...tests.map(({ durationMs }) => durationMs)))
  const step = stepOf(tests.length, width)
  const bar = Math.min(WIDEST_BAR, step * 0.7)
  const floor = HEIGHT - BOTTOM
  const heightOf = (milliseconds: number) => Math.max(3, ((floor - TOP) * milliseconds) / end)
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={summaryOf(tests)}>
      {[0, 0.5, 1].map((part) => {
        const y = floor - (floor - TOP) * part
        return (
          <g key={part}>
            <line x1={LEFT} x2={width} y1={y} y2={y} className="chart-line" />
            <text x={LEFT - 8} y={y + 4} textAnchor="end" className="chart-label">
              {duration(end * part)}
            </text>
          </g>
        )
      })}
      {tests.toReversed().map((test, index) => {
        const height = heightOf(test.durationMs)
        const { tone, label } = statusOf(test.status)
        const x = LEFT + step * index + (step - bar) / 2
        return (
          <g key={test.id}>
            <title>{`${formatTime(test.testedAt)}: ${label}, ${test.durationMs} ms`}</title>
            {/* As high as the chart, so that a pointer finds a short bar too. */}
            <rect x={LEFT + step * index} y={0} width={step} height={HEIGHT} fill="transparent" />
            <rect x={x} y={floor - height} width={bar} height={height} rx={2} className={`chart-bar chart-${tone}`} />
            <text x={x + bar / 2} y={HEIGHT - 7} textAnchor="middle" className={`chart-mark chart-${tone}`}>
              {MARKS[tone]}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

/** So that nobody needs to tell the colours apart. */
const MARKS: Readonly<Record<Tone, string>> = { good: '✓', warn: '!', bad: '✗', quiet: '·' }

function summaryOf(tests: readonly PastTest[]): string {
  const good = tests.filter(({ status }) => status === 'OK').length
  const sorted = tests.map(({ durationMs }) => durationMs).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  return `Of the latest ${tests.length} tests ${good} were OK; half of them took no longer than ${median} milliseconds. The table has each of them.`
}
