import { expect } from 'vitest'
import type { SecretBinding } from '../../../src/crypto/envelope.ts'
import { type UnreadableReason, UnreadableSecretError } from '../../../src/crypto/unreadable-secret-error.ts'

/** A key whose bytes follow from a seed: the same in every run, and never all equal. */
export function keyText(seed: number): string {
  return `base64:${Buffer.from(Array.from({ length: 32 }, (_, index) => (seed * 37 + index * 11) % 256)).toString('base64')}`
}

export const BINDING: SecretBinding = {
  table: 'api_key_secrets',
  column: 'sealed',
  rowId: '7b0c6f6e-6f0e-4c39-9d53-0f6f3f1a2b11',
  providerId: '1f4a2f0c-55d1-4a52-8a49-b0f1d6a6c0de',
  destination: 'digest-of-a-destination',
}

/** Asserts that a call is refused as unreadable, for one of the given reasons, and gives the error for a closer look. */
export function expectUnreadable(call: () => unknown, ...reasons: UnreadableReason[]): UnreadableSecretError {
  try {
    call()
  } catch (error) {
    if (!(error instanceof UnreadableSecretError)) throw error
    expect(reasons).toContain(error.reason)
    return error
  }
  return expect.unreachable('the text was opened')
}

/** Every window of eight characters of a text: what a message must not hold to be free of it. */
export function windowsOf(text: string): string[] {
  return Array.from({ length: Math.max(1, text.length - 7) }, (_, index) => text.slice(index, index + 8))
}
