import { scanJson } from '../http/json-depth.ts'

/** What a body says, or why it cannot be read. The problem never repeats any of it: a body may hold keys. */
export type ReadJson = { readonly value: unknown } | { readonly problem: string }

/** Levels of arrays and objects in a body. */
const MAX_DEPTH = 32
const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const SCALAR = /^(?:null|true|false|-?\d[\d.eE+-]*|"(?:[^"\\]|\\.){0,1000}")/s

/**
 * Reads JSON as a server written in Go does (Coder contract, section 1.5): the first value counts and what follows it
 * does not; names of properties match in any case, the last of equal ones wins. So all names come out in lower case,
 * which suits bodies whose objects have fields, not free keys.
 */
export function readGoJson(body: string): ReadJson {
  const text = body.replace(/^[ \t\r\n]+/, '')
  if (text === '') return { problem: 'EOF' }
  const isScalar = !text.startsWith('{') && !text.startsWith('[')
  const { depth, end } = isScalar ? { depth: 0, end: SCALAR.exec(text)?.[0].length ?? 0 } : scanJson(text)
  if (end === null) return { problem: 'unexpected EOF' }
  if (end === 0) return { problem: 'invalid character looking for beginning of value' }
  if (depth > MAX_DEPTH) return { problem: `exceeded max depth of ${MAX_DEPTH}` }
  try {
    return { value: normalize(JSON.parse(text.slice(0, end))) }
  } catch {
    return { problem: 'invalid character in the JSON text' }
  }
}

/**
 * Reads JSON as it is written, for bodies with free keys. Names that mean something to JavaScript itself are left out, at
 * any depth.
 */
export function readJson(body: string): ReadJson {
  const text = body.replace(/^\ufeff/, '')
  if (/^\s*[[{]/.test(text) && scanJson(text).depth > MAX_DEPTH) return { problem: `it nests deeper than ${MAX_DEPTH} levels` }
  try {
    return { value: JSON.parse(text, (name, value: unknown) => (PROTOTYPE_NAMES.has(name) ? undefined : value)) }
  } catch {
    return { problem: 'it is not well formed' }
  }
}

/** Whether a body is said to be JSON. */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '')
}

/** Lower-case names, well-formed texts, and no name that means something to JavaScript itself. */
function normalize(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(normalize)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (name === '__proto__' ? [] : [[name.toLowerCase(), normalize(item)]])),
  )
}
