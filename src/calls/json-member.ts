import { isUtf8 } from 'node:buffer'
import type { TakeTurn } from '../http/turns.ts'
import { FIRST_LEFT_TO_READER, JSON_ENDS, JSON_NEXT, JSON_STATE } from './json-grammar.ts'
import { JsonNest } from './json-nest.ts'

/** Bytes of a JSON text: from `start` up to `end`. */
export interface JsonSpan {
  readonly start: number
  readonly end: number
}

/** A member at the top of a JSON object. */
interface JsonMember {
  readonly name: string
  /** From behind its name to the comma or the bracket behind it, with the colon and all blanks. */
  rest: JsonSpan
  /** Where its value stands in the bytes, with its quotes; null when it is no text. */
  text: JsonSpan | null
}

/** What a JSON text is at its top. */
export interface JsonTop {
  readonly isObject: boolean
  /** Those that were sought, in their order and at most two. */
  readonly members: readonly Readonly<JsonMember>[]
}

/** Bytes that are read without letting others in between: some milliseconds' work at most. */
export const BYTES_OF_A_TURN = 262_144

/**
 * Reads a JSON text as strictly as `JSON.parse` does, and finds the members at its top whose names are this one in any letter case.
 * Builds nothing: a body may have millions of members, and be nested as deep as it is long. A long one is read in turns with
 * other work.
 * @param name in ASCII, without capital letters. Some vendors' parsers do not heed the case of names, so a second spelling is a second member.
 * @returns null when the bytes are no JSON in UTF-8.
 */
export async function readJsonTop(json: Buffer, name: string, takeTurn: TakeTurn): Promise<JsonTop | null> {
  if (!isUtf8(json)) return null
  const reader = new JsonReader(json, name)
  for (let end = BYTES_OF_A_TURN; reader.readTo(end); end += BYTES_OF_A_TURN) await takeTurn(async () => {})
  return reader.top()
}

const AROUND: ReadonlySet<number> = new Set(Buffer.from(' \t\n\r:'))

/** The value in the rest of a member: the span without the blanks, and the colon, around what is in it. */
export function valueIn(json: Buffer, span: JsonSpan): JsonSpan {
  let { start, end } = span
  while (start < end && AROUND.has(json[start] ?? 0)) start += 1
  while (end > start && AROUND.has(json[end - 1] ?? 0)) end -= 1
  return { start, end }
}

/** A search for a byte pays off only behind so many others. */
const NEAR_BYTES = 512
const QUOTE = 0x22
const BACKSLASH = 0x5c
const { invalid: INVALID, value: VALUE, name: NAME, string: STRING } = JSON_STATE

class JsonReader {
  readonly #json: Buffer
  readonly #words: DataView
  readonly #sought: string
  readonly #nest = new JsonNest()
  readonly #members: JsonMember[] = []
  #at = 0
  #state = VALUE
  #isObject = false
  /** None stands before these, as far as was searched. */
  #nextQuote = 0
  #nextBackslash = 0
  /** Where the last string began, and whether it is the name of a member. */
  #begin = 0
  #isName = false
  /** The member at the top that is being read, where it is one of those that are sought. */
  #member: JsonMember | null = null

  constructor(json: Buffer, sought: string) {
    this.#json = json
    this.#words = new DataView(json.buffer, json.byteOffset, json.length)
    this.#sought = sought
  }

  /** Reads up to a byte. Whether there is more to read. */
  readTo(end: number): boolean {
    const json = this.#json
    const last = Math.min(end, json.length)
    let at = this.#at
    let state = this.#state
    while (at < last && state !== INVALID) {
      if (state === STRING) at = this.#endOfPlain(at, last)
      if (at === last) break
      const next = JSON_NEXT[256 * state + (json[at] ?? 0)] ?? INVALID
      state = next < FIRST_LEFT_TO_READER ? next : this.#follow(next, at)
      at += 1
    }
    this.#at = at
    this.#state = state
    return state !== INVALID && at < json.length
  }

