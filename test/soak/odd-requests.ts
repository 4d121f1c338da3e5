/** What the fuzzer sends: requests that are odd in their method, path, headers, body, encoding or query. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { getNamedType, isCompositeType, isObjectType } from 'graphql'
import { schema } from '../../src/graphql/schema.ts'
import { rootMounts } from '../../src/rest/mounts.ts'

export interface OddRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | null
  /** Sends the body in chunks, without its length. */
  readonly isChunked: boolean
  /** Which of the caller's tokens it presents. */
  readonly token: number
}

/** How many tokens the sender has: first those that are not let in, then as many that are. */
const TOKENS = { wrong: 3, right: 3 }

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const FIELDS = [
  'name',
  'type',
  'base_url',
  'baseUrl',
  'api_keys',
  'apiKey',
  'keys',
  'enabled',
  'settings',
  'provider',
  'provider_id',
  'metadata',
]

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'openai', '__proto__', '\u0000', '💥'.repeat(20), '%00', '../..'),
)
const oddJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(oddText, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 8 }),
)
const oddBody = fc.oneof(
  { weight: 4, arbitrary: oddJson.map((value) => JSON.stringify(value)) },
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '{', '[]', 'null', '{"a":'.repeat(60), `{"name":"${'x'.repeat(5_000)}"}`, `"${'\\ud800'.repeat(50)}"`),
)
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    ...['accept', 'content-type', 'content-encoding', 'if-match', 'if-none-match', 'x-forwarded-for', 'coder-session-token', 'origin'],
    ...['accept-encoding', 'traceparent', 'x-request-id', 'x-http-method-override', 'range', 'cookie'],
  ),
  fc.oneof(
    fc.constantFrom('application/json', 'text/html', 'gzip', '*', '"1"', 'W/"x"', 'a/b;q=2'),
    fc.constantFrom('text/event-stream', 'multipart/mixed', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16'),
    fc.string({ maxLength: 30 }).filter((text) => /^[\x21-\x7e]*$/.test(text)),
  ),
  { maxKeys: 3 },
)
/** Mostly one that gets in, so that most requests come as far as they can. */
const token = fc.oneof(
  { weight: 1, arbitrary: fc.nat(TOKENS.wrong - 1) },
  { weight: 6, arbitrary: fc.integer({ min: TOKENS.wrong, max: TOKENS.wrong + TOKENS.right - 1 }) },
)

/** The ways in which a body can be encoded, honestly or not. */
const ENCODINGS: Readonly<Record<string, { readonly header?: string; encode(body: Buffer): Buffer }>> = {
  plain: { encode: (body) => body },
  gzip: { header: 'gzip', encode: (body) => gzipSync(body) },
  deflate: { header: 'deflate', encode: (body) => deflateSync(body) },
  brotli: { header: 'br', encode: (body) => brotliCompressSync(body) },
  'gzip that is cut off': { header: 'gzip', encode: (body) => gzipSync(body).subarray(0, -5) },
  'a gzip that it does not tell of': { encode: (body) => gzipSync(body) },
  'a gzip that it is not': { header: 'gzip', encode: (body) => body },
  'UTF-16': { encode: (body) => Buffer.from(body.toString(), 'utf16le') },
  'Latin-1': { encode: (body) => Buffer.from(body.toString(), 'latin1') },
  'with a byte order mark': { encode: (body) => Buffer.concat([Buffer.from('\ufeff'), body]) },
  base64: { header: 'base64', encode: (body) => Buffer.from(body.toString('base64')) },
}
const encoding = fc.oneof(
  { weight: 4, arbitrary: fc.constant('plain') },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(ENCODINGS)) },
)

interface Parts extends Omit<OddRequest, 'body'> {
  readonly body: string | Buffer
  readonly encoding: string
}

function toRequest({ encoding: name, body, headers, ...parts }: Parts): OddRequest {
  const { header, encode } = ENCODINGS[name] ?? { encode: (bytes: Buffer) => bytes }
  return {
    ...parts,
    headers: { 'content-type': 'application/json', ...headers, ...(header === undefined ? {} : { 'content-encoding': header }) },
    body: ['GET', 'HEAD'].includes(parts.method) ? null : encode(Buffer.from(body)),
  }
}

