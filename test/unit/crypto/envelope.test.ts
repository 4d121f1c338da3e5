import { createCipheriv, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprint, open, type SecretBinding, seal } from '../../../src/crypto/envelope.ts'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { Secret } from '../../../src/crypto/secret.ts'
import { BINDING, expectUnreadable, keyText } from './fixtures.ts'

const OLD = parseKeyring(keyText(1))
const NEW = parseKeyring(keyText(2))
const BOTH = parseKeyring(`${keyText(2)},${keyText(1)}`)
const PLAINTEXT = 'sk-live-0123456789abcdef'
const SECRET = new Secret(PLAINTEXT)

/** The format, written a second time from its description and without the code under test. */
function sealByHand(options: { nonce: Buffer; tagBytes: number; fields?: readonly string[] }): string {
  const master = Buffer.from(keyText(1).slice('base64:'.length), 'base64')
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', master, '', info, 32))
  const kid = derive('kid/v1').subarray(0, 16).toString('base64url')
  const { table, column, rowId, providerId, destination } = BINDING
  const fields = options.fields ?? ['gw2', kid, table, column, rowId, providerId, destination]
  const associated = fields.flatMap((field) => [0, 0, 0, Buffer.byteLength(field), ...Buffer.from(field)])
  const cipher = createCipheriv('aes-256-gcm', derive('enc/v1'), options.nonce, { authTagLength: options.tagBytes })
  cipher.setAAD(Buffer.from(associated))
  const body = Buffer.concat([cipher.update(PLAINTEXT), cipher.final(), cipher.getAuthTag()])
  return ['gw2', kid, options.nonce.toString('base64url'), body.toString('base64url')].join('.')
}

describe('a sealed secret', () => {
  it('opens to what was sealed, for any Unicode text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(open(OLD, seal(OLD, new Secret(text), BINDING).sealed, BINDING).reveal()).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['empty', ''],
    ['with a byte order mark', '\uFEFFkey'],
    ['with a zero byte', 'a\0b'],
    ['long', 'k'.repeat(1 << 20)],
  ])('opens to what was sealed when it is %s', (_, text) => {
    expect(open(OLD, seal(OLD, new Secret(text), BINDING).sealed, BINDING).reveal() === text).toBe(true)
  })

  it('opens for any binding, but for that one only', () => {
    const field = fc.string({ unit: 'binary', maxLength: 12 })
    const binding = fc.record({ table: field, column: field, rowId: field, providerId: field, destination: field })
    fc.assert(
      fc.property(binding, binding, (one, other) => {
        const { sealed } = seal(OLD, SECRET, one)
        expect(open(OLD, sealed, one).reveal()).toBe(PLAINTEXT)
        fc.pre(JSON.stringify(Object.values(one)) !== JSON.stringify(Object.values(other)))
        expectUnreadable(() => open(OLD, sealed, other), 'NOT_AUTHENTIC')
      }),
    )
  })

  it('is sealed by the first key and opened by each', () => {
    expect(seal(BOTH, SECRET, BINDING).kid).toBe(NEW.primary.kid)
    for (const keyring of [OLD, NEW]) expect(open(BOTH, seal(keyring, SECRET, BINDING).sealed, BINDING).reveal()).toBe(PLAINTEXT)
  })

  it('names its key in the text and beside it, and shows nothing of the plaintext', () => {
    const { sealed, kid } = seal(OLD, SECRET, BINDING)
    expect(sealed).toMatch(/^gw2\.[\w-]{22}\.[\w-]{16}\.[\w-]+$/)
    expect(sealed.split('.')[1]).toBe(kid)
    expect(sealed).not.toContain(Buffer.from(PLAINTEXT).toString('base64url').slice(0, 8))
  })

  it('never repeats a nonce', () => {
    const nonces = Array.from({ length: 20_000 }, () => seal(OLD, SECRET, BINDING).sealed.split('.')[2])
    expect(new Set(nonces).size).toBe(nonces.length)
  })

  it('is in the documented format, so that another program can read it and later versions must', () => {
    const sealed = sealByHand({ nonce: Buffer.from('twelve bytes'), tagBytes: 16 })
    expect(sealed).toBe('gw2.csR0qKxUXZOV9m-0PC4kmQ.dHdlbHZlIGJ5dGVz.F6_zq8sXNAmvKt92EQBiSlbSUg-5dFMDbAC1o_GrrFu4Ccxl5w4_oA')
    expect(open(OLD, sealed, BINDING).reveal()).toBe(PLAINTEXT)
  })

  it('is not made of half a surrogate pair, which would come back as another text', () => {
    for (const text of ['\uD83D', 'a\uDE00b']) {
      expect(() => seal(OLD, new Secret(text), BINDING)).toThrow(TypeError)
      expect(() => fingerprint(OLD, new Secret(text))).toThrow(TypeError)
    }
  })
})

