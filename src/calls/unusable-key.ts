/** A key cannot be used at all; `message` says why, without showing it. */
export class UnusableKey extends Error {}
