import { chownSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { generateKeyText, parseKeyring } from '../crypto/keyring.ts'
import { StartupError } from '../errors.ts'
import { PartialFailure } from './failure.ts'
import { help, JSON_OPTION } from './help.ts'
import { printResult } from './output.ts'
import type { Shell } from './shell.ts'

type KeyPosition = 'new' | 'behind' | 'first'

export function addGenerate(keys: Command, shell: Shell): void {
  keys
    .command('generate')
    .summary('create an encryption key in a file')
    .description(
      'Creates a random encryption key in a file that only its owner can read, and prints the id of the key. Gateways read the file when they start.',
    )
    .requiredOption('--file <path>', 'where: `encryption.key` beside the database, or a file that ENCRYPTION_KEYS_FILE names')
    .addOption(new Option('--add', 'add it after the existing keys: it opens, but does not seal yet').conflicts('first'))
    .option('--first', 'add it before the existing keys: it seals')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway keys generate --file encryption.key', 'gateway keys generate --file data/encryption.key --first'],
        notes: [
          'With one gateway, use --first. With several, use --add and restart all, then move the new line to the top and restart all: each must be able to open what the others seal.',
        ],
      }),
    )
    .action((options: { file: string; add?: true; first?: true; json?: true }) => {
      const { file } = options
      const position = options.first ? 'first' : options.add ? 'behind' : 'new'
      const text = generateKeyText()
      const { kid } = parseKeyring(text).primary
      store(file, text, position)
      const where = { new: 'in', behind: 'after the others in', first: 'before the others in' }[position]
      printResult(
        shell,
        options.json === true,
        { kid, file },
        `The new key ${kid} is ${where} ${file}.\nBack up the file, apart from the database.`,
      )
    })
}

function store(file: string, text: string, position: KeyPosition): void {
  try {
    if (position === 'new') write(file, `${text}\n`)
    else insert(file, text, position)
  } catch (error) {
    if (error instanceof StartupError) throw new StartupError(`The file ${file} was not changed: ${error.message}`)
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code !== 'EEXIST') throw new PartialFailure(`The file ${file} cannot be written (${code}).`)
    throw new PartialFailure(
      position === 'new'
        ? `The file ${file} already exists and was not changed. Use --first or --add to add the key to it.`
        : `The file ${draftOf(file)} exists: this command is running elsewhere, or was interrupted. If it is not running, remove that file and try again.`,
    )
  }
}

/** The new file takes the place of the old one whole, and has the same owner: this may run as root. */
function insert(file: string, text: string, position: KeyPosition): void {
  const present = readFileSync(file, 'utf8').trim()
  const content = position === 'first' ? `${text}\n${present}\n` : `${present}\n${text}\n`
  // Refuses a file with something else in it, or too much of the same.
  parseKeyring(content)
  const draft = draftOf(file)
  write(draft, content)
  const { uid, gid } = statSync(file)
  chownSync(draft, uid, gid)
  renameSync(draft, file)
}

/** Written first, then renamed. Two runs at once would get in each other's way, so the second is refused. */
function draftOf(file: string): string {
  return `${file}.new`
}

function write(path: string, content: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, content)
    fsyncSync(file)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}
