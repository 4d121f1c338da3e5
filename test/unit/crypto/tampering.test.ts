import { createCipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { lengthPrefixed } from '../../../src/crypto/encoding.ts'
import { kidOf, open, seal } from '../../../src/crypto/envelope.ts'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { Secret } from '../../../src/crypto/secret.ts'
import { BINDING, expectUnreadable, keyText, windowsOf } from './fixtures.ts'

const KEYRING = parseKeyring(`${keyText(1)},${keyText(2)}`)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const PLAINTEXT = 'sk-live-0123456789abcdef'
const { sealed, kid } = seal(KEYRING, new Secret(PLAINTEXT), BINDING)
const [format = '', , nonce = '', body = ''] = sealed.split('.')

function refused(text: string, ...reasons: Parameters<typeof expectUnreadable>[1][]) {
  return expectUnreadable(() => open(KEYRING, text, BINDING), ...reasons)
}

/** Seals by hand with the right key and binding, so that only the shape of the text can be the reason to refuse it. */
function sealWith(plaintext: string, nonceBytes: number, tagBytes: number): string {
  const { table, column, rowId, providerId, destination } = BINDING
  const ownNonce = Buffer.alloc(nonceBytes, 7)
  const cipher = createCipheriv('aes-256-gcm', KEYRING.primary.encryption, ownNonce, { authTagLength: tagBytes })
  cipher.setAAD(lengthPrefixed(['gw2', kid, table, column, rowId, providerId, destination]))
  const ownBody = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  return `gw2.${kid}.${ownNonce.toString('base64url')}.${ownBody.toString('base64url')}`
}

describe('a changed text is refused', () => {
  it.each([
    ['key id', 1],
    ['nonce', 2],
    ['ciphertext or tag', 3],
  ])('for every single bit of the %s', (_, part) => {
    const parts = sealed.split('.')
    const bytes = Buffer.from(parts[part] ?? '', 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      const text = parts.map((value, index) => (index === part ? flipped.toString('base64url') : value)).join('.')
      refused(text, part === 1 ? 'UNKNOWN_KEY' : 'NOT_AUTHENTIC')
    }
  })

  it('for every single bit of every character of the text', () => {
    for (let index = 0; index < sealed.length; index++) {
      for (let bit = 0; bit < 16; bit++) {
        const flipped = String.fromCharCode(sealed.charCodeAt(index) ^ (1 << bit))
        refused(sealed.slice(0, index) + flipped + sealed.slice(index + 1), 'MALFORMED', 'UNKNOWN_KEY', 'NOT_AUTHENTIC')
      }
    }
  })

  it('for every other character of the alphabet in every place', () => {
    for (let index = 0; index < sealed.length; index++) {
      for (const character of `${ALPHABET}+/=. `) {
        if (character === sealed[index]) continue
        refused(sealed.slice(0, index) + character + sealed.slice(index + 1), 'MALFORMED', 'UNKNOWN_KEY', 'NOT_AUTHENTIC')
      }
    }
  })

  it('for every truncation, from either end', () => {
    for (let length = 0; length < sealed.length; length++) {
      refused(sealed.slice(0, length), 'MALFORMED', 'UNKNOWN_KEY', 'NOT_AUTHENTIC')
      refused(sealed.slice(sealed.length - length), 'MALFORMED')
    }
  })

  it('for every truncation of the bytes, written canonically', () => {
    const bytes = Buffer.from(body, 'base64url')
    for (let length = 0; length < bytes.length; length++) {
      const shorter = bytes.subarray(0, length).toString('base64url')
      refused(`gw2.${kid}.${nonce}.${shorter}`, length < 16 ? 'MALFORMED' : 'NOT_AUTHENTIC')
    }
  })

  it('for parts of two sealed texts put together', () => {
    const other = seal(KEYRING, new Secret(PLAINTEXT), BINDING).sealed.split('.')
    refused(`gw2.${kid}.${other[2]}.${body}`, 'NOT_AUTHENTIC')
    refused(`gw2.${kid}.${nonce}.${other[3]}`, 'NOT_AUTHENTIC')
  })
})

describe('a malformed text is refused before any key is used', () => {
  const nextOf = (character: string | undefined) => ALPHABET[ALPHABET.indexOf(character ?? '') + 1] ?? ''

  it.each([
    ['nothing', ''],
    ['the plaintext', PLAINTEXT],
    ['three parts', `${format}.${kid}.${nonce}`],
    ['five parts', `${sealed}.AAAA`],
    ['an empty fifth part', `${sealed}.`],
    ['an empty key id', `gw2..${nonce}.${body}`],
    ['an empty nonce', `gw2.${kid}..${body}`],
    ['an empty body', `gw2.${kid}.${nonce}.`],
    ['another version', `gw9.${kid}.${nonce}.${body}`],
    ['a version in capitals', `GW1.${kid}.${nonce}.${body}`],
    ['a key id of 15 bytes', `gw2.${kid.slice(0, 20)}.${nonce}.${body}`],
    ['a nonce of 11 bytes', sealWith(PLAINTEXT, 11, 16)],
    ['a nonce of 13 bytes', sealWith(PLAINTEXT, 13, 16)],
    ['a nonce of 16 bytes', sealWith(PLAINTEXT, 16, 16)],
    ['15 bytes where the tag should be', `gw2.${kid}.${nonce}.${'A'.repeat(20)}`],
    ['a tag of 4 bytes on an empty secret', sealWith('', 12, 4)],
    ['padding', `gw2.${kid}==.${nonce}.${body}`],
    ['surrounding blanks', ` ${sealed}`],
    ['a trailing line break', `${sealed}\n`],
    ['a line break inside', `gw2.${kid}.${nonce}.${body.slice(0, 4)}\n${body.slice(4)}`],
    ['a character that base64 decoders skip', `gw2.${kid}.${nonce}.${body.slice(0, 4)}!${body.slice(4)}`],
  ])('%s', (_, text) => {
    refused(text, 'MALFORMED')
    expectUnreadable(() => kidOf(text), 'MALFORMED')
  })

  it('trailing bits that decode to the very same bytes', () => {
    // 16 bytes leave four unused bits in the last character of the key id; this plaintext leaves two in that of the body.
    const text = seal(KEYRING, new Secret('k'), BINDING).sealed
    const [, , ownNonce, ownBody = ''] = text.split('.')
    const sameKid = kid.slice(0, -1) + nextOf(kid.at(-1))
    const sameBody = ownBody.slice(0, -1) + nextOf(ownBody.at(-1))
    expect(Buffer.from(sameKid, 'base64url')).toEqual(Buffer.from(kid, 'base64url'))
    expect(Buffer.from(sameBody, 'base64url')).toEqual(Buffer.from(ownBody, 'base64url'))
    refused(`gw2.${sameKid}.${ownNonce}.${ownBody}`, 'MALFORMED')
    refused(`gw2.${kid}.${ownNonce}.${sameBody}`, 'MALFORMED')
  })

  it('the other base64 alphabet, which Node decodes as well', () => {
    const withBoth = Array.from({ length: 200 }, () => seal(KEYRING, new Secret(PLAINTEXT), BINDING).sealed).find((text) =>
      /[-_][^.]*$/.test(text),
    )
    if (withBoth === undefined) return expect.unreachable('200 random texts without a - or _')
    const parts = withBoth.split('.')
    parts[3] = (parts[3] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    refused(parts.join('.'), 'MALFORMED')
  })
})

describe('a short tag is refused', () => {
  it.each([4, 8, 12, 13, 14, 15])('of %i bytes, although it is the right one cut short', (tagBytes) => {
    refused(sealWith('a plaintext longer than the missing bytes of the tag', 12, tagBytes), 'NOT_AUTHENTIC')
  })
})

describe('the error of an unreadable secret', () => {
  it.each([
    ['MALFORMED', `${sealed}.`],
    ['UNKNOWN_KEY', `gw2.${'A'.repeat(22)}.${nonce}.${body}`],
    ['NOT_AUTHENTIC', `gw2.${kid}.${'A'.repeat(16)}.${body}`],
  ] as const)('%s holds neither plaintext nor ciphertext', (reason, text) => {
    const error = refused(text, reason)
    const shown = `${error.message} ${JSON.stringify(error)} ${String(error.cause)}`
    for (const window of [...windowsOf(PLAINTEXT), ...windowsOf(text)]) expect(shown).not.toContain(window)
  })
})
