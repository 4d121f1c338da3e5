import { at, isRecord, textAt } from './json.ts'
import type { Scrubber } from './scrub.ts'

const MAX_MODELS = 1_000
/** In characters; longer names are not names. */
const MAX_NAME = 200

/**
 * The names in a list of models: `{data: []}`, `{models: []}`, `{modelSummaries: []}`, or the bare array that Together sends.
 * Null when the JSON is no such list. A name that contains a secret, or is no plain text, is left out.
 */
export function readModelNames(json: unknown, scrubber: Scrubber): readonly string[] | null {
  const entries = listIn(json)
  if (!entries?.every((entry) => nameOf(entry) !== '')) return null
  const names = entries.slice(0, MAX_MODELS).map(nameOf)
  return [...new Set(names)].filter((name) => name.length <= MAX_NAME && /^[\x21-\x7e][\x20-\x7e]*$/.test(name) && scrubber.isClean(name))
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
  if (!isRecord(entry)) return ''
  const name = ['id', 'modelId', 'name', 'model'].map((field) => textAt(entry, field)).find((text) => text !== '') ?? ''
  return name.replace(/^models\//, '')
}
