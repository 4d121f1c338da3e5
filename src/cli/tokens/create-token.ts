import { type Command, Option } from 'commander'
import { createAccessToken } from '../../auth/create-access-token.ts'
import type { Role } from '../../generated/prisma-sqlite/enums.ts'
import { help, JSON_OPTION } from '../help.ts'
import { orRecordRefusal, withKeyring } from '../open.ts'
import { minute, printResult } from '../output.ts'
import type { Shell } from '../shell.ts'
import { durationOption } from '../time.ts'
import { addCallScopeOptions, type CallScopeOptions, SCOPE_NOTE, toCallScopeInput } from './call-scope-options.ts'

const ROLES: Readonly<Record<string, Role>> = { caller: 'CALLER', viewer: 'VIEWER', editor: 'EDITOR', admin: 'ADMIN' }

export function addCreate(tokens: Command, shell: Shell): void {
  const command = tokens
    .command('create')
    .summary('create a token, and print it once')
    .description(
      'Creates a token and prints it to standard output. It is shown only once. Needs the encryption keys, which authenticate stored tokens.',
    )
    .requiredOption('--name <name>', 'who or what will use it')
    .addOption(
      new Option(
        '--role <role>',
        'what it may do: caller only makes model calls, viewer reads, editor also writes and tests, admin also manages tokens',
      )
        .choices(Object.keys(ROLES))
        .makeOptionMandatory(),
    )
    .option('--expires-in <duration>', 'lifetime, e.g. 12h or 90d; never expires if omitted', durationOption)
  addCallScopeOptions(command)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: [
          'gateway tokens create --name ci --role editor --expires-in 90d',
          'TOKEN=$(gateway tokens create --name ci --role viewer)',
          'gateway tokens create --name app --role caller --calls --models "gpt-*"',
        ],
        notes: [SCOPE_NOTE],
      }),
    )
    .action((options: CallScopeOptions & { name: string; role: string; expiresIn?: number; json?: true }) => {
      const calls = toCallScopeInput(options, command)
      if (options.role === 'caller' && calls === undefined)
        command.error('error: the role caller needs --calls, which names the providers, or none for all', { exitCode: 2 })
      return withKeyring(shell, async (open) => {
        const { name } = options
        const role = ROLES[options.role] ?? 'VIEWER'
        const expiresAt = options.expiresIn === undefined ? null : new Date(open.clock().getTime() + options.expiresIn)
        const refusal = { operation: 'tokens create', subjectType: 'access_token', subjectId: '' } as const
        const create = () => createAccessToken(open, open.caller, { name, role, expiresAt, calls })
        const { id, value } = await orRecordRefusal(open, refusal, create)
        if (options.json) return printResult(shell, true, { id, name, role, expiresAt, token: value }, '')
        const until = expiresAt === null ? 'until it is revoked' : `until ${minute(expiresAt)} UTC`
        shell.error(`The token of "${name}", ${options.role}, works ${until}. It is shown only once:\n`)
        shell.print(`${value}\n`)
      })
    })
}
