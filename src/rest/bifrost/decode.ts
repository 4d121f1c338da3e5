import type { z } from 'zod'
import { nestsDeeperThan } from '../../http/json-depth.ts'

/** Levels of arrays and objects in a body. */
const MAX_DEPTH = 32

/**
 * Decodes a body; null when it cannot be. Unknown fields are ignored, wrong types are not, and a whole `null` is an empty
 * object (Bifrost contract, decisions at its top). Nothing is said of what is wrong: a body may hold keys.
 */
export function decodeBody<Schema extends z.ZodObject>(schema: Schema, body: string): z.output<Schema> | null {
  if (nestsDeeperThan(body, MAX_DEPTH)) return null
  try {
    return schema.safeParse(clean(JSON.parse(body)) ?? {}).data ?? null
  } catch {
    return null
  }
}

/** Well-formed texts, and no name that means something to JavaScript itself. */
function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => name !== '__proto__' && name !== 'constructor')
  return Object.fromEntries(entries.map(([name, item]) => [name.toWellFormed(), clean(item)]))
}
