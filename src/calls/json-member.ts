const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Requests have some dozens. */
const MAX_MEMBERS = 1_000_000

/** A member at the top of a JSON object: where its value begins and ends in the bytes. */
export interface JsonMember {
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * The members at the top of a JSON object whose names are this one in any letter case, in their order and at most two; null when
 * the bytes are no object, or have more members than anybody needs. Reads bytes, and builds nothing: keys in strings, escapes and
 * nesting do not confuse it. It does not check what is inside the values.
 * @param name in small letters of ASCII. Some vendors' parsers do not heed the case of names, so a second spelling is a second member.
 */
export function findMembers(json: Buffer, name: string): JsonMember[] | null {
  const open = skipBlanks(json, 0)
  if (json[open] !== OPEN_BRACE) return null
  const found: JsonMember[] = []
  let at = skipBlanks(json, open + 1)
  if (json[at] === CLOSE_BRACE) return isEnd(json, at + 1) ? found : null
  for (let count = 0; count < MAX_MEMBERS; count += 1) {
    const member = memberAt(json, at)
    if (member === null) return null
    const key = readName(json, member.key, name)
    // Two are as bad as many, and a body may have millions.
    if (key !== null && found.length < 2) found.push({ name: key, ...member.value })
    const next = behindMember(json, member.value.end)
    if (next === null) return null
    if (next === 'end') return found
    at = next
  }
  return null
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

/**
 * The name as a key spells it; null for other keys. Every character of a name may be an escape of six bytes. Decodes nothing: a
 * body may have millions of keys.
 */
function readName(json: Buffer, { start, end }: Span, name: string): string | null {
  const last = end - 1
  if (end - start - 2 > 6 * name.length) return null
  let at = start + 1
  let spelled = ''
  while (at < last && spelled.length < name.length) {
    const isEscape = json[at] === BACKSLASH
    const code = isEscape ? escapedCode(json, at) : (json[at] ?? 0)
    // A capital letter of ASCII is its small one without this bit.
    if ((code | 0x20) !== name.charCodeAt(spelled.length)) return null
    spelled += String.fromCharCode(code)
    at += isEscape ? 6 : 1
  }
  return at === last && spelled.length === name.length ? spelled : null
}

/** The character of ASCII whose escape (`\u006d`) stands here; 0 when no such escape does. */
function escapedCode(json: Buffer, at: number): number {
  if (json[at + 1] !== 0x75 || json[at + 2] !== 0x30 || json[at + 3] !== 0x30) return 0
  return 16 * hexDigit(json[at + 4] ?? 0) + hexDigit(json[at + 5] ?? 0) || 0
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const small = byte | 0x20
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : Number.NaN
}

function skipBlanks(json: Buffer, from: number): number {
  let at = from
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at += 1
  return at
}

/** Bytes that are looked at one by one: a search takes less time for each byte, and more to begin. */
const NEAR = 64

/** The end of a string that begins here, behind its quote. Looks for quotes alone where it is long, so that it takes little time. */
function endOfString(json: Buffer, start: number): number | null {
  if (json[start] !== QUOTE) return null
  let at = start + 1
  for (;;) {
    for (const far = Math.min(at + NEAR, json.length); at < far; at += 1) {
      if (json[at] === QUOTE) return at + 1
      if (json[at] === BACKSLASH) at += 1
    }
    const quote = json.indexOf(QUOTE, at)
    if (quote === -1) return null
    if (!isEscaped(json, at, quote)) return quote + 1
    at = quote + 1
  }
}

function isEscaped(json: Buffer, from: number, at: number): boolean {
  let escapes = 0
  while (at - escapes > from && json[at - 1 - escapes] === BACKSLASH) escapes += 1
  return escapes % 2 === 1
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