  /** What was read, at its end; null when it is no JSON. */
  top(): JsonTop | null {
    const isWhole = this.#nest.depth === 0 && JSON_ENDS.has(this.#state)
    return isWhole ? { isObject: this.#isObject, members: this.#members } : null
  }

  /** Behind the characters of a string that stand for themselves, and are most of them. What ends a long row of them is searched for. */
  #endOfPlain(from: number, last: number): number {
    const near = Math.min(last, from + NEAR_BYTES)
    const at = endOfPlain(this.#json, this.#words, from, near)
    if (at < near || at === last) return at
    if (this.#nextQuote < at) this.#nextQuote = nextOf(this.#json, QUOTE, at, last)
    if (this.#nextBackslash < at) this.#nextBackslash = nextOf(this.#json, BACKSLASH, at, last)
    return endOfPrintable(this.#json, this.#words, at, Math.min(this.#nextQuote, this.#nextBackslash))
  }

  /** The state behind a byte that opens, closes or goes on with something. */
  #follow(state: number, at: number): number {
    switch (state) {
      case JSON_STATE['open object']:
        if (this.#nest.depth === 0) this.#isObject = true
        this.#nest.open('object')
        return JSON_STATE['first name']
      case JSON_STATE['open list']:
        this.#nest.open('list')
        return JSON_STATE['first item']
      case JSON_STATE['close object']:
        this.#endMember(at)
        return this.#nest.close('object') ? JSON_STATE['behind value'] : INVALID
      case JSON_STATE['close list']:
        return this.#nest.close('list') ? JSON_STATE['behind value'] : INVALID
      case JSON_STATE.comma:
        if (this.#nest.depth === 0) return INVALID
        this.#endMember(at)
        return this.#nest.innermost === 'object' ? NAME : VALUE
      case JSON_STATE['end string']:
        return this.#endString(at + 1)
      default:
        this.#begin = at
        this.#isName = state === JSON_STATE['begin name']
        return STRING
    }
  }

  #endString(end: number): number {
    const isAtTop = this.#isObject && this.#nest.depth === 1
    if (isAtTop && this.#isName) this.#beginMember(end)
    else if (isAtTop && this.#member !== null) this.#member.text = { start: this.#begin, end }
    return this.#isName ? JSON_STATE.colon : JSON_STATE['behind value']
  }

  #beginMember(end: number): void {
    // Two are as bad as many.
    const name = this.#members.length < 2 ? readName(this.#json, this.#begin, end, this.#sought) : null
    this.#member = name === null ? null : { name, rest: { start: end, end }, text: null }
    if (this.#member !== null) this.#members.push(this.#member)
  }

  #endMember(end: number): void {
    if (this.#nest.depth === 1 && this.#member !== null) this.#member.rest = { start: this.#member.rest.start, end }
  }
}

function endOfPlain(json: Buffer, words: DataView, from: number, last: number): number {
  let at = from
  while (at + 16 <= last && arePlain(oddIn(words, at) | oddIn(words, at + 4) | oddIn(words, at + 8) | oddIn(words, at + 12))) at += 16
  while (at + 4 <= last && arePlain(oddIn(words, at))) at += 4
  while (at < last) {
    const byte = json[at] ?? 0
    if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return at
    at += 1
  }
  return at
}

/** Where the next such byte stands; `last` when none does before it. */
function nextOf(json: Buffer, byte: number, from: number, last: number): number {
  const found = json.subarray(from, last).indexOf(byte)
  return found === -1 ? last : from + found
}

/** The first byte below 0x20; `end` when there is none before it. */
function endOfPrintable(json: Buffer, words: DataView, from: number, end: number): number {
  let at = from
  while (at + 32 <= end && arePlain(controlsIn(words, at) | controlsIn(words, at + 16))) at += 32
  while (at < end && (json[at] ?? 0) >= 0x20) at += 1
  return at
}

/** Sixteen bytes, by fours: a highest bit is set if one of them is below 0x20, because it borrows then. */
function controlsIn(words: DataView, at: number): number {
  return controlIn(words, at) | controlIn(words, at + 4) | controlIn(words, at + 8) | controlIn(words, at + 12)
}

function controlIn(words: DataView, at: number): number {
  const word = words.getInt32(at, true)
  return (word - 0x20202020) & ~word
}

/** Four bytes, taken together: a highest bit is set if one of them is a quote, a backslash or below 0x20, because it borrows then. */
function oddIn(words: DataView, at: number): number {
  const word = words.getInt32(at, true)
  return ((word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & ~word
}

function arePlain(odd: number): boolean {
  return (odd & 0x80808080) === 0
}

/**
 * The name as a key spells it; null for other keys. Every character of a name may be an escape of six bytes. Decodes nothing: a
 * body may have millions of keys.
 */
function readName(json: Buffer, start: number, end: number, name: string): string | null {
  const last = end - 1
  if (end - start - 2 > 6 * name.length) return null
  let at = start + 1
  let spelled = ''
  while (at < last && spelled.length < name.length) {
    const isEscape = json[at] === BACKSLASH
    const code = isEscape ? escapedCode(json, at) : (json[at] ?? 0)
    if (smallLetter(code) !== name.charCodeAt(spelled.length)) return null
    spelled += String.fromCharCode(code)
    at += isEscape ? 6 : 1
  }
  return at === last && spelled.length === name.length ? spelled : null
}

/** Of a capital letter of ASCII its small one. */
function smallLetter(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code
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
