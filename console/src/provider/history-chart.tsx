import { formatTime } from '../parts/relative-time.tsx'
import { statusOf, type Tone } from '../parts/test-status.tsx'
import type { PastTest } from './history.tsx'

const WIDTH = 640
const HEIGHT = 150
const LEFT = 52
const BOTTOM = 22
const TOP = 8
const WIDEST_BAR = 22

/** The end of the axis: the first round number of milliseconds that holds the longest test. */
function roundUp(milliseconds: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(milliseconds, 1)))
  return [1, 2, 5, 10].map((step) => step * magnitude).find((end) => end >= milliseconds) ?? milliseconds
}

/** A duration as short as it can be said. */
function duration(milliseconds: number): string {
  return milliseconds >= 1_000 ? `${milliseconds / 1_000} s` : `${milliseconds} ms`
}

/** One bar for each test, oldest first: its height is how long it took; its tone, and a mark on top, how it ended. */
export function HistoryChart({ tests }: { readonly tests: readonly PastTest[] }) {
  const oldestFirst = tests.toReversed()
  const end = roundUp(Math.max(...tests.map(({ durationMs }) => durationMs)))
  const step = (WIDTH - LEFT) / Math.max(tests.length, 12)
  const bar = Math.min(WIDEST_BAR, step * 0.7)
  const floor = HEIGHT - BOTTOM
  const heightOf = (milliseconds: number) => Math.max(3, ((floor - TOP) * milliseconds) / end)
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summaryOf(tests)}>
        {[0, 0.5, 1].map((part) => {
          const y = floor - (floor - TOP) * part
          return (
            <g key={part}>
              <line x1={LEFT} x2={WIDTH} y1={y} y2={y} className="chart-line" />
              <text x={LEFT - 8} y={y + 4} textAnchor="end" className="chart-label">
                {duration(end * part)}
              </text>
            </g>
          )
        })}
        {oldestFirst.map((test, index) => {
          const height = heightOf(test.durationMs)
          const { tone, label } = statusOf(test.status)
          const x = LEFT + step * index + (step - bar) / 2
          return (
            <g key={test.id}>
              <title>{`${formatTime(test.testedAt)}: ${label}, ${test.durationMs} ms`}</title>
              <rect x={x} y={floor - height} width={bar} height={height} rx={2} className={`chart-bar chart-${tone}`} />
              <text x={x + bar / 2} y={HEIGHT - 7} textAnchor="middle" className={`chart-mark chart-${tone}`}>
                {MARKS[tone]}
              </text>
            </g>
          )
        })}
      </svg>
      <figcaption className="chart-legend">
        <span>Oldest to newest</span>
        <span>✓ OK</span>
        <span>! unclear</span>
        <span>✗ failed</span>
      </figcaption>
    </figure>
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