const routes = [
  ...rootMounts('bifrost').flatMap(({ dialect, prefix }) => dialect.routes.map(({ method, path }) => ({ method, path: prefix + path }))),
  ...['/', '/healthz', '/readyz', '/metrics', '/console', '/console/:file', '/graphql', '/:nothing', '/api/:nothing'].map((path) => ({
    ...{ method: 'GET', path },
  })),
]
const shared = { headers: oddHeaders, token, encoding, isChunked: fc.boolean() }
const rest: fc.Arbitrary<OddRequest> = fc
  .record({
    ...shared,
    route: fc.constantFrom(...routes),
    method: fc.option(fc.constantFrom(...METHODS), { freq: 4 }),
    segment: oddText.map(encodeURIComponent),
    query: oddText,
    body: oddBody,
  })
  .map(({ route, method, segment, query, ...parts }) =>
    toRequest({
      ...parts,
      method: method ?? route.method,
      path: `${route.path.replace(/:\w+/g, segment || 'openai')}?${encodeURIComponent(query)}`,
    }),
  )

/** A selection that fits the schema but for its arguments, some levels deep. */
function selectionOf(typeName: string, depth: number, choose: () => number): string {
  const type = schema.getType(typeName)
  if (!isObjectType(type) || depth === 0) return '__typename'
  const fields = Object.values(type.getFields())
  return Array.from({ length: 1 + Math.floor(choose() * 3) }, () => {
    const field = fields[Math.floor(choose() * fields.length)]
    if (field === undefined) return '__typename'
    const inner = getNamedType(field.type)
    const given = field.args.length > 0 && choose() < 0.5 ? `(${field.args[Math.floor(choose() * field.args.length)]?.name}: $odd)` : ''
    return `${field.name}${given}${isCompositeType(inner) ? ` { ${selectionOf(inner.name, depth - 1, choose)} }` : ''}`
  }).join(' ')
}
const document = fc
  .record({
    chances: fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
    kind: fc.constantFrom('Query', 'Mutation', 'Query', 'Mutation', 'Subscription'),
    cut: fc.nat({ max: 400 }),
    isCut: fc.boolean(),
  })
  .map(({ chances, kind, cut, isCut }) => {
    const choose = () => chances.next().value ?? 0
    const type = ['ID', 'String', 'Int', 'CreateProviderInput', 'ProviderRef'][Math.floor(choose() * 5)]
    const text = `${kind.toLowerCase()} Fuzz($odd: ${type}) { ${selectionOf(kind, 5, choose)} }`
    return isCut ? text.slice(0, cut) : text
  })
const graphql: fc.Arbitrary<OddRequest> = fc
  .record({
    ...shared,
    query: fc.oneof({ weight: 5, arbitrary: document }, oddText),
    odd: oddJson,
    raw: fc.option(oddBody, { freq: 6 }),
    isGet: fc.integer({ min: 0, max: 5 }).map((chance) => chance === 0),
  })
  .map(({ query, odd, raw, isGet, ...parts }) => {
    const inUrl = isGet ? `?${new URLSearchParams({ query: query.toWellFormed(), variables: JSON.stringify({ odd }) })}` : ''
    return toRequest({
      ...parts,
      method: isGet ? 'GET' : 'POST',
      path: `/graphql${inUrl}`,
      body: raw ?? JSON.stringify({ query, variables: { odd } }),
    })
  })

export const oddRequest: fc.Arbitrary<OddRequest> = fc.oneof(rest, graphql)

/** Bytes that are no HTTP at all, or begin like it. Nobody signs them, so whatever they ask for is refused. */
export const malformed = fc
  .tuple(
    fc.constantFrom('', '', 'POST /graphql HTTP/1.1\r\nhost: x\r\n', 'POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n'),
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
  )
  .map(([start, bytes]) => Buffer.concat([Buffer.from(start), bytes]))
