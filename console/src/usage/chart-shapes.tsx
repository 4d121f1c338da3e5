import type { ReactNode } from 'react'
import type { Series } from './time-chart.tsx'

/** The room that the labels of the axis take. */
export const CHART_LEFT = 52
const HEIGHT = 170
const TOP = 8
const FLOOR = HEIGHT - 6

export interface ShapeProps {
  /** What the picture shows, in words. */
  readonly label: string
  readonly series: readonly Series[]
  readonly width: number
  /** The step that a pointer is at. */
  readonly pointed: number | null
  readonly formatAxis: (value: number) => string
}

/** The end of an axis: the first round number that holds the largest value. */
function roundUp(largest: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(largest, 1)))
  return [1, 2, 5, 10].map((step) => step * magnitude).find((end) => end >= largest) ?? largest
}

/** Series one on the other. */
export function Areas({ series, ...frame }: ShapeProps) {
  const count = series[0]?.values.length ?? 0
  const tops: number[][] = []
  for (const { values } of series) {
    const below = tops.at(-1)
    tops.push(Array.from({ length: count }, (_, index) => (below?.[index] ?? 0) + (values[index] ?? 0)))
  }
  const end = roundUp(Math.max(0, ...(tops.at(-1) ?? [])))
  const { x, y } = scales(frame.width, count, end)
  return (
    <Frame {...frame} count={count} end={end}>
      {/* The lowest last: its edge is seen where nothing lies on it. */}
      {series
        .map(({ name, color }, layer) => {
          const top = tops[layer] ?? []
          const bottom = tops[layer - 1] ?? top.map(() => 0)
          const over = top.map((value, index) => `${x(index)},${y(value)}`)
          const back = bottom.map((value, index) => `${x(index)},${y(value)}`).toReversed()
          return (
            <g key={name} className={color}>
              <polygon points={[...over, ...back].join(' ')} className="chart-area" />
              <polyline points={over.join(' ')} className="chart-stroke" />
            </g>
          )
        })
        .toReversed()}
    </Frame>
  )
}

/** A line for each series, with gaps where nothing was measured. */
export function Line({ series, ...frame }: ShapeProps) {
  const count = series[0]?.values.length ?? 0
  const end = roundUp(Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))))
  const { x, y } = scales(frame.width, count, end)
  return (
    <Frame {...frame} count={count} end={end}>
      {series.map(({ name, color, values }) => (
        <g key={name} className={color}>
          {piecesOf(values).map((piece) => (
            <polyline
              key={piece[0]?.index}
              // One value alone is a dot: a line of no length with a round end.
              points={[...piece, ...piece.slice(-1)].map(({ index, value }) => `${x(index)},${y(value)}`).join(' ')}
              className={piece.length === 1 ? 'chart-stroke chart-dot' : 'chart-stroke chart-line-stroke'}
            />
          ))}
        </g>
      ))}
    </Frame>
  )
}

interface Place {
  readonly index: number
  readonly value: number
}

/** The values without gaps between them. */
function piecesOf(values: readonly (number | null)[]): Place[][] {
  const pieces: Place[][] = []
  let isOpen = false
  for (const [index, value] of values.entries()) {
    if (value !== null && !isOpen) pieces.push([])
    isOpen = value !== null
    if (value !== null) pieces.at(-1)?.push({ index, value })
  }
  return pieces
}

function scales(width: number, count: number, end: number) {
  const right = width - 4
  return {
    x: (index: number) => CHART_LEFT + ((right - CHART_LEFT) * index) / Math.max(1, count - 1),
    y: (value: number) => FLOOR - ((FLOOR - TOP) * value) / Math.max(end, 1),
  }
}

interface FrameProps extends Omit<ShapeProps, 'series'> {
  readonly count: number
  readonly end: number
  readonly children: ReactNode
}

/** The axis, and a line where the pointer is. */
function Frame({ label, width, pointed, formatAxis, count, end, children }: FrameProps) {
  const { x, y } = scales(width, count, end)
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={label}>
      {[0, 0.5, 1].map((part) => (
        <g key={part}>
          <line x1={CHART_LEFT} x2={width} y1={y(end * part)} y2={y(end * part)} className="chart-line" />
          <text x={CHART_LEFT - 8} y={y(end * part) + 4} textAnchor="end" className="chart-label">
            {formatAxis(end * part)}
          </text>
        </g>
      ))}
      {children}
      {pointed !== null && <line x1={x(pointed)} x2={x(pointed)} y1={TOP} y2={FLOOR} className="chart-pointed" />}
    </svg>
  )
}
