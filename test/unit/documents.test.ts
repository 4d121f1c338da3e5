import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configurationReference } from '../../scripts/configuration-reference.ts'
import { dialectRules } from '../../scripts/dialect-rules.ts'
import { metricsReference } from '../../scripts/metrics-reference.ts'
import { CALL_ERRORS } from '../../src/calls/error-codes.ts'
import { PASSED_NAMES, passedHeaders } from '../../src/calls/request-headers.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { processShell } from '../../src/cli/shell.ts'
import { SETTINGS } from '../../src/config.ts'
import { codeBlocks } from '../support/documents.ts'

const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md', ...listDocuments('docs')]

/** Which test runs the commands of a document. */
const RUN_BY: ReadonlyMap<string, string> = new Map([
  ['README.md', 'test/graphql/documents.test.ts'],
  ['docs/graphql.md', 'test/graphql/documents.test.ts'],
  ['docs/usage.md', 'test/graphql/documents.test.ts'],
  ['docs/coder.md', 'test/rest/coder/walk-through.test.ts'],
  ['docs/command-line.md', 'test/graphql/command-line-document.test.ts'],
  ['docs/monitoring.md', 'test/graphql/metrics.test.ts'],
  ['docs/operations.md', 'test/e2e/restore-drill.test.ts'],
  ['docs/incidents.md', 'test/graphql/provider-updates.test.ts'],
])

/** What no test runs as it stands, and why. */
const NOT_RUN: ReadonlyMap<string, string> = new Map([
  ['npm ci\nnpm start\n', 'CI starts with the first; test/e2e/start.test.ts starts what the second does after its build'],
  ['npm ci\nnpm run check\n', 'CI does this'],
  ['npm ci --prefix bench', 'a benchmark takes minutes, and measures nothing on a busy machine'],
  ['npm run build\nnpx gateway migrate-data', 'test/e2e/migrate-data.test.ts runs the command with databases of its own'],
])

function isRun(file: string, text: string): boolean {
  return RUN_BY.has(file) || [...NOT_RUN.keys()].some((start) => text.replace(/^ +/gm, '').startsWith(start))
}

function listDocuments(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.md') ? [join(folder, name)] : []))
}

