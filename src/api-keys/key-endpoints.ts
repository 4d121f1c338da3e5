import type { ValidationIssue } from '../errors.ts'
import type { ApiKeyChange, NewApiKey } from './api-key-input.ts'
import { type BifrostKeyInput, ENDPOINT_PATHS } from './bifrost-key.ts'

/** Says what is wrong with an endpoint, or null: the rules for a provider's own. */
type RefusalOf = (url: string) => string | null

/**
 * A key of Bifrost can have an endpoint of its own, and is sent there: so it must be one that its provider could have.
 * One that a variable of the environment holds is judged by the test alone.
 */
export function checkEndpointsOfNewKeys(keys: readonly NewApiKey[], refusalOf: RefusalOf): ValidationIssue[] {
  return keys.flatMap(({ bifrost }, index) => checkEndpoints(bifrost, ['apiKeys', String(index)], refusalOf))
}

/** The same for keys that are added or changed. */
export function checkEndpointsOfKeys(changes: readonly ApiKeyChange[], refusalOf: RefusalOf): ValidationIssue[] {
  return changes.flatMap((change, index) => {
    if ('remove' in change) return []
    const [place, key] = 'add' in change ? (['add', change.add] as const) : (['keep', change.keep] as const)
    return checkEndpoints(key.bifrost, ['apiKeys', String(index), place], refusalOf)
  })
}

function checkEndpoints(bifrost: BifrostKeyInput | undefined, path: readonly string[], refusalOf: RefusalOf): ValidationIssue[] {
  return (bifrost?.secrets ?? []).flatMap((secret): ValidationIssue[] => {
    const url = ENDPOINT_PATHS.includes(secret.path) ? (secret.value?.reveal() ?? '') : ''
    const refusal = url === '' ? null : refusalOf(url)
    return refusal === null ? [] : [{ path: [...path, 'bifrost', 'secrets', secret.path], rule: 'URL_NOT_ALLOWED', message: refusal }]
  })
}
