import type { Command } from 'commander'
import { type AccessTokenChanges, updateAccessToken } from '../../auth/update-access-token.ts'
import { help, JSON_OPTION } from '../help.ts'
import { orRecordRefusal, withKeyring } from '../open.ts'
import { printResult } from '../output.ts'
import type { Shell } from '../shell.ts'
import { durationOption } from '../time.ts'
import { addCallScopeOptions, type CallScopeOptions, SCOPE_NOTE, toCallScopeInput } from './call-scope-options.ts'
import { findToken } from './find-token.ts'

interface Options extends CallScopeOptions {
  readonly name?: string
  readonly expiresIn?: number
  /** False for no end. */
  readonly expiry: boolean
  readonly json?: true
}

export function addUpdate(tokens: Command, shell: Shell): void {
  const command = tokens
    .command('update')
    .summary('change the name, expiry or call scope of a token')
    .description(
      'Changes a token on every gateway at once. Its value and its role stay. A given scope replaces the whole previous scope. Needs the encryption keys.',
    )
    .argument('<token>', 'its prefix as `tokens list` shows it, its id, or the token itself')
    .option('--name <name>', 'a new name')
    .option('--expires-in <duration>', 'lifetime from now on, e.g. 12h or 90d', durationOption)
    .option('--no-expiry', 'never expires')
  addCallScopeOptions(command)
    .option('--no-calls', 'remove the permission to make model calls')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway tokens update gw_8sQ2vKx0Lp --calls openai azure-eu', 'gateway tokens update gw_8sQ2vKx0Lp --no-calls'],
        notes: [SCOPE_NOTE],
      }),
    )
    .action((text: string, options: Options) => {
      const calls = toCallScopeInput(options, command)
      if (!options.expiry && options.expiresIn !== undefined)
        command.error('error: give --expires-in or --no-expiry, not both', { exitCode: 2 })
      return withKeyring(shell, async (open) => {
        const row = await findToken(open, text)
        const changes: AccessTokenChanges = { name: options.name, expiresAt: expiryOf(options, open.clock()), calls }
        const refusal = { operation: 'tokens update', subjectType: 'access_token', subjectId: row.id } as const
        await orRecordRefusal(open, refusal, () => updateAccessToken(open, open.caller, row.id, changes))
        const name = options.name ?? row.name
        printResult(shell, options.json === true, { id: row.id, name }, `The token of "${name}" was changed.`)
      })
    })
}

function expiryOf({ expiry, expiresIn }: Options, now: Date): Date | null | undefined {
  if (!expiry) return null
  return expiresIn === undefined ? undefined : new Date(now.getTime() + expiresIn)
}
