/** What the brackets of a JSON text tell before anything is built from it. */
export interface JsonShape {
  /** Levels of arrays and objects in the first value. */
  readonly depth: number
  /** Where the first array or object ends; null when it does not. */
  readonly end: number | null
}

/** Finds the end and the depth of the first array or object of a text, in one pass that needs no stack. */
export function scanJson(text: string): JsonShape {
  let open = 0
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (character === '"') index = endOfString(text, index)
    else if (character === '[' || character === '{') depth = Math.max(depth, ++open)
    else if ((character === ']' || character === '}') && --open <= 0) return { depth, end: index + 1 }
  }
  return { depth, end: null }
}

/** Brackets in strings do not count. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === '"') return index
  }
  return text.length
}

/** Whether a JSON text nests deeper than `limit`, found without building anything from it. */
export function nestsDeeperThan(text: string, limit: number): boolean {
  return scanJson(text).depth > limit
}
