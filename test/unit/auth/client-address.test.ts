import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { clientAddressOf, parseTrustedProxies } from '../../../src/auth/client-address.ts'

function addressOf(trustedProxies: string, peer: string, forwarded?: string): string {
  const ranges = parseTrustedProxies(trustedProxies)
  if ('unknown' in ranges) throw new Error(`Not ranges: ${ranges.unknown}`)
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: peer })
  const request = new IncomingMessage(socket)
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded
  return clientAddressOf(ranges)(request)
}

describe('the address of a client', () => {
  test.each([
    ['is that of the connection', '', '192.0.2.1', undefined, '192.0.2.1'],
    ['is not what a stranger says', '', '192.0.2.1', '203.0.113.1', '192.0.2.1'],
    ['is not what a stranger says, though others are trusted', '10.0.0.0/8', '192.0.2.1', '203.0.113.1', '192.0.2.1'],
    ['is what a trusted proxy says', '10.0.0.0/8', '10.1.2.3', '203.0.113.1', '203.0.113.1'],
    ['is the last one that no proxy has', '10.0.0.0/8', '10.1.2.3', '1.2.3.4, 203.0.113.1, 10.9.9.9', '203.0.113.1'],
    ['is that of the proxy when it says nothing', '10.0.0.0/8', '10.1.2.3', undefined, '10.1.2.3'],
    ['is that of the proxy when it could not tell, whatever stands before', '10.0.0.0/8', '10.1.2.3', '203.0.113.1, unknown', '10.1.2.3'],
    ['is that of the proxy when it says nonsense', '10.0.0.0/8', '10.1.2.3', 'unknown, <script>', '10.1.2.3'],
    ['is found behind an IPv4 address inside an IPv6 one', '10.1.2.3', '::ffff:10.1.2.3', '203.0.113.1', '203.0.113.1'],
    ['is the network of an IPv6 one', '', '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::'],
    ['has no zone', '', 'fe80::1%eth0', undefined, 'fe80::'],
    ['may be believed over IPv6', '2001:db8::/32', '2001:db8::1', '2001:db9::7', '2001:db9::'],
  ])('%s', (_name, trusted, peer, forwarded, expected) => {
    expect(addressOf(trusted, peer, forwarded)).toBe(expected)
  })

  test.each(['10.0.0.0/33', 'localhost', '10.1', '0x0a000000/8', '::1/129', '10.0.0.0/8;192.0.2.1'])('%s is no trusted proxy', (text) => {
    expect(parseTrustedProxies(text)).toEqual({ unknown: [text] })
  })
})
