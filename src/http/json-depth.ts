/** Strings whole (brackets in them do not count), or one bracket. */
const STRING_OR_BRACKET = /"[^"\\]*(?:\\.[^"\\]*)*"?|[[\]{}]/gs

/** Whether a JSON text nests deeper than `limit`, found without building anything from it. */
export function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0
  for (const [token] of text.matchAll(STRING_OR_BRACKET)) {
    if (token === '[' || token === '{') depth += 1
    if (token === ']' || token === '}') depth -= 1
    if (depth > limit) return true
  }
  return false
}
