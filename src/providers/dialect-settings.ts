import { z } from 'zod'
import type { ProviderSecretField } from '../api-keys/secret-binding.ts'
import type { Secret } from '../crypto/secret.ts'
import type { ValidationIssue } from '../errors.ts'
import { checkBifrostSettings } from './bifrost-settings.ts'

/** The dialects that keep settings of their own in the open. */
const OPEN_DIALECTS = ['bifrost', 'ziri'] as const
type OpenDialect = (typeof OPEN_DIALECTS)[number]

const json = z.json()
const settingsOfDialect = z.record(z.string(), json)
type SettingsOfDialect = z.infer<typeof settingsOfDialect>
const storedSettings = z.object({ bifrost: settingsOfDialect.exactOptional(), ziri: settingsOfDialect.exactOptional() })
export type DialectSettings = z.infer<typeof storedSettings>

/**
 * Changes to what dialects keep with a provider. Undefined leaves a dialect's part as it is; in an object given, each
 * property replaces the stored one of its name, and null deletes it (RFC 7396, on the first level).
 */
export interface DialectSettingsInput extends Readonly<Record<OpenDialect, unknown>> {
  /** Respan's `extra_kwargs` as JSON text. Sealed like a key, because credentials may be in it; empty deletes. */
  readonly respanExtraKwargs: Secret | undefined
}

const MAX_CHARACTERS = 65_536

/** Reads the column `extensions`. */
export function readDialectSettings(column: unknown): DialectSettings {
  return column === null ? {} : storedSettings.parse(column)
}

export function checkDialectSettings(input: DialectSettingsInput | undefined): ValidationIssue[] {
  if (input === undefined) return []
  const sealed = input.respanExtraKwargs?.reveal() ?? ''
  return [
    ...OPEN_DIALECTS.flatMap((dialect) => checkObject(input[dialect], dialect)),
    ...(input.bifrost === undefined ? [] : checkBifrostSettings(input.bifrost)),
    ...(sealed === '' ? [] : checkObject(parse(sealed), 'respanExtraKwargs')),
  ]
}

function checkObject(value: unknown, field: string): ValidationIssue[] {
  const path = ['dialectSettings', field]
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path, rule: 'NOT_ALLOWED', message: 'The settings must be a JSON object.' }]
  if (!settingsOfDialect.safeParse(value).success)
    return [{ path, rule: 'NOT_ALLOWED', message: 'The settings have a number in them that is too large to be kept.' }]
  if (!isStorable(value)) return [{ path, rule: 'NOT_ALLOWED', message: 'The settings have a character in them that cannot be stored.' }]
  if (JSON.stringify(value).length <= MAX_CHARACTERS) return []
  return [{ path, rule: 'OUT_OF_RANGE', message: `The settings must not be longer than ${MAX_CHARACTERS} characters of JSON.` }]
}

/** PostgreSQL takes neither U+0000 nor half a character in JSON. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, item]) => isStorable(name) && isStorable(item))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** What storing the input would do: the column `extensions`, undefined when it stays, and Respan's part, which is sealed. */
export function planDialectSettings(
  input: DialectSettingsInput,
  stored: unknown,
): { readonly extensions: DialectSettings | undefined; readonly fields: ReadonlyMap<ProviderSecretField, Secret | null> } {
  const secret = input.respanExtraKwargs
  const given = secret === undefined ? [] : [['respan.extraKwargs', secret.reveal() === '' ? null : secret] as const]
  const isOpen = OPEN_DIALECTS.some((dialect) => input[dialect] !== undefined)
  return { extensions: isOpen ? merge(readDialectSettings(stored), input) : undefined, fields: new Map(given) }
}

function merge(stored: DialectSettings, input: DialectSettingsInput): DialectSettings {
  const parts = OPEN_DIALECTS.map((dialect) => {
    const changes = input[dialect]
    const before: SettingsOfDialect = stored[dialect] ?? {}
    if (changes === undefined) return [dialect, before] as const
    const entries = Object.entries({ ...before, ...settingsOfDialect.parse(changes) }).filter(([, value]) => value !== null)
    return [dialect, Object.fromEntries(entries)] as const
  })
  return Object.fromEntries(parts.filter(([, settings]) => Object.keys(settings).length > 0))
}
