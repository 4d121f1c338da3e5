import { runGateway } from '../../src/cli/program.ts'
import { configuredFiles, parseConfig, readSecretReference } from '../../src/config.ts'

/** How a command ended, and what it wrote. */
export interface CommandResult {
  readonly exitCode: number
  /** Standard output: the result alone. */
  readonly output: string
  /** Standard error: what is for a person. */
  readonly errors: string
}

export interface CommandOptions {
  /** The settings, as variables of the environment. */
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
  readonly clock?: () => Date
}

/** Runs `gateway <argv>` in this process. */
export async function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { environment = {}, input = '', clock = () => new Date() } = options
  let output = ''
  let errors = ''
  const exitCode = await runGateway(argv, {
    loadConfig: () => parseConfig({ LOG_LEVEL: 'silent', ...environment }),
    readSecretReference: (name) => readSecretReference(name, environment),
    configuredFiles: () => configuredFiles(environment),
    print: (text) => {
      output += text
    },
    error: (text) => {
      errors += text
    },
    isWatched: false,
    readInput: async () => input,
    clock,
  })
  return { exitCode, output, errors }
}

/** Runs a command that must succeed and prints JSON. */
export async function runJson<Data>(argv: readonly string[], options: CommandOptions = {}): Promise<Data> {
  // In front of arguments that stand behind `--`.
  const { exitCode, output, errors } = await runCommand(
    argv.includes('--') ? argv.flatMap((word) => (word === '--' ? ['--json', '--'] : [word])) : [...argv, '--json'],
    options,
  )
  if (exitCode !== 0) throw new Error(`gateway ${argv.join(' ')} ended with ${exitCode}: ${errors}`)
  return JSON.parse(output)
}
