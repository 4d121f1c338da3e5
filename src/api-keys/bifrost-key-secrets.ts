import { z } from 'zod'
import type { Keyring } from '../crypto/keyring.ts'
import { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { ValidationError } from '../errors.ts'
import { type BifrostKey, type BifrostKeyInput, maskInMiddle, parseBifrostKeySettings, SHOWN_PATHS } from './bifrost-key.ts'
import { openProviderSecret, type ProviderSecretField, storeProviderSecret } from './provider-secrets.ts'
import type { SecretOwner } from './secret-owner.ts'

/** The secret parts of a key's vendor configurations, in one sealed text. */
export function keyConfigField(apiKeyId: string): ProviderSecretField {
  return `apiKey.${apiKeyId}.config`
}

const sealedConfig = z.record(z.string(), z.string())

/** Reads what was sealed; an absent secret is an empty configuration. */
export function readKeyConfig(secret: Secret | undefined): ReadonlyMap<string, string> {
  return new Map(secret === undefined ? [] : Object.entries(sealedConfig.parse(JSON.parse(secret.reveal()))))
}

/**
 * Seals the secret parts of a key's vendor configurations and returns the rest, as the column `dialectSettings` takes it.
 * @param maskedValue the mask of the key itself.
 * @throws ValidationError when a part is to be kept that is not stored.
 */
export async function storeBifrostKey(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  apiKeyId: string,
  input: BifrostKeyInput,
  stored: BifrostKey | null,
  maskedValue: string | null,
): Promise<{ bifrost: BifrostKey }> {
  const field = keyConfigField(apiKeyId)
  const keeps = input.secrets.some(({ value, environmentVariable }) => value === undefined && environmentVariable === undefined)
  const before = keeps ? readKeyConfig(await openProviderSecret(transaction, keyring, owner, field)) : new Map<string, string>()
  const sealed = new Map<string, string>()
  const secrets = input.secrets.map(({ path, value, environmentVariable }): BifrostKey['secrets'][number] => {
    if (environmentVariable !== undefined) return { path, masked: '', environmentVariable }
    if (value === undefined) {
      const known = stored?.secrets.find((secret) => secret.path === path)
      if (known === undefined) throw nothingToKeep(path)
      const kept = before.get(path)
      if (kept !== undefined) sealed.set(path, kept)
      return known
    }
    sealed.set(path, value.reveal())
    return { path, masked: SHOWN_PATHS.includes(path) ? value.reveal() : maskInMiddle(value.reveal()), environmentVariable: null }
  })
  const text = sealed.size === 0 ? null : new Secret(JSON.stringify(Object.fromEntries(sealed)))
  await storeProviderSecret(transaction, keyring, owner, field, text)
  return { bifrost: { settings: parseBifrostKeySettings(input.settings), secrets, maskedValue } }
}

/** The error of keeping what is not there (Bifrost contract, section 1.2). */
function nothingToKeep(path: string): ValidationError {
  const message = `masked preview cannot be used for ${path} without a stored value`
  return new ValidationError([{ path: ['apiKeys', path], rule: 'NOTHING_TO_KEEP', message }])
}
