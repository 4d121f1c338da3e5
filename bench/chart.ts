import type { Comparison } from './compare.ts'

const GROUPS: Readonly<Record<string, string>> = {
  list: 'REST list',
  one: 'REST one',
  page: 'GraphQL page',
  'calls-json': 'Model call',
  'calls-sse': 'Model call, streamed',
}
const BAR = 18
const WIDTH = 900
const LEFT = 190
const RIGHT = 90

/** Bars of requests per second, on a logarithmic scale: the sides lie three orders of magnitude apart. */
export function drawChart(comparisons: Readonly<Record<string, Comparison>>): string {
  const parts: string[] = []
  let top = 46
  const most = Math.max(
    10,
    ...Object.keys(GROUPS).flatMap((name) => Object.values(comparisons[name] ?? {}).map((one) => one.requestsPerSecond)),
  )
  const lengthOf = (value: number) => ((Math.log10(Math.max(value, 10)) - 1) / (Math.log10(most) - 1)) * (WIDTH - LEFT - RIGHT)
  for (const [name, title] of Object.entries(GROUPS)) {
    const sides = Object.entries(comparisons[name] ?? {})
    if (sides.length === 0) continue
    parts.push(text(10, top + 13, title, 'font-weight="bold"'))
    top += 22
    for (const [side, { requestsPerSecond }] of sides) {
      const length = Math.round(lengthOf(requestsPerSecond))
      const color = side.startsWith('gateway') ? '#2563eb' : '#94a3b8'
      parts.push(text(LEFT - 8, top + 13, side, 'text-anchor="end"'))
      parts.push(`<rect x="${LEFT}" y="${top}" width="${length}" height="${BAR - 4}" fill="${color}"/>`)
      parts.push(text(LEFT + length + 6, top + 12, requestsPerSecond.toLocaleString('en-US')))
      top += BAR
    }
    top += 14
  }
  const title = text(10, 24, 'Requests per second, logarithmic scale; longer is better', 'font-size="15"')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" font-family="sans-serif" font-size="12">
<title>Requests per second of the gateway and of others</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${[title, ...parts].join('\n')}
</svg>
`
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" fill="#0f172a" ${attributes}>${content}</text>`
}
