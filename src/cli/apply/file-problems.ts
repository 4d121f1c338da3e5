import { distance } from 'fastest-levenshtein'
import { type Document, type ErrorCode, isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'

/**
 * What is wrong with a file, line by line, in words for whoever wrote it. Nothing of the file is repeated but the names of
 * its fields: there may be a secret in it.
 */
export type FileReading<Data> = { readonly data: Data } | { readonly problems: readonly string[] }

const SECRET_FIELDS: readonly string[] = ['value', 'key', 'apiKey', 'password', 'accessKey', 'accessKeySecret']
/** As much of a field's name as is shown. */
const NAME_LENGTH = 40

const SYNTAX: Partial<Readonly<Record<ErrorCode, string>>> = {
  BAD_INDENT: 'the line is not indented like those around it',
  BLOCK_AS_IMPLICIT_KEY: 'a colon is out of place',
  DUPLICATE_KEY: 'the field appears twice',
  MISSING_CHAR: 'a character is missing here or before, e.g. a colon, a quote or a bracket, or spaces at the start of the line',
  MULTIPLE_DOCS: 'there is more than one document: `---` begins another one',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab indents the line: use spaces',
  UNEXPECTED_TOKEN: 'something is out of place',
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'must be a list',
  boolean: 'must be true or false',
  int: 'must be a whole number',
  number: 'must be a number',
  object: 'must have fields below it',
  string: 'must be text: put quotes around it',
}

/** Reads YAML or JSON that a schema describes. */
export function readFile<Schema extends z.ZodType>(content: string, file: string, schema: Schema): FileReading<z.output<Schema>> {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const [broken] = document.errors
  if (broken !== undefined) return { problems: [`${place(broken.pos[0])}: this is not valid YAML: ${SYNTAX[broken.code] ?? broken.code}.`] }
  const unreadable = content.indexOf('\ufffd')
  if (unreadable >= 0) return { problems: [`${place(unreadable)}: this is not UTF-8. Save the file in that encoding.`] }
  const parsed = parsedBy(schema, document)
  if (parsed === null) {
    const { first = 0, broken = first } = findAliases(document)
    return { problems: [`${place(broken)}: ${BROKEN_ALIAS}.`] }
  }
  if (parsed.success) return { data: parsed.data }
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [`${place(offsetOf(document, issue.path))}: ${showPath(issue.path)} ${wordingOf(issue)}.`]
    const known = fieldsAt(schema, issue.path)
    return issue.keys.map(
      (key) => `${place(offsetOfField(document, issue.path, key))}: ${showPath(issue.path)} has ${unknownField(key, known)}`,
    )
  })
  return { problems }
}

const BROKEN_ALIAS =
  'an alias (text that begins with `*`) cannot be followed: what it names is not there, holds it, or is repeated too often. Put quotes around text'

/** Null when an alias cannot be followed: what the parser says of that repeats its name, which may be an unquoted secret. */
function parsedBy<Schema extends z.ZodType>(schema: Schema, document: Document): z.ZodSafeParseResult<z.output<Schema>> | null {
  if (findAliases(document).broken !== undefined) return null
  try {
    return schema.safeParse(document.toJS({ maxAliasCount: 100 }))
  } catch (error) {
    if (error instanceof ReferenceError) return null
    throw error
  }
}

/** Where the first alias is, and the first that names nothing, or what it is a part of. */
function findAliases(document: Document): { readonly first: number | undefined; readonly broken: number | undefined } {
  const ends = new Map<string, number>()
  let first: number | undefined
  let broken: number | undefined
  visit(document, {
    Node: (_key, node) => {
      const [start = 0, , end = 0] = node.range ?? []
      if (!isAlias(node)) {
        if (node.anchor) ends.set(node.anchor, end)
        return
      }
      first ??= start
      // What it is a part of has begun before, and ends behind it.
      if ((ends.get(node.source) ?? Infinity) > start) broken ??= start
    },
  })
  return { first, broken }
}

function wordingOf(issue: z.core.$ZodIssue): string {
  const { message } = issue
  if (!message.startsWith('Invalid ')) return message.replace(/\.$/, '')
  if (issue.code === 'invalid_type')
    return message.endsWith('received undefined') ? 'is missing' : (TYPES[issue.expected] ?? 'is not right')
  return issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : 'is not right'
}

function unknownField(key: string, known: readonly string[]): string {
  if (SECRET_FIELDS.includes(key)) {
    const from = key === 'key' || key === 'apiKey' ? 'value' : key
    return `a secret in the field \`${key}\`. A secret must not be in the file: write \`${from}From: { env: NAME }\`.`
  }
  const meant = nearest(key.slice(0, NAME_LENGTH), known)
  const advice = meant === null ? `The fields here are ${known.join(', ')}.` : `Did you mean \`${meant}\`?`
  return `a field that does not exist: \`${key.slice(0, NAME_LENGTH)}\`. ${advice}`
}

/** The name that was probably meant, with two wrong letters at most; null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const rated = candidates
    .map((candidate) => ({ candidate, mistakes: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, mistakes }) => mistakes <= Math.min(2, candidate.length / 2))
    .sort((one, other) => one.mistakes - other.mistakes)
  return rated[0]?.candidate ?? null
}

/** The names of the fields that the object at the path may have. */
function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let found: z.core.$ZodType | undefined = unwrapped(schema)
  for (const step of path) {
    if (found instanceof z.ZodArray) found = unwrapped(found.element)
    else if (found instanceof z.ZodObject) found = unwrapped(found.shape[String(step)])
    else return []
  }
  return found instanceof z.ZodObject ? Object.keys(found.shape) : []
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema
}

/** Where the value at the path begins; for one that is missing, what it is missing from. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node)) return node.range?.[0] ?? 0
  }
  return 0
}

function offsetOfField(document: Document, path: readonly PropertyKey[], name: string): number {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true)
  const keys = isMap(parent) ? parent.items.map(({ key }) => key) : []
  const key = keys.find((one) => isScalar(one) && one.value === name)
  return isScalar(key) ? (key.range?.[0] ?? 0) : offsetOf(document, path)
}

/** `providers[0].apiKeys[1].weight` */
export function showPath(path: readonly PropertyKey[]): string {
  const joined = path
    .map((step) => (typeof step === 'number' || /^\d+$/.test(String(step)) ? `[${String(step)}]` : `.${String(step)}`))
    .join('')
  return joined === '' ? 'the file' : joined.replace(/^\./, '')
}
