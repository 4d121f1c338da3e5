import { isUtf8 } from 'node:buffer'
import type { CallModel, CallSource } from './call-model.ts'
import { type ContentType, isUtf8Type, parseContentType, parseParameters } from './content-type.ts'

/** A form has few parts; each costs time. */
const MAX_PARTS = 1_000
const MAX_PART_HEADERS = 4_096
const BLANK_LINE = '\r\n\r\n'

/** RFC 2046, section 5.1.1. */
export function boundaryOf({ type, parameters }: ContentType): string | null {
  if (type !== 'multipart/form-data') return null
  const names = [...parameters.keys()]
  const boundary = parameters.get('boundary') ?? ''
  const isPlain = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)
  return isPlain && names.every((name) => !name.startsWith('boundary*')) ? boundary : null
}

/**
 * The part of a form that is named `model`, by RFC 2046 and RFC 7578 to the letter: lines end with CRLF, delimiters are lines, and
 * the last one closes. Whatever parsers read differently is unreadable, since the vendor's may find another model than we do.
 * @param isWhole whether the form ends here; else it goes on, and what is behind its last delimiter is not looked at.
 * @param member another name of the part, in small letters.
 */
export function modelOfForm(bytes: Buffer, boundary: string, isWhole: boolean, member = 'model'): CallModel {
  const parts = splitForm(bytes, boundary, isWhole)?.map((part) => readPart(bytes, part, member)) ?? [null]
  const found: CallSource[] = []
  let otherSpellings = 0
  for (const part of parts) {
    if (part === null) return { kind: 'unreadable' }
    if (part.name === member) found.push(part.value)
    else if (part.name.trim().toLowerCase() === member) otherSpellings += 1
  }
  const [source] = found
  if (found.length + otherSpellings > 1) return { kind: 'ambiguous' }
  return source === undefined || source.start === source.end ? { kind: 'none' } : { kind: 'model', name: textOf(bytes, source), source }
}

/** What is between the delimiters; null when they are irregular. */
function splitForm(bytes: Buffer, boundary: string, isWhole: boolean): CallSource[] | null {
  const delimiter = `--${boundary}`
  // Some parsers take a delimiter behind any end of a line.
  if (!startsWith(bytes, delimiter) || bytes.includes(`\r${delimiter}`)) return null
  const parts: CallSource[] = []
  let at = delimiter.length
  while (!isClosing(bytes, at)) {
    const lineFeed = bytes.indexOf(`\n${delimiter}`, at + 2)
    if (lineFeed === -1) return isWhole ? null : parts
    if (!isLineEnd(bytes, at) || bytes[lineFeed - 1] !== CR || parts.length >= MAX_PARTS) return null
    parts.push({ start: at + 2, end: lineFeed - 1 })
    at = lineFeed + 1 + delimiter.length
  }
  return isEnd(bytes, at + 2) ? parts : null
}

const CR = 0x0d
const LF = 0x0a
const DASH = 0x2d

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.toString('latin1', 0, text.length) === text
}

/** Whether the delimiter that ends here is the last one. */
function isClosing(bytes: Buffer, at: number): boolean {
  return bytes[at] === DASH && bytes[at + 1] === DASH
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === CR && bytes[at + 1] === LF
}

/** Nothing follows the last delimiter but the end of its line. */
function isEnd(bytes: Buffer, at: number): boolean {
  return at === bytes.length || (at + 2 === bytes.length && isLineEnd(bytes, at))
}

/** More bytes than the longest name of a model has, so that more of them need not be read to refuse a longer one. */
const MOST_READ = 10_000

function textOf(bytes: Buffer, { start, end }: CallSource): string {
  return bytes.toString('utf8', start, Math.min(end, start + MOST_READ))
}

interface FormPart {
  readonly name: string
  readonly value: CallSource
}

/** Null when it is irregular. */
function readPart(bytes: Buffer, { start, end }: CallSource, member: string): FormPart | null {
  const length = bytes.subarray(start, Math.min(end, start + MAX_PART_HEADERS + BLANK_LINE.length)).indexOf(BLANK_LINE)
  const headers = length === -1 ? null : readHeaders(bytes.toString('latin1', start, start + length))
  const [, rest] = /^form-data[ \t]*(;.*)$/i.exec(headers?.get('content-disposition') ?? '') ?? []
  const parameters = rest === undefined ? null : parseParameters(rest)
  const name = parameters?.get('name')
  if (headers === null || parameters === null || name === undefined || !hasPlainName(parameters)) return null
  const value = { start: start + length + BLANK_LINE.length, end }
  const isPlain = name !== member || isPlainText(headers, parameters, bytes.subarray(value.start, end))
  return isPlain ? { name, value } : null
}

/** Null when one is irregular, or comes twice. */
function readHeaders(text: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
    if (name === undefined || value === undefined || found.has(name.toLowerCase())) return null
    found.set(name.toLowerCase(), value.trim())
  }
  return found
}

/** Parsers differ in which of two spellings of a name they take, and `_charset_` would change the values of others. */
function hasPlainName(parameters: ReadonlyMap<string, string>): boolean {
  const isExtended = [...parameters.keys()].some((name) => name.startsWith('name*'))
  return !isExtended && parameters.get('name') !== '_charset_'
}

/** Whether a value is the text that its bytes say: no file, in no other encoding. */
function isPlainText(headers: ReadonlyMap<string, string>, parameters: ReadonlyMap<string, string>, value: Buffer): boolean {
  const isFile = [...parameters.keys()].some((name) => name.startsWith('filename'))
  const isAsItIs = /^(?:7bit|8bit|binary)$/i.test(headers.get('content-transfer-encoding') ?? 'binary')
  const type = parseContentType(headers.get('content-type') ?? 'text/plain')
  return !isFile && isAsItIs && type !== null && isUtf8Type(type) && isUtf8(value)
}
