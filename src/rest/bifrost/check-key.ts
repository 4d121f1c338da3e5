import type { BifrostKeyFieldsFragment, BifrostProviderFragment } from '../../generated/bifrost-documents.ts'
import { aliasReason } from './aliases.ts'
import { withoutStoredValue } from './check-provider.ts'
import { isNameOf } from './credential-parts.ts'
import type { KeyParts } from './key-parts.ts'
import { readSecret } from './secret.ts'
import { hiddenParts, readStoredKey, wrongSetting } from './stored-key.ts'
import { settingsOf } from './to-key-input.ts'
import { customConfigOf, nameOf } from './to-response.ts'
import { mayBeWithoutValue, requiredParts } from './vendor-configs.ts'
import { type KeyRequest, parseUuid } from './wire-key.ts'
import { wirePath } from './wire-path.ts'

/** The rules of a key's fields in Bifrost's words and order (Bifrost contract, sections 1.2 and 1.3). Null: nothing is wrong. */

/** The rules for keys are those of what a custom provider is based on (Bifrost contract, section 7). */
export function baseOf(provider: BifrostProviderFragment): string {
  return customConfigOf(provider)?.base_provider_type ?? nameOf(provider)
}

export function isKeyless(provider: BifrostProviderFragment): boolean {
  return provider.type === 'COPILOT' || customConfigOf(provider)?.is_key_less === true
}

/**
 * @param base what the provider is, or is based on.
 * @param stored the key that a PUT changes; null for a new one.
 */
export function keyProblem(request: KeyRequest, parts: KeyParts, base: string, stored: BifrostKeyFieldsFragment | null): string | null {
  const isPut = stored !== null
  if (!isPut && request.id && parseUuid(request.id) === null) return 'Invalid key id: must be a UUID'
  const rest = [() => blacklistProblem(request), () => aliasProblem(request, base), () => modelsProblem(request)]
  const required = () => requiredProblem(base, parts, stored === null ? [] : hiddenParts(stored))
  // A PUT asks for the vendor's own fields last, a POST first.
  const rules = [
    () => maskProblem(request, parts, stored),
    () => referenceProblem(request, parts),
    () => valueProblem(request, base, stored),
  ]
  const ordered = isPut ? [...rules, ...rest, required] : [...rules, required, ...rest]
  ordered.push(() => settingsProblem(request, parts))
  return ordered.reduce<string | null>((found, rule) => found ?? rule(), null)
}

function hasValue({ masked, environmentVariable }: BifrostKeyFieldsFragment): boolean {
  return masked !== '' || environmentVariable !== null
}

function maskProblem(request: KeyRequest, parts: KeyParts, stored: BifrostKeyFieldsFragment | null): string | null {
  if (readSecret(request.value).kind === 'mask' && (stored === null || !hasValue(stored))) return withoutStoredValue('value')
  const known = ((stored && readStoredKey(stored))?.secrets ?? []).map(({ path }) => path)
  const lost = parts.secrets.find(({ path, secret }) => secret.kind === 'mask' && !known.includes(path))
  return lost === undefined ? null : withoutStoredValue(lost.path)
}

function referenceProblem(request: KeyRequest, parts: KeyParts): string | null {
  const vault = [{ path: 'value', secret: readSecret(request.value) }, ...parts.secrets].find(({ secret }) => secret.kind === 'vault')
  return vault === undefined ? null : `vault references are not supported for ${vault.path}`
}

/** A key of another API may have had none: its parts hold the credential. */
function valueProblem(request: KeyRequest, base: string, stored: BifrostKeyFieldsFragment | null): string | null {
  const mayBeWithout = mayBeWithoutValue(base) || (stored !== null && !hasValue(stored))
  return readSecret(request.value).kind === 'empty' && !mayBeWithout ? 'Key value must not be empty' : null
}

function requiredProblem(base: string, { secrets, plain }: KeyParts, hidden: readonly string[]): string | null {
  const isGiven = (path: string) => {
    const [config = '', part = ''] = path.split('.')
    const isKept = hidden.some((name) => isNameOf(name, path))
    return isKept || secrets.some((given) => given.path === path) || Boolean(plain[config]?.[part])
  }
  return requiredParts(base).find(({ path }) => !isGiven(path))?.message ?? null
}

function settingsProblem(request: KeyRequest, parts: KeyParts): string | null {
  const field = wrongSetting(settingsOf(request, parts))
  return field === null ? null : `Invalid ${wirePath([field], [])}: Bifrost has no such setting of a key, or it has another form.`
}

function blacklistProblem({ blacklisted_models: models }: KeyRequest): string | null {
  const problem = listProblem(models ?? [], 'blacklist')
  return problem === null ? null : `Invalid blacklisted_models: ${problem}`
}

/** Upstream notices a bad list too late and answers 500; here it is the request's fault (Bifrost contract, decisions at its top). */
function modelsProblem({ models }: KeyRequest): string | null {
  const problem = listProblem(models ?? [], 'whitelist')
  return problem === null ? null : `Invalid models: ${problem}`
}

function listProblem(models: readonly string[], list: string): string | null {
  if (models.includes('*') && models.length > 1) return `wildcard '*' cannot be used with other values in the ${list}`
  const lower = models.map((model) => model.toLowerCase())
  const repeated = models.find((_, index) => lower.indexOf(lower[index] ?? '') < index)
  return repeated === undefined ? null : `duplicate value '${repeated}' in ${list}`
}

function aliasProblem({ aliases }: KeyRequest, base: string): string | null {
  const reason = aliasReason(aliases ?? {}, base)
  return reason === null ? null : `Invalid aliases: ${reason}`
}
