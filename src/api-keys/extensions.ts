import { z } from 'zod'
import { ValidationError, type ValidationIssue } from '../errors.ts'

/** What programs keep with a key or a provider, by namespace: the gateway stores it and gives it back, and reads none of it. */

const properties = z.record(z.string(), z.json())
const storedExtensions = z.record(z.string(), properties)
export type Extensions = z.infer<typeof storedExtensions>

/**
 * Changes to them as they were given, whatever their form: an object by namespace, in which each property replaces the
 * stored one of its name, and null deletes it (RFC 7396, on the first level).
 */
export type ExtensionChanges = unknown

const MAX_NAMESPACES = 20
const MAX_STORED_CHARACTERS = 262_144
/** The gateway's own names begin with these. */
const RESERVED = ['aws', 'azure', 'bedrock', 'network', 'vertex']
export const NAMESPACE_RULE = "A namespace is 2 to 20 lowercase letters, and not one of the gateway's own."

/** Whether somebody else than the gateway can have names that begin with this one and a dot. */
export function isNamespace(name: string): boolean {
  return /^[a-z]{2,20}$/.test(name) && !RESERVED.includes(name)
}

/** Reads the column `extensions` of a key or a provider. */
export function readExtensions(column: unknown): Extensions {
  return column === null || column === undefined ? {} : storedExtensions.parse(column)
}

/** The rules that need no knowledge of what is stored. @param most characters of JSON that one namespace may have. */
export function checkExtensions(changes: ExtensionChanges, path: readonly string[], most: number): ValidationIssue[] {
  if (changes === undefined) return []
  if (!isObject(changes)) return [{ path, rule: 'NOT_ALLOWED', message: 'The extensions must be a JSON object by namespace.' }]
  const entries = Object.entries(changes)
  if (entries.length > MAX_NAMESPACES) return [{ path, rule: 'OUT_OF_RANGE', message: `Give at most ${MAX_NAMESPACES} namespaces.` }]
  return entries.flatMap(([namespace, value]): ValidationIssue[] =>
    isNamespace(namespace) ? checkProperties(value, [...path, namespace], most) : [{ path, rule: 'NOT_ALLOWED', message: NAMESPACE_RULE }],
  )
}

function checkProperties(value: unknown, path: readonly string[], most: number): ValidationIssue[] {
  if (!isObject(value)) return [{ path, rule: 'NOT_ALLOWED', message: 'The settings must be a JSON object.' }]
  if (!properties.safeParse(value).success)
    return [{ path, rule: 'NOT_ALLOWED', message: 'The settings contain a number that is too large to store.' }]
  if (!isStorable(value)) return [{ path, rule: 'NOT_ALLOWED', message: 'The settings contain a character that cannot be stored.' }]
  if (JSON.stringify(value).length <= most) return []
  return [{ path, rule: 'OUT_OF_RANGE', message: `The settings must not be longer than ${most} characters of JSON.` }]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** PostgreSQL takes neither U+0000 nor half a character in JSON. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, item]) => isStorable(name) && isStorable(item))
}

/**
 * What the changes make of what is stored; null for nothing. They have passed their checks.
 * @throws ValidationError when it would be more than may be stored.
 */
export function mergeExtensions(column: unknown, changes: ExtensionChanges, path: readonly string[]): Extensions | null {
  const merged = new Map(Object.entries(readExtensions(column)))
  for (const [namespace, given] of Object.entries(storedExtensions.parse(changes))) {
    const all = new Map([...Object.entries(merged.get(namespace) ?? {}), ...Object.entries(given)])
    merged.set(namespace, Object.fromEntries([...all].filter(([, value]) => value !== null)))
  }
  const kept = [...merged].filter(([, settings]) => Object.keys(settings).length > 0)
  if (kept.length === 0) return null
  const extensions = Object.fromEntries(kept)
  if (kept.length <= MAX_NAMESPACES && JSON.stringify(extensions).length <= MAX_STORED_CHARACTERS) return extensions
  const message = `All extensions together are at most ${MAX_NAMESPACES} namespaces and ${MAX_STORED_CHARACTERS} characters of JSON.`
  throw new ValidationError([{ path, rule: 'OUT_OF_RANGE', message }])
}

/** The changes that make of what is stored what is wanted: all of it. */
export function changesTo(stored: Extensions, wanted: Extensions): Extensions {
  const namespaces = [...new Set([...Object.keys(stored), ...Object.keys(wanted)])]
  return Object.fromEntries(
    namespaces.map((namespace) => {
      const gone = Object.keys(stored[namespace] ?? {}).map((name) => [name, null] as const)
      return [namespace, { ...Object.fromEntries(gone), ...wanted[namespace] }]
    }),
  )
}
