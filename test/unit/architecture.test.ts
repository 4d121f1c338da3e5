import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { kindOf, mayEnter, ROOMS, roomsReference } from '../../scripts/rooms.ts'

/** A file of `src`, with the paths of what it imports: from `src/` for ours, the package's name for others. */
interface SourceFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

const HARD_CAP_LINES = 300
const HARD_CAP_FUNCTION_LINES = 50

function filesBelow(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).split(sep).join('/'))
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith(`${folder}/generated/`))
    .map((path) => {
      const text = readFileSync(path, 'utf8')
      return { path, text, imports: importsOf(path, text) }
    })
}

const files = filesBelow('src')

/** Where a dialect is named because an operator mounts it, or an audit event came by it. */
const NAMES_OF_DIALECTS = ['src/config.ts', 'src/auth/principal.ts', 'src/graphql/enum-values.ts']
/** The console is a program of its own, which runs in a browser. */
const consoleFiles = filesBelow('console/src')
const allFiles = [...files, ...consoleFiles]

function importsOf(path: string, text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith('.')) return fileName
    return relative('.', resolve(dirname(path), fileName))
      .split(sep)
      .join('/')
  })
}

/** The room that a file belongs to: its folder under `src`, or its own name when it lies at the top. */
function roomOf(path: string): string {
  const [, room = '', inner] = path.split('/')
  const isDivided = ['rest', 'upstream'].includes(room) && inner !== undefined && !inner.endsWith('.ts')
  return isDivided ? `${room}/${inner}` : room.replace(/\.ts$/, '')
}

