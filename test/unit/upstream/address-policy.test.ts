import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isAllowedAddress,
  NOTHING_ALLOWED,
  type OutboundAllow,
  parseOutboundAllow,
  tierOf,
} from '../../../src/upstream/client/address-policy.ts'
import { checkEndpoint, PUBLIC_HTTP_MESSAGE, parseTarget } from '../../../src/upstream/client/target.ts'
import { DENIED_IPV4, DENIED_IPV6, ipv4InIpv6, ipv4Spellings, PUBLIC } from '../../support/upstream/hostile-targets.ts'

function allowed(text: string): OutboundAllow {
  const parsed = parseOutboundAllow(text)
  if (parsed.kind === 'invalid') throw new Error(parsed.issues.join(' '))
  return parsed.allow
}

describe('tiers', () => {
  test.each([
    [
      'public',
      [
        '1.1.1.1',
        '8.8.8.8',
        '9.255.255.255',
        '11.0.0.0',
        '172.15.255.255',
        '172.32.0.0',
        '100.63.255.255',
        '100.128.0.0',
        ...PUBLIC,
        '2a00::1',
      ],
    ],
    [
      'private',
      ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '100.64.0.1', '100.127.255.255', 'fc00::1', 'fdff::1'],
    ],
    ['loopback', ['127.0.0.1', '127.255.255.255', '::1']],
    [
      'never',
      [
        '0.0.0.0',
        '169.254.169.254',
        '100.100.100.200',
        '168.63.129.16',
        'fd00:ec2::254',
        'fd20:ce::254',
        'fd00:42::42',
        '2a00::1%eth0',
        '2a00::5efe:a00:1',
        '2a00::200:5efe:a00:1',
        '224.0.0.1',
        '255.255.255.255',
        '192.0.0.192',
        '::',
        'fe80::1',
        'fe80::1%eth0',
        'ff02::1',
        '2001:db8::1',
      ],
    ],
    ['never', [...DENIED_IPV4.flatMap(ipv4InIpv6), '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1']],
    ['never', ['', 'localhost', '127.1', '0x7f.0.0.1', '010.0.0.1', '2130706433', '8.8.8.8 ', '8.8.8.8.', '[::1]', '1.2.3']],
  ] as const)('%s', (tier, addresses) => {
    for (const address of addresses) expect({ address, tier: tierOf(address) }).toEqual({ address, tier })
  })

  test('every IPv4 address has the tier that plain arithmetic gives it, and none inside IPv6 is ever reachable', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (number) => {
        const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
        const tier = tierOf(address)
        if (isPrivateByArithmetic(number)) expect(tier).toMatch(/^(?:private|never)$/)
        else if (number >>> 24 === 127) expect(tier).toBe('loopback')
        else expect(tier).toMatch(/^(?:public|never)$/)
        for (const embedded of ipv4InIpv6(address)) expect(tierOf(embedded)).toMatch(/^(?:never|loopback)$/)
      }),
      { numRuns: 300 },
    )
  })

  test('however a URL spells an IPv4 address, it is judged as that address', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (number) => {
        const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
        for (const spelling of ipv4Spellings(address)) {
          const parsed = parseTarget(`https://${spelling}/`)
          expect(parsed.kind !== 'invalid' && parsed.target.hostname).toBe(address)
        }
      }),
      { numRuns: 100 },
    )
  })
})

function isPrivateByArithmetic(number: number): boolean {
  const first = number >>> 24
  const second = (number >>> 16) & 255
  return (
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    (first === 100 && second >= 64 && second <= 127)
  )
}