describe('the documents', () => {
  test.each(documents)('%s links to nothing, and shows no picture, that is not there', (file) => {
    const targets = Array.from(
      readFileSync(file, 'utf8').matchAll(/\[[^\]]*\]\((?!https?:)([^)#\s]+)[^)]*\)/g),
      ([, target = '']) => target,
    )
    expect(targets.filter((target) => !existsSync(join(dirname(file), target)))).toEqual([])
  })

  test.each(documents)('%s names no test that is not there', (file) => {
    const named = Array.from(readFileSync(file, 'utf8').matchAll(/\btest\/[\w./-]+\.test\.ts\b/g), ([path]) => path)
    expect(named.filter((path) => !existsSync(path))).toEqual([])
  })

  test('name a test for every promise of the security model', () => {
    const rows = readFileSync('docs/security.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2)
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.filter((line) => !/`test\/[\w./-]+\.test\.ts`/.test(line))).toEqual([])
  })

  test('are all in the index', () => {
    const index = readFileSync('docs/README.md', 'utf8')
    const own = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md')
    expect(own.filter((name) => !index.includes(`(${name})`))).toEqual([])
  })

  test('have every setting as the program has it: `npm run configuration-reference` brings them in line', () => {
    expect(readFileSync('docs/reference/configuration.md', 'utf8')).toBe(configurationReference())
  })

  test('have every difference between the APIs as these declare it: `npm run dialect-rules` brings them in line', () => {
    expect(readFileSync('docs/reference/dialect-rules.md', 'utf8')).toBe(dialectRules())
  })

  test('have every metric as the program tells it: `npm run metrics-reference` brings them in line', async () => {
    expect(readFileSync('docs/reference/metrics.md', 'utf8')).toBe(await metricsReference())
  })

  test('have in the README no setting that the program has not', () => {
    const rows = Array.from(readFileSync('README.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm), ([, name = '']) => name)
    expect(rows.length).toBeGreaterThan(5)
    expect(rows.filter((name) => !(name in SETTINGS))).toEqual([])
  })

  test('answer in the README what a newcomer asks, in that order', () => {
    const headings = Array.from(readFileSync('README.md', 'utf8').matchAll(/^##? (.*)$/gm), ([, heading]) => heading)
    expect(headings).toEqual([
      'AI provider gateway',
      'Start it',
      'Call a model',
      'Can you trust it?',
      'Configuration',
      'How it compares',
      'Documentation',
    ])
  })

  test('keep the README within what is read at one sitting', () => {
    expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThan(200)
  })

  test('show no commands that no test runs', () => {
    const unknown = documents.flatMap((file) =>
      codeBlocks(file)
        .filter(({ info, text }) => /^(sh|shell|bash|graphql|yaml)\b/.test(info) && !isRun(file, text))
        .map(({ text }) => `${file}: ${text}`),
    )
    expect(unknown).toEqual([])
  })

  test.each([...RUN_BY])('have the commands of %s run by %s', (file, runner) => {
    expect(readFileSync(runner, 'utf8')).toContain(file)
  })

  test('have every error of model calls with its status', () => {
    const sources = readdirSync('src/calls', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    const thrown = sources.flatMap((name) =>
      Array.from(readFileSync(join('src/calls', name), 'utf8').matchAll(/new CallError\(\s*'(\w+)'/g), ([, code = '']) => code),
    )
    const rows = Array.from(readFileSync('docs/calls.md', 'utf8').matchAll(/^\| (\d{3}) (`[^|]*`)/gm))
    const shown = rows.flatMap(([, status = '', codes = '']) => Array.from(codes.matchAll(/`(\w+)`/g), ([, code]) => `${status} ${code}`))
    const statusOf = (code: string) => Object.entries(CALL_ERRORS).find(([name]) => name === code)?.[1].http
    expect(shown.sort()).toEqual([...new Set(thrown.map((code) => `${statusOf(code)} ${code}`))].sort())
  })

  test('have every header of callers that passes, and every SDK that is tested', () => {
    const document = readFileSync('docs/calls.md', 'utf8')
    const passes = (name: string) => passedHeaders([name, 'x'], new Set(), []).length > 0
    const list = document.split('**Headers of the request**')[1]?.split("the provider's `callHeaders`")[0] ?? ''
    const listed = Array.from(list.matchAll(/`([a-z-]+)`/g), ([, name = '']) => name)
    expect(listed.filter((name) => !passes(name.endsWith('-') ? `${name}x` : name))).toEqual([])
    expect(PASSED_NAMES.filter((name) => !listed.includes(name))).toEqual([])
    const packages = Object.keys(JSON.parse(readFileSync('test/sdks/package.json', 'utf8')).dependencies)
    expect(packages.filter((name) => !['ai', '@smithy/node-http-handler'].includes(name) && !document.includes(`\`${name}\``))).toEqual([])
  })

  test('name the commands of the program as they are', () => {
    const known = (buildProgram(processShell).commands ?? []).flatMap((command) =>
      command.commands.length === 0 ? [command.name()] : command.commands.map((part) => `${command.name()} ${part.name()}`),
    )
    const isKnown = (text: string) => known.some((command) => `${text} `.startsWith(`${command} `)) || /^(--|<|serve\b)/.test(text)
    const named = documents.flatMap((file) =>
      Array.from(readFileSync(file, 'utf8').matchAll(/`(?:npx )?gateway ([^`\n]+)`/g), ([, text = '']) => `${file}: ${text}`),
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((text) => !isKnown(text.split(': ')[1] ?? ''))).toEqual([])
  })
})
