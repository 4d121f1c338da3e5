import { BoundedBytes } from './bounded-bytes.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Bytes that are no part of the structure: blanks, numbers, words. */
const IS_PLAIN = new Uint8Array(256).fill(1)
for (const byte of [QUOTE, COMMA, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]) IS_PLAIN[byte] = 0

/** Members of an answer, or of an event, that are a usage object. */
const USAGE: ReadonlySet<string> = new Set(['usage', 'usageMetadata', 'meta', 'amazon-bedrock-invocationMetrics'])
/** Members that hold one of these: of Responses, of Anthropic's start, of Cohere's end, of Groq, of Google's interactions, of Cloudflare. */
const HOLDERS: ReadonlySet<string> = new Set(['response', 'message', 'delta', 'x_groq', 'interaction', 'result'])
/** Members at the top that are a figure themselves: Ollama's. */
const FIGURES: ReadonlySet<string> = new Set(['prompt_eval_count', 'eval_count'])
const LONGEST_FIGURE = 20
const LONGEST_NAME = 'amazon-bedrock-invocationMetrics'.length
/** Members whose text is the model that has answered: at the top or in a holder, of most vendors, of Google, of Vercel. */
const MODELS: ReadonlySet<string> = new Set(['model', 'modelVersion', 'modelId'])
/** How the names of all these begin: of any other member the name is not read. */
const BEGINS_NAME = new Uint8Array(256)
for (const name of [...USAGE, ...HOLDERS, ...FIGURES, ...MODELS]) BEGINS_NAME[name.charCodeAt(0)] = 1
/** A longer name of a model is none. */
const LONGEST_MODEL = 1_000

/** A usage object is much smaller. */
const MAX_VALUE_BYTES = 65_536

/** Hears of what is found. */
export interface ScanListener {
  /** A usage object, and the member at the top that is it, or holds it; empty for figures that stand at the top themselves. */
  usage(member: string, value: unknown): void
  /** The name of the model that has answered. */
  model(name: string): void
}

/**
 * Finds the usage objects and the model in JSON while its bytes come, however they are split, and keeps nothing else. Looks at the
 * members at the top alone, so that a schema or an argument with a member of the same name is none; of an array, at those of its
 * elements.
 */
export class UsageScanner {
  readonly #listener: ScanListener
  /** Brackets that are open. */
  #depth = 0
  /** How deep the members at the top are: 1, or 2 in an array. */
  #top = 1
  #isInString = false
  #isEscaped = false
  /** Whether a string that begins here is the name of a member that may count. */
  #isNameNext = false
  #isInName = false
  #name = ''
  #isInModel = false
  #model = ''
  #isInFigure = false
  #figure = ''
  /** The member at the top whose value is read. */
  #member = ''
  /** How deep the usage object that is kept is; 0 when none is. */
  #keptDepth = 0
  readonly #kept = new BoundedBytes(MAX_VALUE_BYTES)

  constructor(listener: ScanListener) {
    this.#listener = listener
  }

  get isArray(): boolean {
    return this.#top === 2
  }

  /** Begins with new JSON. */
  reset(): void {
    this.#depth = 0
    this.#top = 1
    this.#isInString = false
    this.#isEscaped = false
    this.#isNameNext = false
    this.#isInName = false
    this.#isInModel = false
    this.#isInFigure = false
    this.#member = ''
    this.#keptDepth = 0
    this.#kept.clear()
  }

