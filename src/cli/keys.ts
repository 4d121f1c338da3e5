import type { Command } from 'commander'
import { checkKeyring, readKnownKeys } from '../api-keys/encryption-keys.ts'
import { countSealed } from '../api-keys/sealed-store.ts'
import { verifySecrets } from '../api-keys/verify-secrets.ts'
import { verifyTokens } from '../auth/renew-token-macs.ts'
import type { TokenAuthenticity } from '../auth/token-mac.ts'
import { retireEncryptionKey } from '../encryption-keys/retire-encryption-key.ts'
import { type RotationSummary, rotateSecrets } from '../encryption-keys/rotate-secrets.ts'
import { PartialFailure } from './failure.ts'
import { addGenerate } from './generate-key.ts'
import { help, JSON_OPTION } from './help.ts'
import { addStatus } from './keys-status.ts'
import { orRecordRefusal, withConfiguredKeys, withKeyring } from './open.ts'
import { counted, printResult, secretsAndTokens, table } from './output.ts'
import { createProgress } from './progress.ts'
import type { Shell } from './shell.ts'
import { unreadableAdvice, unverifiedAdvice } from './unverified.ts'

export function addKeys(program: Command, shell: Shell): void {
  const keys = program
    .command('keys')
    .helpCommand(false)
    .summary('manage encryption keys')
    .description(
      'Encryption keys seal the stored secrets. To change them without downtime: add a new key after the old one and restart the gateways; move it to the first place and restart them; run `keys rotate`, then `keys retire` for the old key; remove the old key.',
    )
  addStatus(keys, shell)
  addGenerate(keys, shell)
  addRotate(keys, shell)
  addRetire(keys, shell)
  addVerify(keys, shell)
}

function addRotate(keys: Command, shell: Shell): void {
  keys
    .command('rotate')
    .summary('reseal every secret and token with the first key')
    .description(
      'Reseals every secret and access token with the first configured key, while gateways serve. Safe to interrupt and to run twice: a later run resumes. Tokens that do not verify stay as they are, and are refused.',
    )
    .option('--drop-unverified', 'delete the access tokens that do not verify')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway keys rotate', 'gateway keys rotate --drop-unverified'],
        notes: ['Exits with 1 if a secret or a token still uses another key.'],
      }),
    )
    .action((options: { dropUnverified?: true; json?: true }) =>
      withKeyring(shell, async (open) => {
        const bar = createProgress(shell, { noun: 'secret', whenStopped: 'Run it again: it resumes.' })
        const started = performance.now()
        const summary = await rotateSecrets(
          open,
          open.caller,
          { begin: bar.begin, progress: bar.at },
          options.dropUnverified === true,
        ).finally(bar.end)
        const seconds = Math.round((performance.now() - started) / 100) / 10
        const { kid } = open.keyring.primary
        printResult(shell, options.json === true, { kid, ...summary, seconds }, rotationText(kid, summary, seconds))
        if (summary.remaining > 0 || summary.tokens.remaining > 0) throw new PartialFailure(remedyFor(summary))
      }),
    )
}

function rotationText(kid: string, { resealed, remaining, tokens }: RotationSummary, seconds: number): string {
  const isDone = resealed + tokens.renewed === 0
  const done = isDone ? [] : [`${secretsAndTokens(resealed, tokens.renewed)} resealed with the key ${kid} in ${seconds} s.`]
  const dropped = tokens.dropped === 0 ? [] : [`${counted(tokens.dropped, 'access token')} that did not verify deleted.`]
  const left =
    remaining + tokens.remaining > 0
      ? `${secretsAndTokens(remaining, tokens.remaining)} still sealed with another key.`
      : `Every secret and access token is sealed with the key ${kid} ${isDone ? 'already' : 'now'}.`
  return [...done, ...dropped, left, ...unverifiedAdvice(tokens.unverified - tokens.dropped)].join('\n')
}

function remedyFor({ unreadable, remaining, tokens }: RotationSummary): string {
  if (remaining === 0 && tokens.unverified - tokens.dropped >= tokens.remaining)
    return `${counted(tokens.remaining, 'access token')} sealed with another key cannot be verified. Delete them: \`gateway keys rotate --drop-unverified\`.`
  if (remaining > 0 && unreadable >= remaining)
    return `${counted(unreadable, 'secret')} cannot be opened. \`gateway keys verify\` names their providers: give these secrets again, or delete them.`
  return 'A gateway keeps sealing with another key. Restart all gateways with the same keys, and run this again.'
}

function addRetire(keys: Command, shell: Shell): void {
  keys
    .command('retire')
    .summary('retire a key that nothing uses')
    .description(
      'Retires an encryption key: gateways that have it in the first place do not start. Fails while a secret or a token uses the key. Then remove the key from the configuration, but keep it as long as you keep backups from before the rotation.',
    )
    .argument('<key>', 'its id, as `keys status` shows it')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway keys retire 1nG8Yw0cGq3vJr5sQkX2bA', 'gateway keys retire -- -G8Yw0cGq3vJr5sQkX2bA1'],
        notes: ['Put `--` before an id that begins with a hyphen.'],
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
    .summary('open every secret and verify every token')
    .description('Opens every stored secret and verifies every access token with the configured keys, and prints counts. Changes nothing.')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway keys verify'],
        notes: [
          'Exits with 1 if a secret cannot be read or a token does not verify, and with 78 if the keys do not belong to the database.',
        ],
      }),
    )
    .action((options: { json?: true }) =>
      withConfiguredKeys(shell, async ({ database, keyring }) => {
        const bar = createProgress(shell, { noun: 'secret', whenStopped: 'Nothing was changed.' })
        bar.begin(await countSealed(database.prisma, null))
        const summary = await verifySecrets(database, keyring, bar.at).finally(bar.end)
        const { MALFORMED, UNKNOWN_KEY, NOT_AUTHENTIC } = summary.unreadable
        const lines = [
          [summary.readable, 'can be read'],
          [UNKNOWN_KEY, 'need a key that is not configured'],
          [NOT_AUTHENTIC, 'were changed, moved, or sealed for another endpoint'],
          [MALFORMED, 'are damaged'],
        ].map(([count, meaning]) => [count?.toLocaleString('en').padStart(7) ?? '', String(meaning)])
        const tokens = await verifyTokens(database.prisma, keyring)
        const text = [table(['SECRETS', ''], lines), '', ...tokenLines(tokens)].join('\n')
        printResult(shell, options.json === true, { ...summary, tokens }, text)
        // Also where nothing is stored yet: a gateway would not start with other keys.
        await checkKeyring(database, keyring)
        const advice = unreadableAdvice(summary)
        if (advice !== null) throw new PartialFailure(advice)
        if (tokens.unverified > 0) throw new PartialFailure(unverifiedAdvice(tokens.unverified).join(' '))
      }),
    )
}

function tokenLines({ authentic, revoked, unverified }: Readonly<Record<TokenAuthenticity, number>>): string[] {
  const lines = [
    [authentic, 'are as the gateway wrote them'],
    [revoked, 'were revoked without the key'],
    [unverified, 'do not verify, and are refused'],
  ].map(([count, meaning]) => [count?.toLocaleString('en').padStart(7) ?? '', String(meaning)])
  return [table(['TOKENS ', ''], lines)]
}
