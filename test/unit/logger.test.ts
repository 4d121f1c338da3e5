import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { createLogger, ERROR_FIELDS, LOG_FIELDS } from '../../src/logger.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** The first argument of every call of a logger in `src`, with its place. */
function logCalls(): { place: string; argument: ts.Expression | undefined; text: string }[] {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.startsWith('generated'),
  )
  return paths.flatMap((path) => {
    const source = ts.createSourceFile(path, readFileSync(join('src', path), 'utf8'), ts.ScriptTarget.Latest, true)
    const found: { place: string; argument: ts.Expression | undefined; text: string }[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const { expression, name } = node.expression
        if (LEVELS.includes(name.text) && /(^|\.)(\w*[lL]og|logger)$/.test(expression.getText()))
          found.push({ place: `${path}: ${node.getText()}`, argument: node.arguments[0], text: node.getText() })
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
}

test('every call of the logger names its fields one by one, and each is allowed', () => {
  const calls = logCalls()
  expect(calls.length).toBeGreaterThan(2)
  const unnamed = calls.filter(
    ({ argument }) =>
      argument === undefined || !(ts.isObjectLiteralExpression(argument) || ts.isIdentifier(argument) || ts.isStringLiteral(argument)),
  )
  expect(unnamed.map(({ place }) => place)).toEqual([])
  const fields = calls.flatMap(({ argument }) =>
    argument !== undefined && ts.isObjectLiteralExpression(argument)
      ? argument.properties.flatMap((property) => (property.name === undefined ? [] : [property.name.getText()]))
      : [],
  )
  expect(fields.filter((field) => !LOG_FIELDS.some((allowed) => allowed === field))).toEqual([])
})

test('a field that is not allowed is not written, at no level, not by a child, and of an error only its class, code and frames', () => {
  const lines: string[] = []
  const log = createLogger('trace', { write: (line) => void lines.push(line) })
  const hostile = {
    requestId: 'r1',
    authorization: 'planted-secret',
    headers: { cookie: 'planted-secret' },
    err: new Error('planted-secret'),
  }
  const error = { name: 'Error', code: 'E1', frames: ['    at a'], message: 'planted-secret', cause: 'planted-secret' }
  for (const writer of [log, log.child({ ...hostile })]) {
    for (const write of [writer.trace, writer.debug, writer.info, writer.warn, writer.error, writer.fatal])
      write.call(writer, { ...hostile, error }, 'said')
  }
  expect(lines).toHaveLength(12)
  expect(lines.join('')).not.toContain('planted-secret')
  const allowed = ['level', 'time', 'msg', ...LOG_FIELDS]
  for (const line of lines) {
    const written = JSON.parse(line)
    expect(Object.keys(written).filter((name) => !allowed.includes(name))).toEqual([])
    expect(written).toMatchObject({ requestId: 'r1', msg: 'said' })
    expect(Object.keys(written.error)).toEqual([...ERROR_FIELDS])
  }
})

test('lines that wait to be written together are written when the process ends, in their order', () => {
  const program = `import { createLogger } from './src/logger.ts'
    const log = createLogger('info')
    for (let index = 0; index < 2_000; index += 1) log.info({ attempts: index }, 'said')
    process.exit(0)`
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { encoding: 'utf8' })
  const said = stdout.trimEnd().split('\n')
  expect(said.map((line) => JSON.parse(line).attempts)).toEqual(Array.from({ length: 2_000 }, (_, index) => index))
})