  write(bytes: Buffer): void {
    const { length } = bytes
    // Where the part of the usage object begins that is in these bytes.
    let keptFrom = 0
    for (let at = 0; at < length; at += 1) {
      if (this.#isInString) {
        at = this.#endOfString(bytes, at)
        continue
      }
      const from = at
      while (at < length && IS_PLAIN[bytes[at] ?? 0] === 1) at += 1
      if (this.#isInFigure) this.#takeFigure(bytes.toString('latin1', from, Math.min(at, from + LONGEST_FIGURE)), at < length)
      const step = this.#step(bytes[at] ?? 0)
      if (step === 'begins') keptFrom = at
      else if (step === 'ends') this.#finish(bytes.subarray(keptFrom, at + 1))
    }
    if (this.#keptDepth > 0) this.#kept.append(bytes.subarray(keptFrom))
  }

  /** Takes a part of a figure. @param isEnd whether it is the last one. */
  #takeFigure(part: string, isEnd: boolean): void {
    if (this.#figure.length <= LONGEST_FIGURE) this.#figure += part
    if (!isEnd) return
    this.#isInFigure = false
    const [, digits] = /^\s*:\s*(\d+)\s*$/.exec(this.#figure) ?? []
    if (digits !== undefined) this.#listener.usage('', { [this.#name]: Number(digits) })
  }

  /** Takes a byte outside strings: whether a usage object begins or ends with it. */
  #step(byte: number): 'begins' | 'ends' | null {
    switch (byte) {
      case QUOTE:
        this.#beginString()
        return null
      case COMMA:
        this.#isNameNext = this.#depth === this.#top || this.#isInHolder()
        return null
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.#open(byte) ? 'begins' : null
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        return this.#close() ? 'ends' : null
      default:
        return null
    }
  }

  /** Goes on in a string; the index of its quote, or of the last byte. */
  #endOfString(bytes: Buffer, from: number): number {
    const { length } = bytes
    let at = from
    if (this.#isInName && this.#name === '' && BEGINS_NAME[bytes[from] ?? 0] === 0) this.#isInName = false
    if (this.#isEscaped) {
      this.#isEscaped = false
      at += 1
    }
    while (at < length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
    if (this.#isInName && this.#name.length <= LONGEST_NAME)
      this.#name += bytes.toString('latin1', from, Math.min(at, from + LONGEST_NAME + 1))
    if (this.#isInModel && this.#model.length <= LONGEST_MODEL)
      this.#model += bytes.toString('latin1', from, Math.min(at, from + LONGEST_MODEL + 1))
    if (at < length) this.#endString()
    // The byte behind a backslash comes later.
    else if (at > length) this.#isEscaped = true
    return Math.min(at, length - 1)
  }

  #beginString(): void {
    this.#isInString = true
    this.#isInName = this.#isNameNext
    this.#isNameNext = false
    if (this.#isInName) this.#name = ''
    this.#isInModel = !this.#isInName && (this.#depth === this.#top || this.#isInHolder()) && MODELS.has(this.#name)
    if (this.#isInModel) this.#model = ''
  }

  #endString(): void {
    this.#isInString = false
    this.#isInFigure = this.#isInName && this.#depth === this.#top && FIGURES.has(this.#name)
    if (this.#isInFigure) this.#figure = ''
    if (!this.#isInModel) return
    this.#isInModel = false
    const name = this.#model.length > LONGEST_MODEL ? null : unescaped(this.#model)
    if (typeof name === 'string' && name !== '') this.#listener.model(name)
  }

  #isInHolder(): boolean {
    return this.#depth === this.#top + 1 && HOLDERS.has(this.#member)
  }

  /** Whether a usage object begins here. */
  #open(byte: number): boolean {
    if (this.#depth === 0 && byte === OPEN_BRACKET) this.#top = 2
    const isAtTop = this.#depth === this.#top
    if (isAtTop) this.#member = byte === OPEN_BRACE ? this.#name : ''
    const isUsage = this.#keptDepth === 0 && (isAtTop || this.#isInHolder()) && USAGE.has(this.#name)
    this.#depth += 1
    this.#isNameNext = byte === OPEN_BRACE && (this.#depth === this.#top || this.#isInHolder())
    if (isUsage && byte === OPEN_BRACE) this.#keptDepth = this.#depth
    return this.#keptDepth === this.#depth
  }

  /** Whether the usage object ends here. */
  #close(): boolean {
    const isEnd = this.#keptDepth === this.#depth && this.#keptDepth > 0
    this.#depth -= 1
    this.#isNameNext = false
    return isEnd
  }

  #finish(rest: Buffer): void {
    this.#keptDepth = 0
    // Most come in one piece, which is not copied.
    const isOnePiece = this.#kept.isEmpty && rest.length <= MAX_VALUE_BYTES
    const isWhole = isOnePiece || this.#kept.append(rest)
    const json = isOnePiece ? rest : this.#kept.bytes
    this.#kept.clear()
    if (isWhole) this.#listener.usage(this.#member, parsed(json))
  }
}

/** What stands between the quotes of a text of JSON, in latin1. */
function unescaped(text: string): unknown {
  return PLAIN_TEXT.test(text) ? text : parsed(Buffer.from(`"${text}"`, 'latin1'))
}

const PLAIN_TEXT = /^[ !#-[\]-~]*$/

function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'))
  } catch {
    return null
  }
}
