import { createHmac, hkdfSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { DOCUMENTED_KEYS, generateKeyText, parseKeyring } from '../../../src/crypto/keyring.ts'
import { StartupError } from '../../../src/errors.ts'
import { keyText, windowsOf } from './fixtures.ts'

const [A, B, C] = [keyText(1), keyText(2), keyText(3)] as const

function refusalOf(text: string): StartupError {
  try {
    parseKeyring(text)
  } catch (error) {
    if (error instanceof StartupError) return error
    throw error
  }
  return expect.unreachable('the keyring was accepted')
}

function base64Of(bytes: Uint8Array | string): string {
  return `base64:${Buffer.from(bytes).toString('base64')}`
}

describe('a keyring', () => {
  it('takes the first key as the primary and finds all of them', () => {
    const ids = [A, B, C].map((text) => parseKeyring(text).primary.kid)
    const keyring = parseKeyring([B, A, C].join(','))
    expect(keyring.primary.kid).toBe(ids[1])
    expect(keyring.kids).toEqual([ids[1], ids[0], ids[2]])
    for (const kid of keyring.kids) expect(keyring.find(kid)?.kid).toBe(kid)
  })

  it.each([
    ['commas', `${A},${B}`],
    ['commas and blanks', `  ${A} , ${B}  `],
    ['line breaks, as in a file', `${A}\n${B}\n`],
    ['Windows line breaks', `${A}\r\n${B}\r\n`],
    ['blank lines', `\n${A}\n\n\n${B}\n`],
    ['commas at line ends', `${A},\n${B}`],
    ['a byte order mark before the first', `\uFEFF${A}\n${B}`],
  ])('reads a list with %s', (_, text) => {
    expect(parseKeyring(text).kids).toEqual(parseKeyring(`${A},${B}`).kids)
  })

  it('finds nothing for an id that it does not have', () => {
    for (const kid of ['', '__proto__', 'constructor', parseKeyring(B).primary.kid]) expect(parseKeyring(A).find(kid)).toBeUndefined()
  })

  it('derives the id and the sub-keys with HKDF-SHA256, each under its own label', () => {
    const master = Buffer.from(A.slice('base64:'.length), 'base64')
    const derive = (info: string, length = 32) => Buffer.from(hkdfSync('sha256', master, '', info, length))
    const { kid, encryption, fingerprint, canary, token } = parseKeyring(A).primary
    expect(kid).toBe(derive('kid/v1').subarray(0, 16).toString('base64url'))
    expect(encryption.export()).toEqual(derive('enc/v1'))
    expect(createHmac('sha256', fingerprint).update('x').digest()).toEqual(
      createHmac('sha256', derive('fingerprint/v1')).update('x').digest(),
    )
    expect(canary.export()).toEqual(derive('canary/v1'))
    expect(token.export()).toEqual(derive('token/v1'))
  })

  it('shows no key when it is printed or serialized', () => {
    const keyring = parseKeyring(`${A},${B}`)
    const shown = `${inspect(keyring, { depth: null, showHidden: true })} ${JSON.stringify(keyring)}`
    const { encryption, fingerprint, canary, token } = keyring.primary
    for (const key of [encryption, fingerprint, canary, token]) {
      for (const encoding of ['base64', 'base64url', 'hex'] as const) expect(shown).not.toContain(key.export().toString(encoding))
    }
    for (const window of windowsOf(A.slice('base64:'.length))) expect(shown).not.toContain(window)
  })

  it('cannot be given another primary afterwards', () => {
    const keyring = parseKeyring(A)
    expect(() => Object.assign(keyring, { primary: parseKeyring(B).primary })).toThrow(TypeError)
    expect(() => Object.assign(keyring.primary, { kid: 'other' })).toThrow(TypeError)
  })
})

describe('a keyring refuses to start', () => {
  const bare = B.slice('base64:'.length)
  const raw = Buffer.from(bare, 'base64')
  const documented = DOCUMENTED_KEYS[0] ?? ''

  it.each([
    ['nothing at all', '', /No encryption key/],
    ['blanks only', ' \n ', /No encryption key/],
    ['an empty entry', `${A},,${B}`, /key 2 of 3 is empty/],
    ['a trailing comma', `${A},`, /key 2 of 2 is empty/],
    ['a missing prefix', `${A},${bare}`, /key 2 of 2 does not start with "base64:"/],
    ['a prefix in capitals', `${A},BASE64:${bare}`, /key 2 of 2 does not start/],
    ['a passphrase', 'correct horse battery staple', /key 1 of 1 does not start/],
    ['the prefix alone', `${A},base64:`, /key 2 of 2 has 0 bytes/],
    ['31 bytes', `${base64Of(raw.subarray(1))},${A}`, /key 1 of 2 has 31 bytes instead of 32/],
    ['33 bytes', `${A},${base64Of(Buffer.concat([raw, raw.subarray(0, 1)]))}`, /key 2 of 2 has 33 bytes/],
    ['a foreign character', `${A},base64:*${bare}`, /key 2 of 2 is not base64/],
    ['blanks inside a key', `${A},${B.slice(0, 20)} ${B.slice(20)}`, /key 2 of 2 is not base64/],
    ['missing padding', `${A},${B.replace('=', '')}`, /key 2 of 2 is not base64/],
    ['too much padding', `${A},${B}=`, /key 2 of 2 is not base64/],
    ['the URL alphabet', `${A},base64:${Buffer.alloc(32, 'ÿû~').toString('base64url')}=`, /key 2 of 2 is not base64/],
    ['trailing bits', `${A},base64:${'A'.repeat(41)}BB=`, /key 2 of 2 is not base64/],
    ['two equal keys', `${A},${B},${A}`, /key 3 of 3 repeats key 1/],
    ['all bytes zero', `${A},${base64Of(Buffer.alloc(32))}`, /key 2 of 2 repeats a single byte/],
    ['all bytes equal', base64Of(Buffer.alloc(32, 'k')), /key 1 of 1 repeats a single byte/],
    ['a key from the documentation', `${A},${documented}`, /key 2 of 2 is an example from the documentation/],
  ])('on %s, and names the position but never the key', (_, text, message) => {
    const error = refusalOf(text)
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(78)
    expect(error.message).not.toContain('\n')
    const keys = text.split(/[,\s]+/).map((entry) => entry.replace(/^base64:/i, ''))
    for (const key of keys.filter((entry) => entry.length >= 8)) {
      for (const window of windowsOf(key)) expect(error.message).not.toContain(window)
    }
    expect(error.cause).toBeUndefined()
  })

  it('on every documented key, each of which would otherwise be a usable one', () => {
    for (const text of DOCUMENTED_KEYS) {
      expect(Buffer.from(text.slice('base64:'.length), 'base64')).toHaveLength(32)
      expect(refusalOf(text).message).toMatch(/documentation/)
    }
  })
})

describe('a generated key', () => {
  it('is accepted by the keyring, and never the same twice', () => {
    const texts = Array.from({ length: 50 }, generateKeyText)
    expect(parseKeyring(texts.join(',')).kids).toHaveLength(50)
  })
})
