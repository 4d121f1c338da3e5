const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** A member at the top of a JSON object: where its value begins and ends in the bytes. */
export interface JsonMember {
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * The members at the top of a JSON object whose names are this one in any letter case, in their order; null when the bytes are no
 * object. Reads bytes, and builds nothing: keys in strings, escapes and nesting do not confuse it. It does not check what is
 * inside the values.
 * @param name in lower case. Some vendors' parsers do not heed the case of names, so a second spelling is a second member.
 */
export function findMembers(json: Buffer, name: string): JsonMember[] | null {
  const open = skipBlanks(json, 0)
  if (json[open] !== OPEN_BRACE) return null
  const found: JsonMember[] = []
  let at = skipBlanks(json, open + 1)
  if (json[at] === CLOSE_BRACE) return isEnd(json, at + 1) ? found : null
  for (;;) {
    const member = memberAt(json, at)
    if (member === null) return null
    const key = readName(json, member.key, name)
    if (key !== null) found.push({ name: key, ...member.value })
    const next = behindMember(json, member.value.end)
    if (next === null) return null
    if (next === 'end') return found
    at = next
  }
}

/** Where the next member begins; null when neither that follows nor the end of the object. */
function behindMember(json: Buffer, from: number): number | 'end' | null {
  const at = skipBlanks(json, from)
  if (json[at] === CLOSE_BRACE) return isEnd(json, at + 1) ? 'end' : null
  return json[at] === COMMA ? skipBlanks(json, at + 1) : null
}

interface Span {
  readonly start: number
  readonly end: number
}

function memberAt(json: Buffer, at: number): { readonly key: Span; readonly value: Span } | null {
  const keyEnd = endOfString(json, at)
  if (keyEnd === null) return null
  const colon = skipBlanks(json, keyEnd)
  if (json[colon] !== COLON) return null
  const start = skipBlanks(json, colon + 1)
  const end = endOfValue(json, start)
  return end === null ? null : { key: { start: at, end: keyEnd }, value: { start, end } }
}

function isEnd(json: Buffer, at: number): boolean {
  return skipBlanks(json, at) === json.length
}

/** The key as it is spelled when it is the name in any case; null for other keys. */
function readName(json: Buffer, { start, end }: Span, name: string): string | null {
  const length = end - start - 2
  const slice = json.subarray(start + 1, end - 1)
  // Most keys differ in their length alone; one with escapes may be anything.
  if (length !== name.length && !slice.includes(BACKSLASH)) return null
  try {
    const key: unknown = JSON.parse(json.toString('utf8', start, end))
    return typeof key === 'string' && key.toLowerCase() === name ? key : null
  } catch {
    return null
  }
}

function skipBlanks(json: Buffer, from: number): number {
  let at = from
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at += 1
  return at
}

/** The end of a string that begins here, behind its quote. Looks for quotes alone, so that long texts take little time. */
function endOfString(json: Buffer, start: number): number | null {
  if (json[start] !== QUOTE) return null
  for (let at = json.indexOf(QUOTE, start + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let escapes = 0
    while (json[at - 1 - escapes] === BACKSLASH) escapes += 1
    if (escapes % 2 === 0) return at + 1
  }
  return null
}

function endOfValue(json: Buffer, start: number): number | null {
  const first = json[start]
  if (first === QUOTE) return endOfString(json, start)
  return first === OPEN_BRACE || first === OPEN_BRACKET ? endOfNested(json, start) : endOfWord(json, start)
}

function endOfNested(json: Buffer, start: number): number | null {
  let depth = 0
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === QUOTE) {
      const end = endOfString(json, at)
      if (end === null) return null
      at = end - 1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return null
}

/** A number, `true`, `false` or `null`. */
function endOfWord(json: Buffer, start: number): number | null {
  let at = start
  while (at < json.length && isWordByte(json[at] ?? 0)) at += 1
  return at === start ? null : at
}

function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x45 || byte === 0x2b || byte === 0x2d || byte === 0x2e
  )
}
