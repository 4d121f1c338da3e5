import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../src/crypto/secret.ts'

const PLAINTEXT = 'sk-live-0123456789abcdef'

describe('a secret', () => {
  const secret = new Secret(PLAINTEXT)

  it('comes out through reveal', () => {
    expect(secret.reveal()).toBe(PLAINTEXT)
  })

  it.each<[string, () => string]>([
    ['JSON.stringify', () => JSON.stringify(secret)],
    ['JSON.stringify inside an object', () => JSON.stringify({ list: [secret] })],
    ['a template string', () => `${secret}`],
    ['concatenation', () => `a${String(secret)}`],
    ['joining a list', () => [secret].join()],
    ['util.inspect', () => inspect(secret)],
    ['util.inspect inside an object', () => inspect({ deep: { secret } }, { depth: null, showHidden: true })],
    ['util.inspect without custom inspection', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['util.format', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['the message of an error', () => new Error(`cannot use ${secret}`).message],
    ['an inspected error with the secret as its cause', () => inspect(new Error('failed', { cause: secret }))],
    ['structuredClone', () => inspect(structuredClone(secret), { showHidden: true })],
    ['spreading', () => JSON.stringify({ ...secret })],
    ['Object.assign', () => JSON.stringify(Object.assign({}, secret))],
  ])('does not leak through %s', (_, show) => {
    expect(show()).not.toContain('sk-live')
  })

  it('shows that something was left out', () => {
    expect(`${secret}`).toBe('[redacted]')
    expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}')
    expect(inspect(secret)).toBe('[redacted]')
  })

  it('has no property to enumerate, of any kind', () => {
    expect(Object.keys(secret)).toEqual([])
    expect(Reflect.ownKeys(secret)).toEqual([])
    const seen: string[] = []
    for (const name in secret) seen.push(name)
    expect(seen).toEqual([])
  })

  it('looks alike whatever it holds, so a test report cannot print it as a difference', () => {
    expect(inspect(new Secret('other'))).toBe(inspect(secret))
  })
})
