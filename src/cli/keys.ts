import type { Command } from 'commander'
import type { KnownKey } from '../api-keys/encryption-keys.ts'
import { checkKeyring, countSecretsByKey, readKnownKeys } from '../api-keys/encryption-keys.ts'
import { countSealed } from '../api-keys/sealed-store.ts'
import { verifySecrets } from '../api-keys/verify-secrets.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { retireEncryptionKey } from '../encryption-keys/retire-encryption-key.ts'
import { rotateSecrets } from '../encryption-keys/rotate-secrets.ts'
import { PartialFailure } from './failure.ts'
import { addGenerate } from './generate-key.ts'
import { help, JSON_OPTION } from './help.ts'
import { orRecordRefusal, withConfiguredKeys, withKeyring } from './open.ts'
import { counted, printResult, table } from './output.ts'
import { createProgress } from './progress.ts'
import type { Shell } from './shell.ts'

export function addKeys(program: Command, shell: Shell): void {
  const keys = program
    .command('keys')
    .helpCommand(false)
    .summary('look after the encryption keys')
    .description(
      'The encryption keys seal the stored secrets. To change them without downtime: put a new key behind the old one and restart the gateways; put it first and restart them; `keys rotate`; `keys retire` the old one; then take it out.',
    )
  addStatus(keys, shell)
  addGenerate(keys, shell)
  addRotate(keys, shell)
  addRetire(keys, shell)
  addVerify(keys, shell)
}

interface KeyStatus {
  readonly kid: string
  readonly use: 'seals' | 'opens' | 'retired' | 'new' | 'not configured'
  /** Whether it is among the configured keys. */
  readonly configured: boolean
  readonly secrets: number
  readonly registeredAt: Date | null
  readonly retiredAt: Date | null
}

function addStatus(keys: Command, shell: Shell): void {
  keys
    .command('status')
    .summary('show the keys, and how many secrets are under each')
    .description('Shows the ids of the encryption keys and how many stored secrets are under each: counts only, never a key.')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway keys status'] }))
    .action((options: { json?: true }) =>
      withConfiguredKeys(shell, async ({ database, keyring }) => {
        const status = statusOf(keyring, await readKnownKeys(database), await countSecretsByKey(database.prisma))
        const lines = status.map(({ kid, use, secrets, registeredAt }) => [
          kid,
          use,
          secrets.toLocaleString('en').padStart(7),
          registeredAt?.toISOString().slice(0, 10) ?? '',
        ])
        const text = [table(['KEY', 'USE', 'SECRETS', 'REGISTERED'], lines), ...adviceOn(status)].join('\n')
        printResult(shell, options.json === true, status, text)
      }),
    )
}

