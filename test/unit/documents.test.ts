import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configurationReference } from '../../scripts/configuration-reference.ts'
import { SETTINGS } from '../../src/config.ts'

const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...listDocuments('docs')]

function listDocuments(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.md') ? [join(folder, name)] : []))
}

describe('the documents', () => {
  test.each(documents)('%s links to nothing that is not there', (file) => {
    const targets = Array.from(
      readFileSync(file, 'utf8').matchAll(/(?<!!)\[[^\]]*\]\((?!https?:)([^)#\s]+)[^)]*\)/g),
      ([, target = '']) => target,
    )
    expect(targets.filter((target) => !existsSync(join(dirname(file), target)))).toEqual([])
  })

  test('are all in the index', () => {
    const index = readFileSync('docs/README.md', 'utf8')
    const own = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md')
    expect(own.filter((name) => !index.includes(`(${name})`))).toEqual([])
  })

  test('have every setting as the program has it: `npm run configuration-reference` brings them in line', () => {
    expect(readFileSync('docs/configuration.md', 'utf8').split('## All settings\n\n')[1]).toBe(configurationReference())
  })

  test('have in the README no setting that the program has not', () => {
    const rows = Array.from(readFileSync('README.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm), ([, name = '']) => name)
    expect(rows.length).toBeGreaterThan(5)
    expect(rows.filter((name) => !(name in SETTINGS))).toEqual([])
  })

  test('keep the README within what is read at one sitting', () => {
    expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThan(200)
  })
})
