import { hasSteps } from '../destination/canonical-url.ts'
import type { ValidationIssue } from '../errors.ts'
import { headerNameProblem, isCredential } from '../upstream/client/network-settings.ts'

/** Headers that the HTTP client or a proxy acts upon: no key travels in one. */
const NO_KEY_HEADER =
  /^(?:host|connection|content-.*|expect|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|accept.*|cookie|user-agent)$/i

/** The rules for how a provider is called, besides its endpoint and network. */
export function checkRouteFields(input: {
  readonly modelsPath?: string | undefined
  readonly authentication?: string | undefined
}): ValidationIssue[] {
  return [...checkModelsPath(input.modelsPath ?? ''), ...checkAuthentication(input.authentication)]
}

/** Whether a query has a parameter that carries a credential. */
export function hasCredential(query: string): boolean {
  return [...new URLSearchParams(query)].some(([name, value]) => isCredential(name, value))
}

function checkModelsPath(modelsPath: string): ValidationIssue[] {
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [{ path: ['modelsPath'], rule, message }]
  if (modelsPath.length > 2_000) return issue('OUT_OF_RANGE', 'The path must not be longer than 2,000 characters.')
  if (!/^[\x21-\x7e]*$/.test(modelsPath)) return issue('URL_NOT_ALLOWED', 'The path must be printable ASCII without spaces.')
  const path = modelsPath.replace(/[?#].*$/, '')
  if (hasSteps(path) || modelsPath.includes('#'))
    return issue('URL_NOT_ALLOWED', 'The path stays below the base URL: without "..", "." or "\\".')
  return []
}

function checkAuthentication(authentication = 'DEFAULT'): ValidationIssue[] {
  if (authentication === 'DEFAULT' || authentication === 'BEARER') return []
  const message = 'It is `DEFAULT`, `BEARER`, or the name of the header that carries the key, e.g. "x-api-key".'
  const isName = headerNameProblem(authentication) === null && !NO_KEY_HEADER.test(authentication)
  return isName ? [] : [{ path: ['authentication'], rule: 'NOT_ALLOWED', message }]
}