describe('a sealed secret does not open', () => {
  it.each<[string, Partial<SecretBinding>]>([
    ['in another row', { rowId: '7b0c6f6e-6f0e-4c39-9d53-0f6f3f1a2b12' }],
    ['in another table', { table: 'provider_secrets' }],
    ['in another column', { column: 'fingerprint' }],
    ['under another provider', { providerId: BINDING.rowId }],
    ['when its provider points at another host', { destination: 'https://evil.example' }],
    ['when its provider points at the default endpoint', { destination: 'default:OPENAI' }],
    ['with row and provider exchanged', { rowId: BINDING.providerId, providerId: BINDING.rowId }],
    ['with a character moved from one field to the next', { table: 'api_key_secret', column: 'ssealed' }],
  ])('%s', (_, change) => {
    const { sealed } = seal(OLD, SECRET, BINDING)
    expectUnreadable(() => open(OLD, sealed, { ...BINDING, ...change }), 'NOT_AUTHENTIC')
  })

  it('when neighbouring fields join to the same text, whichever they are', () => {
    const names = ['table', 'column', 'rowId', 'providerId', 'destination'] as const
    for (const [index, name] of names.entries()) {
      const next = names[index + 1]
      if (next === undefined) continue
      const { sealed } = seal(OLD, SECRET, { ...BINDING, [name]: 'a', [next]: 'bc' })
      for (const [left, right] of [
        ['ab', 'c'],
        ['abc', ''],
        ['', 'abc'],
      ]) {
        expectUnreadable(() => open(OLD, sealed, { ...BINDING, [name]: left, [next]: right }), 'NOT_AUTHENTIC')
      }
    }
  })

  it('with two rows exchanged in the database', () => {
    const [one, two] = ['row-1', 'row-2'].map((rowId) => ({ ...BINDING, rowId }))
    if (one === undefined || two === undefined) return expect.unreachable()
    expectUnreadable(() => open(OLD, seal(OLD, SECRET, one).sealed, two), 'NOT_AUTHENTIC')
    expectUnreadable(() => open(OLD, seal(OLD, SECRET, two).sealed, one), 'NOT_AUTHENTIC')
  })

  it('without its key, and no other key is tried', () => {
    expectUnreadable(() => open(NEW, seal(OLD, SECRET, BINDING).sealed, BINDING), 'UNKNOWN_KEY')
    const renamed = seal(OLD, SECRET, BINDING).sealed.replace(OLD.primary.kid, NEW.primary.kid)
    expectUnreadable(() => open(BOTH, renamed, BINDING), 'NOT_AUTHENTIC')
  })

  it('when the key id, the format or the length of the field list is not part of what was authenticated', () => {
    const { table, column, rowId, providerId, destination } = BINDING
    const fields = [table, column, rowId, providerId, destination]
    const nonce = Buffer.from('twelve bytes')
    for (const list of [fields, ['gw2', ...fields], ['gw9', OLD.primary.kid, ...fields], ['gw2', OLD.primary.kid, ...fields, '']]) {
      expectUnreadable(() => open(OLD, sealByHand({ nonce, tagBytes: 16, fields: list }), BINDING), 'NOT_AUTHENTIC')
    }
  })
})

describe('a fingerprint', () => {
  it('is the same for the same secret and differs for another', () => {
    expect(fingerprint(OLD, SECRET)).toBe(fingerprint(OLD, new Secret(PLAINTEXT)))
    expect(fingerprint(OLD, SECRET)).not.toBe(fingerprint(OLD, new Secret(`${PLAINTEXT} `)))
  })

  it('is comparable under the same primary key only, and says which', () => {
    const [kid, digest] = fingerprint(OLD, SECRET).split('.')
    const [otherKid, otherDigest] = fingerprint(BOTH, SECRET).split('.')
    expect([kid, otherKid]).toEqual([OLD.primary.kid, NEW.primary.kid])
    expect(digest).toMatch(/^[\w-]{43}$/)
    expect(digest).not.toBe(otherDigest)
  })
})
