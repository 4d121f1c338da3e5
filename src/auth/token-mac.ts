import { createHmac, timingSafeEqual } from 'node:crypto'
import { lengthPrefixed } from '../crypto/encoding.ts'
import type { Keyring, KeyringKey } from '../crypto/keyring.ts'
import type { AccessToken } from '../generated/prisma-sqlite/client.ts'

const FORMAT = 'token/1'

/** Everything that decides which secret opens the API, as whom, for what, and until when. When it was last used does not. */
export type TokenContent = Pick<
  AccessToken,
  'id' | 'lookupId' | 'secretDigest' | 'role' | 'calls' | 'source' | 'name' | 'createdAt' | 'expiresAt' | 'revokedAt'
>

/** The two columns that authenticate the others. */
export interface TokenMac {
  /** HMAC-SHA256, base64url. */
  readonly mac: string
  /** The encryption key whose sub-key made it. */
  readonly kid: string
}

/**
 * `authentic`: the gateway wrote the row as it is. `revoked`: somebody without the key has revoked it, which takes its MAC
 * away for good. `unverified`: the row was written or changed by something other than the gateway. Only `authentic` rows count.
 */
export type TokenAuthenticity = 'authentic' | 'revoked' | 'unverified'

/** Authenticates the content of a row with the first key of the keyring. */
export function makeTokenMac(keyring: Keyring, content: TokenContent): TokenMac {
  const { primary } = keyring
  return { mac: macUnder(primary, content).toString('base64url'), kid: primary.kid }
}

/** What the MAC of a row says. The key is found by the row's `kid` alone: one that is not configured verifies nothing. */
export function authenticityOf(keyring: Keyring, row: TokenContent & { mac: string | null; kid: string | null }): TokenAuthenticity {
  const { mac, kid, revokedAt } = row
  if (mac === null || kid === null) return revokedAt === null ? 'unverified' : 'revoked'
  const key = keyring.find(kid)
  if (key === undefined) return 'unverified'
  const [stored, expected] = [Buffer.from(mac, 'utf8'), Buffer.from(macUnder(key, row).toString('base64url'), 'utf8')]
  return stored.length === expected.length && timingSafeEqual(stored, expected) ? 'authentic' : 'unverified'
}

/** Whether the gateway wrote the row as it is. */
export function isAuthentic(keyring: Keyring, row: Parameters<typeof authenticityOf>[1]): boolean {
  return authenticityOf(keyring, row) === 'authentic'
}

function macUnder({ kid, token }: KeyringKey, content: TokenContent): Buffer {
  const { id, lookupId, secretDigest, role, calls, source, name, createdAt, expiresAt, revokedAt } = content
  const times = [createdAt, expiresAt, revokedAt].map(milliseconds)
  const fields = [FORMAT, kid, id, lookupId, secretDigest, role, canonicalJson(calls), source, name, ...times]
  return createHmac('sha256', token).update(lengthPrefixed(fields)).digest()
}

/** Whole milliseconds since 1970: the precision that both databases keep. Empty for never. */
function milliseconds(time: Date | null): string {
  return time === null ? '' : String(time.getTime())
}

/** One text for one value: PostgreSQL keeps the members of an object in an order of its own. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join()}}`
}
