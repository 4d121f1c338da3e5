/**
 * The long run. `npm run test:soak` runs all of it, `npm run test:soak -- kill stop` what is named. It ends with a table
 * of what was measured, which is kept in test-results/soak.md as well.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Figures } from './figures.ts'

const FIGURES = 'test-results/soak.jsonl'
const REPORT = 'test-results/soak.md'

/** What measures no time runs two files at once; what does has the machine to itself. */
const GROUPS: readonly { readonly workers: number; readonly files: Readonly<Record<string, string>> }[] = [
  {
    workers: 1,
    files: {
      fairness: 'test/soak/fairness.test.ts',
      fuzz: 'test/soak/fuzz.test.ts',
      'hostile-upstreams': 'test/soak/hostile-upstreams.test.ts',
      stop: 'test/soak/stop.test.ts',
      replicas: 'test/soak/replicas.test.ts',
      kill: 'test/soak/kill.test.ts',
      usage: 'test/soak/usage.test.ts',
      rotation: 'test/soak/rotation.test.ts',
      memory: 'test/soak/memory.test.ts',
      writers: 'test/soak/writers.test.ts',
    },
  },
  {
    workers: 2,
    files: {
      'never-stale': 'test/graphql/never-stale.test.ts',
      destinations: 'test/graphql/destination-races.test.ts',
      leaks: 'test/soak/leaks.test.ts',
      mutations: 'test/soak/mutations.test.ts',
      conflicts: 'test/soak/conflicts.test.ts',
      'disk-full': 'test/soak/disk-full.test.ts',
      routes: 'test/soak/routes.test.ts',
    },
  },
]

const asked = process.argv.slice(2)
const known = GROUPS.flatMap(({ files }) => Object.keys(files))
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(' or ')}. There are ${known.join(', ')}.\n`)
  process.exit(2)
}

mkdirSync('test-results', { recursive: true })
rmSync(FIGURES, { force: true })
const started = Date.now()
const failed = GROUPS.filter(({ files, workers }) => {
  const chosen = Object.entries(files).flatMap(([name, file]) => (asked.length === 0 || asked.includes(name) ? [file] : []))
  return chosen.length > 0 && !passes(chosen, workers)
})
const report = reportOf(existsSync(FIGURES) ? readFileSync(FIGURES, 'utf8') : '', failed.length === 0)
writeFileSync(REPORT, report)
process.stdout.write(`\n${report}`)
process.exitCode = failed.length === 0 ? 0 : 1

function passes(files: readonly string[], workers: number): boolean {
  const projects = ['soak', 'sqlite', 'postgresql'].flatMap((name) => ['--project', name])
  const parameters = ['vitest', 'run', ...projects, `--maxWorkers=${workers}`, ...files]
  const environment = { ...process.env, SOAK: 'long', SOAK_FIGURES: FIGURES }
  return spawnSync('npx', parameters, { stdio: 'inherit', env: environment }).status === 0
}

function reportOf(lines: string, isGood: boolean): string {
  const rows = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { title: string; figures: Figures } => JSON.parse(line))
    .map(({ title, figures }) => `| ${title} | ${textOf(figures)} |`)
  const minutes = Math.round((Date.now() - started) / 6_000) / 10
  const head = [
    `Long run of ${new Date(started).toISOString().slice(0, 16)}Z on ${cpus().length} cores, Node ${process.versions.node}:`,
    `${minutes} minutes, ${isGood ? 'all tests passed' : 'SOME TESTS FAILED'}.`,
  ]
  return `${head.join(' ')}\n\n| what | figures |\n| --- | --- |\n${rows.join('\n')}\n`
}

/** `{ kills: 250, startMs: { p50: 1, p99: 2 } }` is "kills 250; startMs p50 1, p99 2". */
function textOf(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${isRecord(value) ? inner(value) : String(value)}`)
    .join('; ')
}

function inner(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return Object.entries(value)
    .map(([name, one]) => `${name} ${isRecord(one) ? JSON.stringify(one) : String(one)}`)
    .join(', ')
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
