import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandReference } from '../../scripts/command-reference.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { processShell } from '../../src/cli/shell.ts'
import { parseKeyring } from '../../src/crypto/keyring.ts'
import { runCommand, runJson } from '../support/command-line.ts'
import { startTestGateway } from '../support/gateway.ts'
import { testDatabaseKind } from '../support/test-database.ts'

const GUIDE = readFileSync('docs/command-line.md', 'utf8')
const REFERENCE = readFileSync('docs/reference/commands.md', 'utf8')
const blocksOf = (language: string) =>
  Array.from(GUIDE.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs')), ([, block = '']) => block)

describe('docs/command-line.md', () => {
  test('links to the help of every command as it is; `npm run command-reference` writes it', () => {
    expect(GUIDE).toContain('(reference/commands.md)')
    expect(REFERENCE).toBe(commandReference(buildProgram(processShell)))
  })

  test('shows text that fits into 80 columns', () => {
    const wide = [...`${GUIDE}${REFERENCE}`.matchAll(/```(?:text|sh|yaml)\n(.*?)```/gs)].flatMap(([, block = '']) =>
      block.split('\n').filter((line) => line.length > 80),
    )
    expect(wide).toEqual([])
  })

  // Its commands are about a database in a file and the key file beside it.
  test.runIf(testDatabaseKind === 'sqlite')('shows commands that work, one after the other', async () => {
    const variables = { SECRET_ENV_ALLOW: 'SHARED_KEY', SHARED_KEY: 'sk-shared-0123456789-abcdef' }
    const gateway = await startTestGateway({ environment: variables })
    const before = process.cwd()
    process.chdir(gateway.folder)
    try {
      const [yaml = ''] = blocksOf('yaml')
      writeFileSync('providers.yaml', yaml)
      const secrets = { OPENAI_API_KEY: 'sk-openai-0123456789-abcdef', TEAM_KEY: 'team-key-0123456789-abcdef' }
      const environment = { ...gateway.shared, ...variables, ...secrets, PORT: new URL(gateway.url).port }
      const oldKid = parseKeyring(readFileSync(gateway.keyFile, 'utf8')).primary.kid
      /** What the document shows, and what it is here. */
      const replaced = async (line: string) => {
        const [token] = await runJson<{ prefix: string }[]>(['tokens', 'list'], { environment })
        return line
          .replace('data/encryption.key', gateway.keyFile)
          .replace('1nG8Yw0cGq3vJr5sQkX2bA', `-- ${oldKid}`)
          .replace('gw_8sQ2vKx0Lp', token?.prefix ?? '')
      }
      const lines = blocksOf('sh').flatMap((block) => block.trim().split('\n'))
      for (const line of lines) {
        if (line === '# Restart the gateway.') {
          await gateway.restart()
          environment.PORT = new URL(gateway.url).port
          continue
        }
        const [, command = '', file] = /^npx gateway ([^>|]+?)(?: > (\S+))?$/.exec(await replaced(line)) ?? []
        const { exitCode, output, errors } = await runCommand(command.split(' '), { environment })
        expect({ line, exitCode, errors: exitCode === 0 ? '' : errors + output }).toEqual({ line, exitCode: 0, errors: '' })
        if (file !== undefined) writeFileSync(join(gateway.folder, file), output)
      }
      expect(lines.length).toBeGreaterThan(12)
    } finally {
      process.chdir(before)
      await gateway.close()
    }
  })
})

test('a wrong command line ends with 2, and is told as JSON to whoever asked for that', async () => {
  expect(await runCommand(['tokens', 'create'])).toMatchObject({
    exitCode: 2,
    output: '',
    errors: expect.stringMatching(/^error: .*--name/),
  })
  for (const argv of [['tokens', 'create'], ['no-such-command'], ['audit', '--since', 'yesterday']]) {
    const { exitCode, output, errors } = await runCommand([...argv, '--json'])
    expect([exitCode, output, JSON.parse(errors)]).toEqual([
      2,
      '',
      { error: { message: expect.not.stringMatching(/^error|^$/), exitCode: 2 } },
    ])
  }
})

test('help is found by whoever looks for it', async () => {
  for (const argv of [['--help'], ['help'], ['help', 'keys'], ['keys', '--help']])
    expect(await runCommand(argv)).toMatchObject({ exitCode: 0, errors: '', output: expect.stringMatching(/^Usage: gateway /) })
  expect(await runCommand([])).toMatchObject({ exitCode: 2, output: '', errors: expect.stringContaining('Commands:') })
})

test('every command has examples of itself, its exit codes and --json in its help', () => {
  const sections = REFERENCE.split('## ').slice(1)
  for (const section of sections) {
    const [title = ''] = section.split('\n')
    expect(section, title).toContain(`\n  $ ${title.startsWith('gateway apply') ? 'gateway apply' : title}`)
    expect(section, title).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration.')
    expect(section, title).toContain('--json')
  }
})
