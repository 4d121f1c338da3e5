import { describe, expect, it } from 'vitest'
import { fingerprint, open, type SecretBinding, seal } from '../../../src/crypto/envelope.ts'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { reseal } from '../../../src/crypto/rotate.ts'
import { Secret } from '../../../src/crypto/secret.ts'
import { BINDING, expectUnreadable, keyText } from './fixtures.ts'

const OLD = parseKeyring(keyText(1))
const NEW = parseKeyring(keyText(2))
const OLD_FIRST = parseKeyring(`${keyText(1)},${keyText(2)}`)
const NEW_FIRST = parseKeyring(`${keyText(2)},${keyText(1)}`)
const SECRET = new Secret('sk-live-0123456789abcdef')
const MOVED: SecretBinding = { ...BINDING, destination: 'digest-of-another-destination' }

describe('sealing again', () => {
  it('brings a secret under the primary key, after which the old key is not needed', () => {
    const result = reseal(NEW_FIRST, seal(OLD, SECRET, BINDING).sealed, BINDING)
    expect(result?.kid).toBe(NEW.primary.kid)
    expect(open(NEW, result?.sealed ?? '', BINDING).reveal()).toBe(SECRET.reveal())
  })

  it('brings the fingerprint along, so that a secret is still recognized after a rotation', () => {
    expect(reseal(NEW_FIRST, seal(OLD, SECRET, BINDING).sealed, BINDING)?.fingerprint).toBe(fingerprint(NEW, SECRET))
  })

  it('leaves a secret alone that is under the primary key already', () => {
    expect(reseal(NEW_FIRST, seal(NEW, SECRET, BINDING).sealed, BINDING)).toBeNull()
    expect(reseal(OLD_FIRST, seal(OLD, SECRET, BINDING).sealed, BINDING, { ...BINDING })).toBeNull()
  })

  it('works in every step of a rotation: with the new key second, then first', () => {
    const { sealed } = seal(OLD, SECRET, BINDING)
    expect(reseal(OLD_FIRST, sealed, BINDING)).toBeNull()
    const rotated = reseal(NEW_FIRST, sealed, BINDING)
    expect(open(OLD_FIRST, rotated?.sealed ?? '', BINDING).reveal()).toBe(SECRET.reveal())
  })

  it.each(['table', 'column', 'rowId', 'providerId', 'destination'] as const)(
    'moves a secret to another %s, even under the primary key',
    (field) => {
      const to = { ...BINDING, [field]: 'elsewhere' }
      const moved = reseal(NEW_FIRST, seal(NEW, SECRET, BINDING).sealed, BINDING, to)?.sealed ?? ''
      expect(open(NEW, moved, to).reveal()).toBe(SECRET.reveal())
      expectUnreadable(() => open(NEW, moved, BINDING), 'NOT_AUTHENTIC')
    },
  )

  it('refuses to launder a secret that does not open where it is', () => {
    const { sealed } = seal(OLD, SECRET, BINDING)
    expectUnreadable(() => reseal(NEW_FIRST, sealed, MOVED), 'NOT_AUTHENTIC')
    expectUnreadable(() => reseal(NEW_FIRST, sealed, MOVED, BINDING), 'NOT_AUTHENTIC')
    expectUnreadable(() => reseal(OLD, sealed, MOVED, BINDING), 'NOT_AUTHENTIC')
    expectUnreadable(() => reseal(NEW, sealed, BINDING), 'UNKNOWN_KEY')
    expectUnreadable(() => reseal(NEW_FIRST, `${sealed}.`, BINDING), 'MALFORMED')
  })
})
