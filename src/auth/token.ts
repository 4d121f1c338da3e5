import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

const LOOKUP_ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const LOOKUP_LENGTH = 10
const OWN_SHAPE = /^gw_([A-Za-z0-9]{10})_([A-Za-z0-9_-]{43})$/

/** The two halves of a token as the database knows them: a public id to find it by, and a digest to prove it with. */
export interface TokenDigest {
  readonly lookupId: string
  /** SHA-256, hexadecimal. */
  readonly secretDigest: string
}

/** Makes a token `gw_<10 characters to find it by>_<43 characters that carry 32 random bytes>`. */
export function generateToken(): string {
  const lookupId = Array.from({ length: LOOKUP_LENGTH }, () => LOOKUP_ALPHABET[randomInt(LOOKUP_ALPHABET.length)]).join('')
  return `gw_${lookupId}_${randomBytes(32).toString('base64url')}`
}

/** The public start of a token, e.g. `gw_8sQ2mZ4kLp`: how a lost one is found again. One of another shape has a part of its own digest. */
export function tokenPrefix({ lookupId }: Pick<TokenDigest, 'lookupId'>): string {
  return lookupId.length === LOOKUP_LENGTH ? `gw_${lookupId}` : lookupId.slice(0, 13)
}

/**
 * Splits a presented token. One of another shape (an operator may choose ADMIN_TOKEN freely) is found by a part of its
 * own digest, which tells nothing about it.
 */
export function digestToken(token: string): TokenDigest {
  const [, lookupId, secret] = OWN_SHAPE.exec(token) ?? []
  if (lookupId !== undefined && secret !== undefined) return { lookupId, secretDigest: sha256(secret) }
  return { lookupId: `x${sha256(`lookup:${token}`).slice(0, 32)}`, secretDigest: sha256(token) }
}

/** Compares two digests in constant time. */
export function sameDigest(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'hex'), Buffer.from(right, 'hex')]
  return a.length === b.length && timingSafeEqual(a, b)
}

function sha256(value: string): string {
  return hash('sha256', value)
}