describe('import boundaries', () => {
  test('every room is known', () => {
    const rooms = new Set(files.map(({ path }) => roomOf(path)).filter((room) => !room.startsWith('rest/')))
    expect([...rooms].filter((room) => !(room in ROOMS))).toEqual([])
  })

  test('the document shows the rooms as they are here: `npm run rooms` brings it in line', () => {
    expect(readFileSync('docs/reference/rooms.md', 'utf8')).toBe(roomsReference())
  })

  test('every file that the document names is there', () => {
    const named = Array.from(
      readFileSync('docs/architecture.md', 'utf8').matchAll(/`((?:src|scripts|prisma|test)\/[^`<*]+)`/g),
      ([, path = '']) => path,
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((path) => !existsSync(path))).toEqual([])
  })

  test('the closed lists of errors import nothing, not even a package', () => {
    expect(files.find(({ path }) => path === 'src/errors.ts')?.imports).toEqual([])
  })

  test('a dialect uses of what is generated its own documents alone', () => {
    const used = files.flatMap(({ path, imports }) => {
      const [, dialect] = /^src\/rest\/([^/]+)\//.exec(path) ?? []
      const allowed = dialect === undefined ? [] : [`src/generated/${dialect}-documents.ts`]
      const generated = imports.filter((target) => target.startsWith('src/generated/') && !allowed.includes(target))
      return path.startsWith('src/rest/') ? generated.map((target) => `${path} imports ${target}`) : []
    })
    expect(used).toEqual([])
  })

  test('no file imports from a room that its own may not enter', () => {
    const trespasses = files.flatMap(({ path, imports }) =>
      imports
        .filter((target) => target.startsWith('src/') && !mayEnter(roomOf(path), roomOf(target)))
        .map((target) => `${path} imports ${target}`),
    )
    expect(trespasses).toEqual([])
  })

  test('no room may enter one that it has no need of', () => {
    const entered = new Set(
      files.flatMap(({ path, imports }) => imports.map((target) => `${kindOf(roomOf(path))} → ${kindOf(roomOf(target))}`)),
    )
    const allowed = Object.entries(ROOMS).flatMap(([room, { mayEnter: others }]) => others.map((other) => `${room} → ${other}`))
    expect(allowed.filter((one) => ![...entered].some((used) => used === one || used.startsWith(`${one}/`)))).toEqual([])
  })

  test('GraphQL and the domain know nothing of the upstream client, nor types of the database', () => {
    const importers = files.filter(({ imports }) => imports.some((target) => target === 'undici')).map(({ path }) => path)
    expect(importers.every((path) => path.startsWith('src/upstream/'))).toBe(true)
    const ciphers = files.filter(({ text }) => /createDecipheriv|createCipheriv/.test(text)).map(({ path }) => path)
    expect(ciphers).toEqual(['src/crypto/aead.ts'])
  })

  test('the sealed secrets are read and written by api-keys alone', () => {
    const byClient = /\b(apiKeySecret|providerSecret)s?\.(find|create|update|upsert|groupBy|aggregate|count)/
    const byStatement = /insertRow\(\s*\w+,\s*'(apiKeySecret|providerSecret)'|\b(api_key|provider)_secrets\b/
    const users = files.filter(({ text }) => byClient.test(text) || byStatement.test(text))
    // Which copies sealed texts into another database, and could not open them.
    const copier = 'src/database/copy-tables.ts'
    expect(users.filter(({ path }) => roomOf(path) !== 'api-keys').map(({ path }) => path)).toEqual([copier])
  })

  test('the console shares no file with the gateway: it knows the API alone', () => {
    const borders = [...consoleFiles.map((file) => [file, 'src/'] as const), ...files.map((file) => [file, 'console/'] as const)]
    expect(borders.filter(([{ imports }, other]) => imports.some((target) => target.startsWith(other))).map(([{ path }]) => path)).toEqual(
      [],
    )
  })

  test('the files do not import each other in a circle', () => {
    expect(circles()).toEqual([])
  })
})

describe('house rules', () => {
  test('only the client of the database knows which one it is', () => {
    expect(files.filter(({ text }) => /'(sqlite|postgresql)'/.test(text)).map(({ path }) => path)).toEqual(['src/database/client.ts'])
  })

  test('only config.ts reads the environment', () => {
    const readers = files.filter(({ text }) => /process\s*\.\s*env\b|process\s*\[|from 'node:process'/.test(text))
    expect(readers.map(({ path }) => path)).toEqual(['src/config.ts'])
  })

  test(`no file is longer than ${HARD_CAP_LINES} lines, no function longer than ${HARD_CAP_FUNCTION_LINES}`, () => {
    expect(allFiles.filter(({ text }) => text.split('\n').length > HARD_CAP_LINES).map(({ path }) => path)).toEqual([])
    expect(allFiles.flatMap(longFunctions)).toEqual([])
  })

  test('names of files are kebab-case, and none is a drawer for everything', () => {
    const names = allFiles.map(({ path }) => path.split('/').at(-1) ?? '')
    expect(
      names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/.test(name) || /^(utils?|helpers?|index|common|misc)\.tsx?$/.test(name)),
    ).toEqual([])
  })

  test('the core names no dialect', () => {
    const named = files.filter(({ path, text }) => !path.startsWith('src/rest/') && /\b(bifrost|respan|ziri|coder)\b/i.test(text))
    expect(named.map(({ path }) => path).filter((path) => !NAMES_OF_DIALECTS.includes(path))).toEqual([])
  })

  test('no file switches the type checker off', () => {
    const offenders = allFiles.filter(({ text }) => /@ts-(ignore|nocheck|expect-error)|\bas any\b/.test(text))
    expect(offenders.map(({ path }) => path)).toEqual([])
  })

  test('no file asks URL.canParse, which Node 20 answers wrongly once it has been asked often', () => {
    expect(allFiles.filter(({ text }) => /URL\.canParse\(/.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('no file re-exports everything of another', () => {
    expect(allFiles.filter(({ text }) => /^export \* from/m.test(text)).map(({ path }) => path)).toEqual([])
  })
})

/** Functions that are too long themselves: the functions inside one are counted apart, as the methods of a class would be. */
function longFunctions({ path, text }: SourceFile): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line
  const found: string[] = []
  /** The lines of functions below a node, each of which is checked on the way. */
  const visit = (node: ts.Node): number => {
    let inner = 0
    ts.forEachChild(node, (child) => {
      inner += visit(child)
    })
    // An arrow without a block is one expression, such as the fields of a type: it declares, and runs no steps.
    const body = ts.isFunctionLike(node) && 'body' in node ? node.body : undefined
    if (!body || !ts.isBlock(body)) return inner
    const lines = lineOf(node.getEnd()) - lineOf(node.getStart()) + 1
    if (lines - inner > HARD_CAP_FUNCTION_LINES) found.push(`${path}:${lineOf(node.getStart()) + 1} has ${lines - inner} lines of its own`)
    return lines
  }
  visit(source)
  return found
}

/** Circles of files through imports, type imports not counted: they are gone at run time. */
function circles(): string[] {
  const runtime = new Map(files.map(({ path, text }) => [path, importsOf(path, withoutTypeImports(text))]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) return void found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (done.has(path)) return
    for (const target of runtime.get(path) ?? []) if (runtime.has(target)) visit(target, [...trail, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return found
}

function withoutTypeImports(text: string): string {
  return text.replace(/^import type [^;]*? from '[^']*'$/gm, '')
}
