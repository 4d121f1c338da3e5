import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { StartupError } from '../errors.ts'
import { decodeCanonical } from './encoding.ts'

const PREFIX = 'base64:'
const KEY_BYTES = 32
const KID_BYTES = 16

/** Keys that the documentation may print as examples. Everyone knows them, so a keyring never accepts them. */
export const DOCUMENTED_KEYS: readonly string[] = [
  'base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  'base64:ZXhhbXBsZS1rZXktZnJvbS10aGUtZG9jcy1vZi1ndyE=',
]

/** One configured key as the sub-keys derived from it. The configured bytes themselves are not kept. */
export interface KeyringKey {
  /** The public id of the key: it stands in every text sealed with it. */
  readonly kid: string
  readonly encryption: KeyObject
  readonly fingerprint: KeyObject
  readonly canary: KeyObject
  /** Authenticates the rows of access tokens. */
  readonly token: KeyObject
}

/** The keys of this process: the primary encrypts, all of them decrypt. */
export interface Keyring {
  readonly primary: KeyringKey
  /** The ids of all keys, the primary's first. */
  readonly kids: readonly string[]
  /** The key with this id, or undefined when the keyring does not have it. */
  find(kid: string): KeyringKey | undefined
}

/**
 * Reads a list of `base64:<32 bytes>`, separated by commas or line breaks.
 * Throws a `StartupError` that names the position of the first bad entry and never shows any part of it.
 */
export function parseKeyring(text: string): Keyring {
  const list = text.trim()
  if (list === '') {
    throw new StartupError(`No encryption key is given: expected a list of ${PREFIX}<32 bytes>, the first of which encrypts.`)
  }
  const entries = list.split(/\s*[,\n]\s*/)
  const keys = new Map<string, KeyringKey>()
  const positions = new Map<string, number>()
  for (const [index, entry] of entries.entries()) {
    const position = index + 1
    const key = parseEntry(entry, (problem) => new StartupError(`Encryption key ${position} of ${entries.length} ${problem}`))
    const earlier = positions.get(key.kid)
    if (earlier !== undefined) {
      throw new StartupError(`Encryption key ${position} of ${entries.length} repeats key ${earlier}: list each key once.`)
    }
    keys.set(key.kid, key)
    positions.set(key.kid, position)
  }
  const [primary] = keys.values()
  if (primary === undefined) throw new StartupError('No encryption key is given.')
  return Object.freeze({ primary, kids: Object.freeze([...keys.keys()]), find: (kid: string) => keys.get(kid) })
}

/** A new random key, written as `parseKeyring` reads it. */
export function generateKeyText(): string {
  const bytes = randomBytes(KEY_BYTES)
  const text = PREFIX + bytes.toString('base64')
  bytes.fill(0)
  return text
}

function parseEntry(entry: string, refusal: (problem: string) => StartupError): KeyringKey {
  if (entry === '') throw refusal('is empty: remove the stray separator.')
  if (!entry.startsWith(PREFIX)) throw refusal(`does not start with "${PREFIX}".`)
  if (DOCUMENTED_KEYS.includes(entry)) throw refusal('is an example from the documentation, which everyone knows: generate your own.')
  const bytes = decodeCanonical(entry.slice(PREFIX.length), 'base64')
  if (bytes === null) throw refusal('is not base64 (the standard alphabet, with padding).')
  try {
    if (bytes.length !== KEY_BYTES) throw refusal(`has ${bytes.length} bytes instead of ${KEY_BYTES}.`)
    if (bytes.every((byte) => byte === bytes[0])) throw refusal('repeats a single byte, so it is not random: generate one.')
    return deriveKeys(createSecretKey(bytes))
  } finally {
    bytes.fill(0)
  }
}

function deriveKeys(master: KeyObject): KeyringKey {
  return Object.freeze({
    kid: Buffer.from(hkdfSync('sha256', master, '', 'kid/v1', KID_BYTES)).toString('base64url'),
    encryption: deriveSubKey(master, 'enc/v1'),
    fingerprint: deriveSubKey(master, 'fingerprint/v1'),
    canary: deriveSubKey(master, 'canary/v1'),
    token: deriveSubKey(master, 'token/v1'),
  })
}

function deriveSubKey(master: KeyObject, info: string): KeyObject {
  const bytes = Buffer.from(hkdfSync('sha256', master, '', info, KEY_BYTES))
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}
