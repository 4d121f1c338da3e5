import { describe, expect, it } from 'vitest'
import { canaryFormat, makeCanary } from '../../../src/crypto/canary.ts'
import { open, seal } from '../../../src/crypto/envelope.ts'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { Secret } from '../../../src/crypto/secret.ts'
import { BINDING, expectUnreadable, keyText } from './fixtures.ts'

const KEYRING = parseKeyring(keyText(1))
const KEY = KEYRING.primary
const OTHER = parseKeyring(keyText(2)).primary

describe('a canary', () => {
  it('opens with the key that made it and with no other', () => {
    expect(canaryFormat(KEY, makeCanary(KEY))).toBe('gwc2')
    expect(canaryFormat(OTHER, makeCanary(KEY))).toBe(null)
  })

  it('does not open with another key under the same id', () => {
    expect(canaryFormat({ ...OTHER, kid: KEY.kid }, makeCanary(KEY))).toBe(null)
    expect(canaryFormat({ ...KEY, kid: OTHER.kid }, makeCanary(KEY))).toBe(null)
  })

  it('does not open when any character is changed or missing', () => {
    const text = makeCanary(KEY)
    for (let index = 0; index < text.length; index++) {
      const changed = text[index] === 'A' ? 'B' : 'A'
      expect(canaryFormat(KEY, text.slice(0, index) + changed + text.slice(index + 1))).toBe(null)
      expect(canaryFormat(KEY, text.slice(0, index))).toBe(null)
    }
    expect(canaryFormat(KEY, `${text}.`)).toBe(null)
  })

  it('is never the same twice, so it cannot be recognized in another database', () => {
    expect(makeCanary(KEY)).not.toBe(makeCanary(KEY))
  })

  it('is no sealed secret, and a sealed secret is no canary', () => {
    const { sealed } = seal(KEYRING, new Secret('ai-provider-gateway canary'), BINDING)
    expect(canaryFormat(KEY, sealed)).toBe(null)
    expect(canaryFormat(KEY, sealed.replace(`gw2.${KEY.kid}`, 'gwc2'))).toBe(null)
    const canary = makeCanary(KEY)
    expectUnreadable(() => open(KEYRING, canary, BINDING), 'MALFORMED')
    expectUnreadable(() => open(KEYRING, canary.replace('gwc2', `gw2.${KEY.kid}`), BINDING), 'NOT_AUTHENTIC')
  })
})
