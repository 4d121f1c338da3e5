import { expect, test } from 'vitest'
import { canonicalUrl } from '../../src/destination/canonical-url.ts'
import { readUrl } from '../../src/read-url.ts'
import { parseTarget } from '../../src/upstream/client/target.ts'

test('a host in another script is read the same way however often a process reads URLs', () => {
  const text = 'https://münchen.example/v1'
  const first = { host: readUrl(text)?.hostname, target: parseTarget(text), canonical: canonicalUrl(text) }
  expect(first).toMatchObject({ host: 'xn--mnchen-3ya.example', target: { kind: 'target' } })
  for (let round = 0; round < 20_000; round += 1) {
    parseTarget(text)
    canonicalUrl(text)
  }
  expect({ host: readUrl(text)?.hostname, target: parseTarget(text), canonical: canonicalUrl(text) }).toEqual(first)
})

test.each(['', 'api.example.com', '/v1', 'https://', 'http://[::1', 'http://a:b'])('%j is no URL', (text) => {
  expect(readUrl(text)).toBeNull()
})
