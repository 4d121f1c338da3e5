import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canaryFormat, makeCanary } from '../../src/crypto/canary.ts'
import { open, type SecretBinding, seal } from '../../src/crypto/envelope.ts'
import { generateKeyText, parseKeyring } from '../../src/crypto/keyring.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { UnreadableSecretError } from '../../src/crypto/unreadable-secret-error.ts'
import { sized, tell } from './figures.ts'

const MUTATIONS = sized(1_000_000, 20_000)
/** Kept, so that what fails once fails again. */
const SEED = 20_261_121

const KEYRING = parseKeyring(`${generateKeyText()},${generateKeyText()}`)
const bindingOf = (row: number): SecretBinding => ({
  table: 'api_key_secrets',
  column: 'sealed',
  rowId: `00000000-0000-4000-8000-${String(row).padStart(12, '0')}`,
  providerId: '1f4a2f0c-55d1-4a52-8a49-b0f1d6a6c0de',
  destination: 'https://api.example.com',
})
const SEALED = Array.from({ length: 64 }, (_, row) => {
  const plaintext = new Secret('sk-'.padEnd(1 + row * 5, 'abcdefghijklmnop'))
  return seal(KEYRING, plaintext, bindingOf(row)).sealed
})
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\0é'

/** Some numbers of which each kind of change takes what it needs. */
interface Chance {
  readonly kind: number
  readonly at: number
  readonly length: number
  readonly other: number
}
type Mutate = (text: string, chance: Chance) => string

const splice = (text: string, at: number, removed: number, put: string) => text.slice(0, at) + put + text.slice(at + removed)
const part = (text: string, index: number) => text.split('.')[index] ?? ''
const withPart = (text: string, index: number, value: string) =>
  text
    .split('.')
    .map((one, position) => (position === index ? value : one))
    .join('.')
/** Changes the bytes behind one of the parts, and writes them canonically: only the cipher can see it. */
const inBytes = (text: string, index: number, change: (bytes: Buffer) => Buffer) =>
  withPart(text, index, change(Buffer.from(part(text, index), 'base64url')).toString('base64url'))
const flipped = (bytes: Buffer, bit: number) => {
  const copy = Buffer.from(bytes)
  const at = (bit >> 3) % copy.length
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit & 7)), at)
  return copy
}
const letter = (chance: number) => ALPHABET[chance % ALPHABET.length] ?? 'A'

const MUTATIONS_BY_KIND: Readonly<Record<string, Mutate>> = {
  'a bit of the key id': (text, { at }) => inBytes(text, 1, (bytes) => flipped(bytes, at)),
  'a bit of the nonce': (text, { at }) => inBytes(text, 2, (bytes) => flipped(bytes, at)),
  'a bit of the ciphertext or tag': (text, { at }) => inBytes(text, 3, (bytes) => flipped(bytes, at)),
  'two bits': (text, { at, other }) => inBytes(text, 3, (bytes) => flipped(flipped(bytes, at), at === other ? other + 1 : other)),
  'bytes cut off': (text, { length }) => inBytes(text, 3, (bytes) => bytes.subarray(0, -1 - (length % bytes.length))),
  'bytes added': (text, { length }) => inBytes(text, 3, (bytes) => Buffer.concat([bytes, randomBytes(1 + (length % 32))])),
  'random bytes instead': (text, { other }) => inBytes(text, 2 + (other % 2), (bytes) => randomBytes(bytes.length)),
  'the other key': (text) => withPart(text, 1, KEYRING.kids[1] ?? ''),
  'the nonce of another': (text, { other }) => withPart(text, 2, part(SEALED[other % SEALED.length] ?? '', 2)),
  'the body of another': (text, { other }) => withPart(text, 3, part(SEALED[other % SEALED.length] ?? '', 3)),
  'another secret': (_text, { other }) => SEALED[other % SEALED.length] ?? '',
  'a character': (text, { at, other }) => splice(text, at % text.length, 1, letter(other)),
  'a character more': (text, { at, other }) => splice(text, at % (text.length + 1), 0, letter(other)),
  'characters less': (text, { at, length }) => splice(text, at % text.length, 1 + (length % 8), ''),
  'characters twice': (text, { at, length }) =>
    splice(text, at % text.length, 0, text.slice(at % text.length, (at % text.length) + 1 + (length % 16))),
  'a part more': (text, { other }) => `${text}.${letter(other)}`,
}
const KINDS = Object.entries(MUTATIONS_BY_KIND)

const chances = fc.record({ kind: fc.nat(), at: fc.nat(), length: fc.nat(), other: fc.nat() })

function isOpened(text: string, row: number): boolean {
  try {
    open(KEYRING, text, bindingOf(row))
    return true
  } catch (error) {
    if (error instanceof UnreadableSecretError) return false
    throw error
  }
}

describe(`of ${MUTATIONS.toLocaleString('en')} random changes`, () => {
  test('to sealed secrets, none is accepted', () => {
    const counts = new Map<string, number>()
    const started = performance.now()
    fc.assert(
      fc.property(chances, fc.nat(SEALED.length - 1), (chance, row) => {
        const [kind = '', mutate = () => ''] = KINDS[chance.kind % KINDS.length] ?? []
        const text = SEALED[row] ?? ''
        const changed = mutate(text, chance)
        if (changed === text) return true
        counts.set(kind, (counts.get(kind) ?? 0) + 1)
        return !isOpened(changed, row)
      }),
      // Some leave the text as it was, and do not count.
      { numRuns: Math.round(MUTATIONS * 1.01), seed: SEED },
    )
    const tried = [...counts.values()].reduce((sum, count) => sum + count, 0)
    tell('changes to sealed secrets', {
      tried,
      accepted: 0,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      kinds: counts.size,
    })
    expect(tried).toBeGreaterThanOrEqual(MUTATIONS)
    expect(counts.size).toBe(KINDS.length)
  })

  test('to what a secret is bound to, none is accepted', () => {
    const fields = ['table', 'column', 'rowId', 'providerId', 'destination'] as const
    fc.assert(
      fc.property(
        fc.nat(SEALED.length - 1),
        fc.constantFrom(...fields),
        fc.string({ unit: 'binary', maxLength: 50 }),
        (row, field, value) => {
          const binding = bindingOf(row)
          if (binding[field] === value) return true
          try {
            open(KEYRING, SEALED[row] ?? '', { ...binding, [field]: value })
            return false
          } catch (error) {
            return error instanceof UnreadableSecretError
          }
        },
      ),
      { numRuns: Math.ceil(MUTATIONS / 40), seed: SEED },
    )
  })

  test('to the canary of a key, none is accepted', () => {
    const canary = makeCanary(KEYRING.primary)
    fc.assert(
      fc.property(chances, ({ at, length, other }) => {
        const changed = splice(canary, at % canary.length, length % 3, letter(other))
        return changed === canary || canaryFormat(KEYRING.primary, changed) === null
      }),
      { numRuns: Math.ceil(MUTATIONS / 10), seed: SEED },
    )
  })

  test('the unchanged ones are accepted, so the check would see one', () => {
    expect(SEALED.map(isOpened)).toEqual(SEALED.map(() => true))
  })
})