function statusOf(keyring: Keyring, known: readonly KnownKey[], counts: ReadonlyMap<string, number>): KeyStatus[] {
  const others = known.map(({ kid }) => kid).filter((kid) => keyring.find(kid) === undefined)
  return [...keyring.kids, ...others].map((kid) => {
    const row = known.find((key) => key.kid === kid)
    const use = useOf(keyring, kid, row)
    const configured = keyring.find(kid) !== undefined
    return { kid, use, configured, secrets: counts.get(kid) ?? 0, registeredAt: row?.createdAt ?? null, retiredAt: row?.retiredAt ?? null }
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
    return ['', 'None of the configured keys belongs to this database. No gateway starts so:', 'configure those above that are not.']
  if (having('not configured').some(({ secrets }) => secrets > 0))
    return ['', 'Secrets are under a key that is not configured: put it back, behind the first.']
  if (having('new').length > 0) return ['', 'No gateway has been started with the new key yet: restart all of them.']
  if (having('retired').some(({ secrets }) => secrets > 0))
    return [
      '',
      'Secrets are under a retired key: some gateway still has it first. Restart all',
      'with the same keys, then run `gateway keys rotate`.',
    ]
  const waiting = others.reduce((sum, { secrets }) => sum + secrets, 0)
  if (waiting > 0) return ['', `${counted(waiting, 'secret')} not yet under the first key: run \`gateway keys rotate\`.`]
  if (having('opens').length > 0) return ['', 'A key that only opens and has no secrets can be retired:', '`gateway keys retire <key>`.']
  if (having('retired').some(({ configured }) => configured))
    return ['', 'A retired key is configured still: take it out, and restart the gateways.']
  return []
}

function addRotate(keys: Command, shell: Shell): void {
  keys
    .command('rotate')
    .summary('bring every secret under the first key')
    .description(
      'Seals every stored secret anew with the first of the configured keys, while the gateways serve. It can be stopped or killed at any time: run again, it goes on. Two at once do no harm.',
    )
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway keys rotate'], notes: ['Ends with 1 when a secret is still under another key.'] }))
    .action((options: { json?: true }) =>
      withKeyring(shell, async (open) => {
        const bar = createProgress(shell, { noun: 'secret', whenStopped: 'Run it again: it goes on from there.' })
        const started = performance.now()
        const summary = await rotateSecrets(open, open.caller, { begin: bar.begin, progress: bar.at }).finally(bar.end)
        const seconds = Math.round((performance.now() - started) / 100) / 10
        const { kid } = open.keyring.primary
        const done = `${counted(summary.resealed, 'secret')} sealed anew in ${seconds} s.`
        const all =
          summary.resealed === 0 ? `Every secret is under the key ${kid} already.` : `${done}\nEvery secret is under the key ${kid} now.`
        const some = `${done} ${counted(summary.remaining, 'secret')} still under another key.`
        printResult(shell, options.json === true, { kid, ...summary, seconds }, summary.remaining === 0 ? all : some)
        if (summary.remaining > 0) throw new PartialFailure(remedyFor(summary))
      }),
    )
}

function remedyFor({ unreadable, remaining }: { unreadable: number; remaining: number }): string {
  if (unreadable >= remaining)
    return `${counted(unreadable, 'secret')} cannot be opened. A connection test names them: give these keys again, or delete them.`
  return 'A gateway keeps sealing with another key. Restart all gateways with the same keys, and run this again.'
}

function addRetire(keys: Command, shell: Shell): void {
  keys
    .command('retire')
    .summary('mark a key as done with')
    .description(
      'Marks an encryption key as one that must never seal again: a gateway with it in the first place does not start. It is refused while a stored secret is under the key. Afterwards take the key out of the configuration; keep it as long as you keep backups from before the rotation.',
    )
    .argument('<key>', 'its id, as `keys status` shows it')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway keys retire 1nG8Yw0cGq3vJr5sQkX2bA', 'gateway keys retire -- -G8Yw0cGq3vJr5sQkX2bA1'],
        notes: ['An id that begins with a hyphen stands behind `--`.'],
      }),
    )
    .action((kid: string, options: { json?: true }) =>
      withKeyring(shell, async (open) => {
        const isKnown = (await readKnownKeys(open.database)).some((key) => key.kid === kid)
        const refusal = { operation: 'keys retire', subjectType: 'encryption_key', subjectId: isKnown ? kid : '' } as const
        const changed = await orRecordRefusal(open, refusal, () => retireEncryptionKey(open, open.caller, kid))
        const said = changed ? 'is retired. Take it out of the configuration now.' : 'was retired before; nothing has changed.'
        printResult(shell, options.json === true, { kid, retired: true, changed }, `The key ${kid} ${said}`)
      }),
    )
}

function addVerify(keys: Command, shell: Shell): void {
  keys
    .command('verify')
    .summary('open every secret, to see whether all can be')
    .description('Opens every stored secret with the configured keys and prints how many can be read: counts only. Nothing is changed.')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway keys verify'],
        notes: ['Ends with 1 when a secret cannot be read, and with 78 when the keys are not those of the database.'],
      }),
    )
    .action((options: { json?: true }) =>
      withConfiguredKeys(shell, async ({ database, keyring }) => {
        const bar = createProgress(shell, { noun: 'secret', whenStopped: 'Nothing was changed.' })
        bar.begin(await countSealed(database.prisma, null))
        const summary = await verifySecrets(database, keyring, bar.at).finally(bar.end)
        const { MALFORMED, UNKNOWN_KEY, NOT_AUTHENTIC } = summary.unreadable
        const broken = MALFORMED + UNKNOWN_KEY + NOT_AUTHENTIC
        const lines = [
          [summary.readable, 'can be read'],
          [UNKNOWN_KEY, 'need a key that is not configured'],
          [NOT_AUTHENTIC, 'were changed, moved, or sealed for another endpoint'],
          [MALFORMED, 'are damaged'],
        ].map(([count, meaning]) => [count?.toLocaleString('en').padStart(7) ?? '', String(meaning)])
        printResult(shell, options.json === true, summary, table(['SECRETS', ''], lines))
        // Also where nothing is stored yet: a gateway would not start with other keys.
        await checkKeyring(database, keyring)
        if (broken > 0)
          throw new PartialFailure(`${counted(broken, 'secret')} cannot be read. A connection test names them: give these keys again.`)
      }),
    )
}
