import type { Command } from 'commander'
import { countSecretsByKey, countTokensByKey, type KnownKey, readKnownKeys } from '../api-keys/encryption-keys.ts'
import { verifyTokens } from '../auth/renew-token-macs.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { help, JSON_OPTION } from './help.ts'
import { withConfiguredKeys } from './open.ts'
import { printResult, secretsAndTokens, table } from './output.ts'
import type { Shell } from './shell.ts'
import { unverifiedAdvice } from './unverified.ts'

interface KeyStatus {
  readonly kid: string
  readonly use: 'seals' | 'opens' | 'retired' | 'new' | 'not configured'
  /** Whether it is among the configured keys. */
  readonly configured: boolean
  readonly secrets: number
  /** Access tokens that it authenticates. */
  readonly tokens: number
  readonly registeredAt: Date | null
  readonly retiredAt: Date | null
}

export function addStatus(keys: Command, shell: Shell): void {
  keys
    .command('status')
    .summary('show the keys, and how many secrets use each')
    .description('Shows the id of each encryption key, and how many secrets and access tokens use it. Never shows a key.')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway keys status'] }))
    .action((options: { json?: true }) =>
      withConfiguredKeys(shell, async ({ database, keyring }) => {
        const status = statusOf(keyring, await readKnownKeys(database), {
          secrets: await countSecretsByKey(database.prisma),
          tokens: await countTokensByKey(database.prisma),
        })
        const { unverified } = await verifyTokens(database.prisma, keyring)
        const lines = status.map(({ kid, use, secrets, tokens, registeredAt }) => [
          kid,
          use,
          secrets.toLocaleString('en').padStart(7),
          tokens.toLocaleString('en').padStart(6),
          registeredAt?.toISOString().slice(0, 10) ?? '',
        ])
        const text = [
          table(['KEY', 'USE', 'SECRETS', 'TOKENS', 'REGISTERED'], lines),
          ...adviceOn(status),
          ...told(unverifiedAdvice(unverified)),
        ].join('\n')
        printResult(shell, options.json === true, status, text)
      }),
    )
}

function statusOf(
  keyring: Keyring,
  known: readonly KnownKey[],
  counts: Record<'secrets' | 'tokens', ReadonlyMap<string, number>>,
): KeyStatus[] {
  const others = known.map(({ kid }) => kid).filter((kid) => keyring.find(kid) === undefined)
  return [...keyring.kids, ...others].map((kid) => {
    const row = known.find((key) => key.kid === kid)
    const use = useOf(keyring, kid, row)
    const configured = keyring.find(kid) !== undefined
    const [secrets, tokens] = [counts.secrets.get(kid) ?? 0, counts.tokens.get(kid) ?? 0]
    return { kid, use, configured, secrets, tokens, registeredAt: row?.createdAt ?? null, retiredAt: row?.retiredAt ?? null }
  })
}

function useOf(keyring: Keyring, kid: string, row: KnownKey | undefined): KeyStatus['use'] {
  if (row === undefined) return 'new'
  if (row.retiredAt !== null) return 'retired'
  if (keyring.find(kid) === undefined) return 'not configured'
  return kid === keyring.primary.kid ? 'seals' : 'opens'
}

function adviceOn(status: readonly KeyStatus[]): string[] {
  const others = status.filter(({ use }) => use !== 'seals')
  const having = (use: KeyStatus['use']) => others.filter((key) => key.use === use)
  if (!status.some(({ use, configured }) => configured && use !== 'new') && status.some(({ configured }) => !configured))
    return ['', 'None of the configured keys belongs to this database, so no gateway can start.', 'Configure the keys above.']
  if (having('not configured').some(isInUse))
    return ['', 'Secrets or tokens are under a key that is not configured: put it back, behind', 'the first.']
  if (having('new').length > 0) return ['', 'No gateway has been started with the new key yet: restart all of them.']
  if (having('retired').some(isInUse))
    return [
      '',
      'Secrets or tokens are under a retired key: some gateway still has it first.',
      'Restart all with the same keys, then run `gateway keys rotate`.',
    ]
  const waiting = { secrets: sum(others, 'secrets'), tokens: sum(others, 'tokens') }
  if (waiting.secrets + waiting.tokens > 0)
    return ['', `${secretsAndTokens(waiting.secrets, waiting.tokens)} not yet sealed with the first key:`, 'run `gateway keys rotate`.']
  if (having('opens').length > 0)
    return ['', 'A key that only opens and has nothing under it can be retired:', '`gateway keys retire <key>`.']
  if (having('retired').some(({ configured }) => configured))
    return ['', 'A retired key is still configured: remove it, and restart the gateways.']
  return []
}

function isInUse({ secrets, tokens }: KeyStatus): boolean {
  return secrets + tokens > 0
}

function sum(status: readonly KeyStatus[], what: 'secrets' | 'tokens'): number {
  return status.reduce((total, key) => total + key[what], 0)
}

function told(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? lines : ['', ...lines]
}
