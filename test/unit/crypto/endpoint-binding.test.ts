import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endpointBinding } from '../../../src/crypto/endpoint-binding.ts'

const of = (baseUrl: string) => endpointBinding('OPENAI', baseUrl)

describe('an endpoint binding', () => {
  it.each([
    ['a path', 'https://api.example.com/v1', 'https://api.example.com'],
    ['a trailing slash', 'https://api.example.com/', 'https://api.example.com'],
    ['a query', 'https://api.example.com?api-version=1', 'https://api.example.com'],
    ['a fragment', 'https://api.example.com#x', 'https://api.example.com'],
    ['capitals in scheme and host', 'HTTPS://API.Example.COM/V1', 'https://api.example.com'],
    ['the default port of https', 'https://api.example.com:443/v1', 'https://api.example.com'],
    ['the default port of http', 'http://api.example.com:80', 'http://api.example.com'],
    ['an empty port', 'https://api.example.com:/v1', 'https://api.example.com'],
    ['another port', 'https://api.example.com:8443/v1', 'https://api.example.com:8443'],
    ['the default port of the other scheme', 'http://api.example.com:443', 'http://api.example.com:443'],
    ['user info', 'https://user:pass@api.example.com/v1', 'https://api.example.com'],
    ['a user name that looks like a host', 'https://evil.example:443@api.example.com', 'https://api.example.com'],
    ['an IPv4 address', 'http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434'],
    ['an IPv6 address', 'http://[::1]:11434/v1', 'http://[::1]:11434'],
    ['a long IPv6 address', 'http://[2001:DB8:0:0:0:0:0:1]/v1', 'http://[2001:db8::1]'],
    ['an IPv6 address with IPv4 inside', 'http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]'],
    ['a trailing dot, which is another name', 'https://api.example.com./v1', 'https://api.example.com.'],
    ['an underscore', 'http://llm_server:8000', 'http://llm_server:8000'],
    ['an encoded international name', 'https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example'],
    ['blanks in the path', 'https://api.example.com/a b', 'https://api.example.com'],
  ])('is the origin in spite of %s', (_, baseUrl, origin) => {
    expect(of(baseUrl)).toBe(origin)
  })

  it.each(['', ' ', '\n'])('is the default of the type for the blank base URL %j', (baseUrl) => {
    expect(of(baseUrl)).toBe('default:OPENAI')
    expect(endpointBinding('ANTHROPIC', baseUrl)).toBe('default:ANTHROPIC')
  })

  it.each([
    ['no scheme', 'api.example.com/v1'],
    ['no scheme but a port', 'localhost:8080'],
    ['another scheme', 'ftp://api.example.com'],
    ['no host', 'https://'],
    ['one slash', 'https:/api.example.com'],
    ['no slashes', 'https:api.example.com'],
    ['backslashes', 'https:\\\\api.example.com'],
    ['a backslash before the user info', 'https://api.example.com\\@evil.example'],
    ['two at signs', 'https://a@b@api.example.com'],
    ['surrounding blanks', ' https://api.example.com'],
    ['a tab inside the host', 'https://api.exa\tmple.com'],
    ['an encoded letter in the host', 'https://api.ex%61mple.com'],
    ['a full-width letter in the host', 'https://ａpi.example.com'],
    ['a Kelvin sign in the host', 'https://\u212Aey.example.com'],
    ['an international name', 'https://bücher.example'],
    ['an IPv4 address cut short', 'http://127.1'],
    ['an IPv4 address in hexadecimal', 'http://0x7f000001'],
    ['an IPv4 address in octal', 'http://0177.0.0.1'],
    ['an IPv4 address as one number', 'http://2130706433'],
    ['an IPv4 address with a trailing dot', 'http://127.0.0.1.'],
    ['an IPv6 address with a zone', 'http://[fe80::1%25eth0]:8080'],
    ['an IPv6 address that is not one', 'http://[:::1]'],
    ['a port out of range', 'https://api.example.com:99999'],
    ['a port with a sign', 'https://api.example.com:+443'],
    ['a placeholder', '{{ .Env.BASE_URL }}'],
  ])('is the whole text where readers of URLs disagree: %s', (_, baseUrl) => {
    expect(of(baseUrl)).toBe(`raw:${baseUrl}`)
  })

  it('never throws, and is always the same for the same text', () => {
    const authority = fc.string({ unit: fc.constantFrom(...'aA1.:@[]%/\\?#- \t') })
    const anyUrl = fc.oneof(
      fc.webUrl(),
      fc.string({ unit: 'binary' }),
      authority.map((text) => `https://${text}`),
    )
    fc.assert(
      fc.property(anyUrl, (text) => {
        expect(of(text)).toBe(of(text))
        expect(of(text)).toMatch(/^(?:https?:\/\/[^/?#@\\\s]+$|raw:|default:)/)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has three forms that no text can make collide', () => {
    expect(of('default:OPENAI')).toBe('raw:default:OPENAI')
    expect(of('raw:https://api.example.com')).toBe('raw:raw:https://api.example.com')
  })
})
