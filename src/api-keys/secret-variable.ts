import type { Secret } from '../crypto/secret.ts'

/** Why an environment variable gives no key: the operator did not offer it, or it has no value. */
export type NoSecretVariable = 'NOT_LISTED' | 'NOT_SET'

/** Reads a variable of the gateway's own environment, at the moment it is needed; only those that the operator lists. */
export type ReadSecretVariable = (name: string) => Secret | NoSecretVariable

const REMEDIES = {
  NOT_LISTED: "It is not listed in SECRET_ENV_ALLOW. Ask the gateway's operator to add it.",
  NOT_SET: "It is not set, or is empty, in the gateway's environment. Set it, and restart the gateway.",
} satisfies Record<NoSecretVariable, string>

/** A key cannot be used because its variable has no value for it. */
export class SecretVariableError extends Error {
  constructor(name: string, reason: NoSecretVariable) {
    super(`The key is in the environment variable ${name}. ${REMEDIES[reason]}`)
    this.name = 'SecretVariableError'
  }
}

/** What is shown in place of a key that is in the environment: where it is, and nothing of it. */
export function maskVariable(name: string): string {
  return `env:${name}`
}
