import type { Command } from 'commander'
import { openActivityIfThere } from '../../activity/activity.ts'
import { readAllLastUses } from '../../activity/last-uses.ts'
import { readCallScope } from '../../auth/call-scope.ts'
import { tokenPrefix } from '../../auth/token.ts'
import { authenticityOf } from '../../auth/token-mac.ts'
import type { Keyring } from '../../crypto/keyring.ts'
import type { Database } from '../../database/client.ts'
import type { AccessToken, PrismaClient, Provider } from '../../generated/prisma-sqlite/client.ts'
import { help, JSON_OPTION } from '../help.ts'
import { withKeysIfThere } from '../open.ts'
import { minute, printResult, shortened, table } from '../output.ts'
import { allOf } from '../pages.ts'
import type { Shell } from '../shell.ts'
import { scopeText } from './call-scope-options.ts'

export function addList(tokens: Command, shell: Shell): void {
  tokens
    .command('list')
    .summary('list the tokens')
    .description(
      'Lists the valid tokens by prefix, newest first. Times are UTC. With the encryption keys it also verifies them: the gateway refuses tokens that something else changed in the database.',
    )
    .option('--all', 'include revoked, expired and unverified tokens')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway tokens list', 'gateway tokens list --all --json'] }))
    .action((options: { all?: true; json?: true }) =>
      withKeysIfThere(shell, async ({ database, keyring, clock }) => {
        const now = clock()
        const rows = await readTokens(database)
        const all = rows.map((row) => ({ ...row, state: stateOf(row, keyring, now) }))
        const shown = all.filter(({ state }) => options.all || state === 'works')
        const data = shown.map((row) => {
          const { id, name, role, state, createdAt, lastUsedAt, expiresAt, revokedAt } = row
          const calls = readCallScope(row.calls)
          return { id, prefix: tokenPrefix(row), name, role, state, calls, createdAt, lastUsedAt, expiresAt, revokedAt }
        })
        printResult(shell, options.json === true, data, tokenTable(shown, rows.length, await providerNames(database.prisma)))
      }),
    )
}

function tokenTable(rows: readonly ListedToken[], total: number, names: ReadonlyMap<string, string>): string {
  const lines = rows.map((row) => [
    tokenPrefix(row),
    shortened(row.name, 20),
    row.role.toLowerCase(),
    row.lastUsedAt === null ? 'never' : minute(row.lastUsedAt),
    endOf(row),
    scopeText(readCallScope(row.calls), (id) => names.get(id) ?? null),
  ])
  const hidden = total - rows.length
  const more = hidden === 0 ? [] : ['', `${hidden} revoked, expired or unverified: add --all to see them.`]
  return [table(['TOKEN', 'NAME', 'ROLE', 'LAST USED', 'EXPIRES', 'CALLS'], lines), ...more].join('\n')
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

/** All tokens, newest first, each with its last use. */
async function readTokens(database: Database): Promise<AccessToken[]> {
  const activity = await openActivityIfThere(database)
  try {
    return await allOf<AccessToken>(async (last, take) => {
      const where = last === undefined ? {} : { number: { lt: last.number } }
      const rows = await database.prisma.accessToken.findMany({ where, orderBy: { number: 'desc' }, take })
      const ids = rows.map(({ id }) => id)
      const lastUses = activity === null ? null : await readAllLastUses(activity, { id: { in: ids } })
      return rows.map((row) => ({ ...row, lastUsedAt: lastUses?.get(row.id) ?? row.lastUsedAt }))
    })
  } finally {
    await activity?.close()
  }
}

async function providerNames(prisma: PrismaClient): Promise<ReadonlyMap<string, string>> {
  const rows = await allOf<Pick<Provider, 'id' | 'name'>>((last, take) =>
    prisma.provider.findMany({
      where: { deletedAt: null, name: { gt: last?.name ?? '' } },
      ...{ orderBy: { name: 'asc' }, take, select: { id: true, name: true } },
    }),
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}
