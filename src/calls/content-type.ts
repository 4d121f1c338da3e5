import { LRUCache } from 'lru-cache'

/** A content type, read strictly. */
export interface ContentType {
  /** In lower case. */
  readonly type: string
  /** By their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const TYPE = new RegExp(`^[ \\t]*(${TOKEN}/${TOKEN})[ \\t]*(?=;|$)`)

/** Programs send few content types, again and again. */
const known = new LRUCache<string, ContentType>({ max: 100 })
const LONGEST_KEPT = 100

/** Reads a content type; null when parsers may differ in what they make of it. */
export function parseContentType(text: string): ContentType | null {
  const found = known.get(text)
  if (found !== undefined) return found
  const parsed = parsedType(text)
  // The boundary of a form is another one each time.
  if (parsed !== null && text.length <= LONGEST_KEPT && !parsed.parameters.has('boundary')) known.set(text, parsed)
  return parsed
}

function parsedType(text: string): ContentType | null {
  const [head = '', type] = TYPE.exec(text) ?? []
  const parameters = type === undefined ? null : parseParameters(text.slice(head.length))
  return type === undefined || parameters === null ? null : { type: type.toLowerCase(), parameters }
}

/** Remembers where it stopped: it is set back before each use. */
const PARAMETER = new RegExp(`;[ \\t]*(?:(${TOKEN})=(?:"((?:[^"\\\\]|\\\\(?!"))*)"|(${TOKEN})))?[ \\t]*`, 'y')

/**
 * Reads the parameters of a header, each behind a semicolon; null when one is irregular or comes twice. A backslash in front of
 * a quote is irregular: some parsers end the text there, and others do not.
 */
export function parseParameters(text: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>()
  PARAMETER.lastIndex = 0
  while (PARAMETER.lastIndex < text.length) {
    const [whole, name, quoted, plain] = PARAMETER.exec(text) ?? []
    if (whole === undefined) return null
    if (name === undefined) continue
    if (found.has(name.toLowerCase())) return null
    found.set(name.toLowerCase(), quoted ?? plain ?? '')
  }
  return found
}

/** Whether a text of this type is UTF-8: without a word of it, it is. */
export function isUtf8Type({ parameters }: ContentType): boolean {
  return /^(?:utf-?8|us-ascii)$/i.test(parameters.get('charset') ?? 'utf-8') && !parameters.has('charset*')
}
