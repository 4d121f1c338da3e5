import { describe, expect, it } from 'vitest'
import { makeCanary, opensCanary } from '../../../src/crypto/canary.ts'
import { open, seal } from '../../../src/crypto/envelope.ts'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { Secret } from '../../../src/crypto/secret.ts'
import { BINDING, expectUnreadable, keyText } from './fixtures.ts'

const KEYRING = parseKeyring(keyText(1))
const KEY = KEYRING.primary
const OTHER = parseKeyring(keyText(2)).primary

describe('a canary', () => {
  it('opens with the key that made it and with no other', () => {
    expect(opensCanary(KEY, makeCanary(KEY))).toBe(true)
    expect(opensCanary(OTHER, makeCanary(KEY))).toBe(false)
  })

  it('does not open with another key under the same id', () => {
    expect(opensCanary({ ...OTHER, kid: KEY.kid }, makeCanary(KEY))).toBe(false)
    expect(opensCanary({ ...KEY, kid: OTHER.kid }, makeCanary(KEY))).toBe(false)
  })

  it('does not open when any character is changed or missing', () => {
    const text = makeCanary(KEY)
    for (let index = 0; index < text.length; index++) {
      const changed = text[index] === 'A' ? 'B' : 'A'
      expect(opensCanary(KEY, text.slice(0, index) + changed + text.slice(index + 1))).toBe(false)
      expect(opensCanary(KEY, text.slice(0, index))).toBe(false)
    }
    expect(opensCanary(KEY, `${text}.`)).toBe(false)
  })

  it('is never the same twice, so it cannot be recognized in another database', () => {
    expect(makeCanary(KEY)).not.toBe(makeCanary(KEY))
  })

  it('is no sealed secret, and a sealed secret is no canary', () => {
    const { sealed } = seal(KEYRING, new Secret('ai-provider-gateway canary'), BINDING)
    expect(opensCanary(KEY, sealed)).toBe(false)
    expect(opensCanary(KEY, sealed.replace(`gw1.${KEY.kid}`, 'gwc1'))).toBe(false)
    const canary = makeCanary(KEY)
    expectUnreadable(() => open(KEYRING, canary, BINDING), 'MALFORMED')
    expectUnreadable(() => open(KEYRING, canary.replace('gwc1', `gw1.${KEY.kid}`), BINDING), 'NOT_AUTHENTIC')
  })
})