describe("the operator's leave", () => {
  test.each([
    ['', [], ['10.0.0.1', '127.0.0.1', '::1', 'fd12::1']],
    [
      'private',
      ['10.0.0.1', '192.168.1.1', '100.64.0.1', 'fd12::1'],
      ['127.0.0.1', '::1', '169.254.169.254', '100.100.100.200', 'fd00:ec2::254'],
    ],
    ['loopback', ['127.0.0.1', '127.8.8.8', '::1'], ['10.0.0.1', '0.0.0.0', '::ffff:127.0.0.1']],
    [' Private , LOOPBACK ', ['10.0.0.1', '127.0.0.1'], ['169.254.0.1']],
    ['10.1.0.0/16,fd12::/16', ['10.1.2.3', 'fd12::1'], ['10.2.0.1', 'fd13::1', '127.0.0.1']],
    ['127.0.0.1/32', ['127.0.0.1'], ['127.0.0.2', '::1']],
    [
      '0.0.0.0/0,::/0',
      ['10.0.0.1', '127.0.0.1', '::1'],
      [...DENIED_IPV6.filter((address) => tierOf(address) === 'never'), '169.254.169.254', '100.100.100.200'],
    ],
  ] as const)('"%s"', (text, open, closed) => {
    for (const address of open) expect({ address, open: isAllowedAddress(address, allowed(text), true) }).toEqual({ address, open: true })
    for (const address of closed)
      expect({ address, open: isAllowedAddress(address, allowed(text), true) }).toEqual({ address, open: false })
    expect(isAllowedAddress(PUBLIC[0], allowed(text), false)).toBe(true)
  })

  test('a private address also needs the provider to allow it; loopback does not', () => {
    expect(isAllowedAddress('10.0.0.1', allowed('private,loopback,10.0.0.0/8'), false)).toBe(false)
    expect(isAllowedAddress('127.0.0.1', allowed('private,loopback'), false)).toBe(true)
  })

  test.each(['everything', '10.1/16', '10.0.0.0/33', '0x0a000000/8', '10.0.0.1', 'private loopback'])(
    '"%s" is refused with the word that is wrong',
    (text) => {
      const parsed = parseOutboundAllow(`loopback,${text}`)
      expect(parsed).toMatchObject({ kind: 'invalid', issues: [expect.stringContaining(`"${text.toLowerCase()}"`)] })
    },
  )
})

describe('base URLs when they are saved', () => {
  const check = (url: string, text = '', isStrict = true, allowPrivateNetwork = true) =>
    checkEndpoint(url, { allow: allowed(text), never: [] }, { allowPrivateNetwork, isStrict })

  test.each([
    'https://api.openai.com/v1',
    'HTTPS://API.OPENAI.COM',
    'https://llm.corp.example:8443',
    'https://8.8.8.8/v1',
    'https://acme.openai.azure.com/?api-version=1',
  ])('%s is good', (url) => {
    expect(check(url)).toBeNull()
  })

  test.each([
    ['api.openai.com', 'absolute'],
    ['', 'absolute'],
    ['https://', 'absolute'],
    ['ftp://api.openai.com', 'https:// or http://'],
    ['https://user:pass@api.openai.com', 'user name'],
    ['https://@api.openai.com', 'user name'],
    ['https://api.openai.com/v1#x', 'fragment'],
    ['https://api.openai.com/v1#', 'fragment'],
    ['https://api.openai.com:0/v1', 'port between 1 and 65535'],
    ['https://api.openai.com:99999/v1', 'port between 1 and 65535'],
    ['https://localhost', 'OUTBOUND_ALLOW'],
    ['https://10.0.0.1', 'OUTBOUND_ALLOW'],
    ['http://api.openai.com', 'https://'],
  ])('%s is refused', (url, words) => {
    expect(check(url)).toContain(words)
  })

  test('plain http is for private and loopback addresses, and for names that public DNS does not answer', () => {
    for (const url of [
      'http://localhost:11434',
      'http://127.0.0.1:8000',
      'http://ollama:11434',
      'http://gpu.internal/v1',
      'http://10.0.0.7',
    ]) {
      expect({ url, issue: check(url, 'private,loopback') }).toEqual({ url, issue: null })
    }
    for (const url of ['http://api.openai.com', 'http://8.8.8.8', 'http://a.test.example']) {
      expect(check(url, 'private,loopback')).toBe(PUBLIC_HTTP_MESSAGE)
      expect(check(url, 'private,loopback', false)).toBeNull()
      expect(check(url, 'http')).toBeNull()
    }
  })

  test('a private address is refused when the provider does not allow it, in the words of every blocked address', () => {
    const blocked = check('https://169.254.169.254')
    expect(check('https://10.0.0.1', 'private', true, false)).toBe(blocked)
    expect(check('https://10.0.0.1', 'private')).toBeNull()
    expect(NOTHING_ALLOWED.private).toBe(false)
  })
})
