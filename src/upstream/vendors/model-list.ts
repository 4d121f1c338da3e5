import { at, isRecord, textAt } from './json.ts'
import type { Scrubber } from './scrub.ts'

/** How many names of a list are kept. */
const MAX_MODELS = 1_000
/** In characters; longer names are not names. */
const MAX_NAME = 200
/** The most that is read of a list of models, in bytes. */
export const MAX_LIST_BYTES = 8 * 1_048_576

/** The models that an upstream lists. */
export interface ModelList {
  /** The first of them, each once. */
  readonly names: readonly string[]
  /** How many different names the list has, kept or not. */
  readonly total: number
  /** How many entries have no name that can be shown. */
  readonly skipped: number
}

/**
 * Reads a list of models: `{data: []}`, `{models: []}`, `{modelSummaries: []}`, or the bare array that Together sends; its
 * entries are objects or plain strings. Null when the JSON is no such list. An entry without a name, or whose name holds a
 * secret or characters that cannot be printed, is skipped.
 */
export function readModels(json: unknown, scrubber: Scrubber): ModelList | null {
  const entries = listIn(json)
  if (entries === null) return null
  const names = entries.map(nameOf)
  if (entries.length > 0 && names.every((name) => name === '')) return null
  // The scrubber takes its time, so it looks at those alone that may be kept.
  const printable = [...new Set(names)].filter(isPrintable)
  const kept = printable.slice(0, MAX_MODELS).filter((name) => scrubber.isClean(name))
  const unclean = Math.min(printable.length, MAX_MODELS) - kept.length
  const unusable = names.filter((name) => !isPrintable(name)).length
  return { names: kept, total: printable.length - unclean, skipped: unusable + unclean }
}

/** Letters, signs and spaces of any script; nothing that is invisible, breaks lines or changes the direction of writing. */
function isPrintable(name: string): boolean {
  return name.trim() === name && name !== '' && Array.from(name).length <= MAX_NAME && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name)
}

function listIn(json: unknown): readonly unknown[] | null {
  if (Array.isArray(json)) return json
  const list = at(json, 'data') ?? at(json, 'models') ?? at(json, 'modelSummaries')
  if (Array.isArray(list)) return list
  // Ollama answers `{"object":"list","data":null}` when no model is loaded.
  return list === undefined && textAt(json, 'object') === 'list' ? [] : null
}

/** Google writes `models/gemini-…`; the prefix is a path, not part of the name. */
function nameOf(entry: unknown): string {
  if (typeof entry === 'string') return entry
  if (!isRecord(entry)) return ''
  const name = ['id', 'modelId', 'name', 'model'].map((field) => textAt(entry, field)).find((text) => text !== '') ?? ''
  return name.replace(/^models\//, '')
}
