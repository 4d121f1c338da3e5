import { type Command, InvalidArgumentError, Option } from 'commander'
import { createAccessToken } from '../auth/create-access-token.ts'
import { findAccessTokens } from '../auth/find-access-tokens.ts'
import { revokeAccessToken } from '../auth/revoke-access-token.ts'
import { authenticityOf } from '../auth/token-mac.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { AccessToken } from '../generated/prisma-sqlite/client.ts'
import type { Role } from '../generated/prisma-sqlite/enums.ts'
import { PartialFailure } from './failure.ts'
import { help, JSON_OPTION } from './help.ts'
import { type Open, orRecordRefusal, withKeyring, withKeysIfThere } from './open.ts'
import { minute, printResult, shortened, table } from './output.ts'
import type { Shell } from './shell.ts'
import { parseDuration } from './time.ts'

const ROLES: Readonly<Record<string, Role>> = { viewer: 'VIEWER', editor: 'EDITOR', admin: 'ADMIN' }

export function addTokens(program: Command, shell: Shell): void {
  const tokens = program
    .command('tokens')
    .helpCommand(false)
    .summary('make, list and revoke access tokens')
    .description('Access tokens open the API of the gateway. The database has their digests only: a lost token is made anew, never shown.')
  addCreate(tokens, shell)
  addList(tokens, shell)
  addRevoke(tokens, shell)
}

function addCreate(tokens: Command, shell: Shell): void {
  tokens
    .command('create')
    .summary('make a token and print it, this once')
    .description(
      'Makes a token. It alone is printed to standard output, so that a script can catch it; it is not shown again. Needs the encryption keys: what is stored of a token is authenticated with them.',
    )
    .requiredOption('--name <name>', 'who or what will use it')
    .addOption(
      new Option('--role <role>', 'what it may do: viewer reads, editor also writes and tests, admin also manages tokens')
        .choices(Object.keys(ROLES))
        .makeOptionMandatory(),
    )
    .option('--expires-in <duration>', 'how long it works, e.g. 12h or 90d; for ever when left out', durationOption)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: [
          'gateway tokens create --name ci --role editor --expires-in 90d',
          'TOKEN=$(gateway tokens create --name ci --role viewer)',
        ],
      }),
    )
    .action((options: { name: string; role: string; expiresIn?: number; json?: true }) =>
      withKeyring(shell, async (open) => {
        const { name } = options
        const role = ROLES[options.role] ?? 'VIEWER'
        const expiresAt = options.expiresIn === undefined ? null : new Date(open.clock().getTime() + options.expiresIn)
        const refusal = { operation: 'tokens create', subjectType: 'access_token', subjectId: '' } as const
        const create = () => createAccessToken(open, open.caller, { name, role, expiresAt })
        const { id, value } = await orRecordRefusal(open, refusal, create)
        if (options.json) return printResult(shell, true, { id, name, role, expiresAt, token: value }, '')
        const until = expiresAt === null ? 'until it is revoked' : `until ${minute(expiresAt)} UTC`
        shell.error(`The token of "${name}", ${options.role}, works ${until}. It is shown this once:\n`)
        shell.print(`${value}\n`)
      }),
    )
}

function durationOption(text: string): number {
  const duration = parseDuration(text)
  if (duration === null) throw new InvalidArgumentError('It must be a number and a unit: 30m, 12h, 90d.')
  return duration
}

function addList(tokens: Command, shell: Shell): void {
  tokens
    .command('list')
    .summary('list the tokens')
    .description(
      'Lists the tokens that work, newest first, by the public start of each. Times are UTC. With the encryption keys at hand it also tells which tokens are not as the gateway wrote them: those are refused.',
    )
    .option('--all', 'also those that are revoked, expired or unverified')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway tokens list', 'gateway tokens list --all --json'] }))
    .action((options: { all?: true; json?: true }) =>
      withKeysIfThere(shell, async ({ database, keyring, clock }) => {
        const now = clock()
        const rows = await database.prisma.accessToken.findMany({ orderBy: { number: 'desc' } })
        const all = rows.map((row) => ({ ...row, state: stateOf(row, keyring, now) }))
        const shown = all.filter(({ state }) => options.all || state === 'works')
        const data = shown.map((row) => {
          const { id, name, role, state, createdAt, lastUsedAt, expiresAt, revokedAt } = row
          return { id, start: startOf(row), name, role, state, createdAt, lastUsedAt, expiresAt, revokedAt }
        })
        printResult(shell, options.json === true, data, tokenTable(shown, rows.length))
      }),
    )
}

function tokenTable(rows: readonly ListedToken[], total: number): string {
  const lines = rows.map((row) => [
    startOf(row),
    shortened(row.name, 20),
    row.role.toLowerCase(),
    row.lastUsedAt === null ? 'never' : minute(row.lastUsedAt),
    endOf(row),
  ])
  const hidden = total - rows.length
  const more = hidden === 0 ? [] : ['', `${hidden} revoked, expired or unverified: add --all to see them.`]
  return [table(['TOKEN', 'NAME', 'ROLE', 'LAST USED', 'EXPIRES'], lines), ...more].join('\n')
}

type TokenState = 'works' | 'revoked' | 'expired' | 'unverified'
type ListedToken = AccessToken & { readonly state: TokenState }

/** Without the keys a row is believed, unless it has no MAC at all. */
function stateOf(row: AccessToken, keyring: Keyring | null, now: Date): TokenState {
  const { revokedAt, expiresAt } = row
  if (revokedAt !== null) return 'revoked'
  if (keyring === null ? row.mac === null : authenticityOf(keyring, row) !== 'authentic') return 'unverified'
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'works'
}

/** When it ends, or how it has ended. */
function endOf({ state, expiresAt }: ListedToken): string {
  if (state !== 'works') return state
  return expiresAt === null ? 'never' : minute(expiresAt)
}

/** The public part, by which the token is found; an ADMIN_TOKEN has none, and is known by a part of its digest. */
function startOf({ lookupId }: AccessToken): string {
  return lookupId.length === 10 ? `gw_${lookupId}` : lookupId.slice(0, 13)
}

function addRevoke(tokens: Command, shell: Shell): void {
  tokens
    .command('revoke')
    .summary('revoke a token, at once and for good')
    .description(
      'Revokes a token: from now on every gateway refuses it. The last valid admin token is refused. Works without the encryption keys.',
    )
    .argument('<token>', 'its start as `tokens list` shows it, its id, or the token itself')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway tokens revoke gw_8sQ2vKx0Lp'] }))
    .action((text: string, options: { json?: true }) =>
      withKeysIfThere(shell, async (open) => {
        const row = await findOne(open, text)
        const wasRevoked = row.revokedAt !== null
        const refusal = { operation: 'tokens revoke', subjectType: 'access_token', subjectId: row.id } as const
        await orRecordRefusal(open, refusal, () => revokeAccessToken(open, open.caller, row.id))
        const said = wasRevoked ? 'was revoked before; nothing has changed' : 'is revoked'
        printResult(shell, options.json === true, { id: row.id, name: row.name, revoked: true }, `The token of "${row.name}" ${said}.`)
      }),
    )
}

async function findOne({ database }: Open, text: string): Promise<AccessToken> {
  const [row, other] = await findAccessTokens(database, text)
  if (row === undefined) throw new PartialFailure('There is no such token. `gateway tokens list --all` shows them.')
  if (other !== undefined) throw new PartialFailure('More than one token begins so. Give its id: `gateway tokens list --json` shows it.')
  return row
}
