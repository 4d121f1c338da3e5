/**
 * `npm run bench [-- scenario ...]`: compares the built gateway with others, prints medians, and writes them into
 * `bench/results.json`, `docs/reference/benchmarks.md` and the chart of `docs/performance.md`. Scenarios that are not named keep their last figures.
 * BENCH_SECONDS and BENCH_ROUNDS make it longer; BENCH_LOAD_MINUTES does so for the load under which memory is watched.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

if (!existsSync(here('./node_modules/@apollo/server'))) {
  process.stderr.write(
    'The servers to compare with are not installed. Run `npm ci --prefix bench` once; it compiles better-sqlite3, which takes a minute.\n',
  )
  process.exit(1)
}
const { emptyFolder, SCENARIOS } = await import('./scenarios.ts')
const { GENERATOR } = await import('./drive.ts')
const { writeReport } = await import('./report.ts')

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in SCENARIOS))
if (unknown.length > 0) {
  process.stderr.write(`There is no scenario ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}.\n`)
  process.exit(1)
}

const settings = {
  folder: emptyFolder(join(tmpdir(), `gateway-bench-${process.pid}`)),
  seconds: Number(process.env.BENCH_SECONDS ?? 2),
  rounds: Number(process.env.BENCH_ROUNDS ?? 3),
}
const resultsFile = here('./results.json')
const known = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {}
const results = {
  machine: { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, generator: GENERATOR },
  /** When each comparison was made. */
  dates: { ...known.dates },
  comparisons: { ...known.comparisons },
  figures: { ...known.figures },
}
try {
  for (const name of asked.length > 0 ? asked : Object.keys(SCENARIOS)) {
    const found = await SCENARIOS[name]?.(settings)
    Object.assign(results.comparisons, found?.comparisons)
    for (const comparison of Object.keys(found?.comparisons ?? {})) results.dates[comparison] = new Date().toISOString().slice(0, 10)
    Object.assign(results.figures, found?.figures)
    writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
    writeReport(results)
  }
} finally {
  rmSync(settings.folder, { recursive: true, force: true })
}
