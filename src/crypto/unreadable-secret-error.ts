/** Why a sealed text does not open: it is not one, its key is not in the keyring, or it (or what it is bound to) was changed. */
export type UnreadableReason = 'MALFORMED' | 'UNKNOWN_KEY' | 'NOT_AUTHENTIC'

const MESSAGES = {
  MALFORMED: 'A stored secret cannot be read: it is not in the expected format.',
  UNKNOWN_KEY: 'A stored secret cannot be read: the keyring does not have the key that sealed it.',
  NOT_AUTHENTIC: 'A stored secret cannot be read: it was changed, moved, or sealed for another destination.',
} satisfies Record<UnreadableReason, string>

/** A stored secret does not open. The message is constant per reason, so it holds no part of any text or key. */
export class UnreadableSecretError extends Error {
  readonly reason: UnreadableReason

  constructor(reason: UnreadableReason) {
    super(MESSAGES[reason])
    this.name = 'UnreadableSecretError'
    this.reason = reason
  }
}
