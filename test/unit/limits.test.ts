import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SETTINGS } from '../../src/config.ts'
import { LIMITS } from '../../src/graphql/limits.ts'
import { REQUEST_TIMEOUT_MS, SERVER_LIMITS } from '../../src/http/server-limits.ts'

const LINES = ['docs/limits.md', 'docs/calls.md'].flatMap((file) => readFileSync(file, 'utf8').split('\n'))
/** The line of a table about this, without the blanks that align it. */
const lineOf = (what: string) => LINES.find((line) => line.startsWith(`| ${what} `))?.replace(/\s+/g, ' ')
const thousands = (number: number) => number.toLocaleString('en')

test.each([
  ['request line and headers', `${SERVER_LIMITS.maxHeaderSize / 1_024} KiB`],
  ['body, GraphQL, Bifrost and Respan', `${LIMITS.bodyBytes / 1_000_000} MB`],
  ['levels of JSON in a GraphQL request', thousands(LIMITS.jsonDepth)],
  ['size of a GraphQL document', `${LIMITS.documentBytes / 1_024} KiB`],
  ['tokens of a GraphQL document', `${thousands(LIMITS.tokens)}, and ${thousands(LIMITS.tokens)} comments`],
  ['a text to search for', `${LIMITS.searchCharacters} characters`],
  ['a text to find something by: name, id, cursor', `${thousands(LIMITS.soughtCharacters)} characters`],
  ['depth of a GraphQL document', thousands(LIMITS.depth)],
  ['fields of a GraphQL document', thousands(LIMITS.breadth)],
  ['nodes that a GraphQL document may return', thousands(LIMITS.nodes)],
  ['root fields, each alias counted', thousands(LIMITS.rootFields)],
  ['page', `${LIMITS.defaultPageSize} by default, ${LIMITS.maxPageSize} at most`],
  ['from the first byte to the end of the headers', `${SERVER_LIMITS.headersTimeout / 1_000} s`],
  ['from the first byte to the end of the body', `${REQUEST_TIMEOUT_MS / 1_000} s`],
  ["from the first byte to the end of a model call's body", `${SERVER_LIMITS.requestTimeout / 1_000} s`],
  ['body of a model call', `${Number(SETTINGS.CALL_MAX_BODY_BYTES.default) / 1_048_576} MiB: \`CALL_MAX_BODY_BYTES\``],
  ['bodies of all model calls in memory', `${Number(SETTINGS.CALL_BODY_MEMORY_BYTES.default) / 1_048_576} MiB: \`CALL_BODY_MEMORY_BYTES\``],
  ['model calls of one token in progress', `${SETTINGS.CALLS_PER_TOKEN.default}: \`CALLS_PER_TOKEN\``],
  ['model calls in progress to one provider', `${SETTINGS.CALLS_PER_PROVIDER.default}: \`CALLS_PER_PROVIDER\``],
  ["silence within the vendor's answer", `${SETTINGS.CALL_IDLE_SECONDS.default} s: \`CALL_IDLE_SECONDS\``],
  ['finishing model calls in flight at a stop', `${SETTINGS.CALL_STOP_GRACE_SECONDS.default} s: \`CALL_STOP_GRACE_SECONDS\``],
  ['idle connection', `${SERVER_LIMITS.keepAliveTimeout / 1_000} s`],
  ['requests of one token in a minute', 'none: `RATE_LIMIT_PER_MINUTE`'],
  ['wrong tokens from one address in a minute', `${SETTINGS.LOGIN_FAILURES_PER_MINUTE.default}: \`LOGIN_FAILURES_PER_MINUTE\``],
  ['answers kept in memory', `${Number(SETTINGS.CACHE_MAX_BYTES.default) / 1_048_576} MiB: \`CACHE_MAX_BYTES\``],
])('the documents have the limit of "%s" as it is', (what, limit) => {
  expect(lineOf(what)).toMatch(new RegExp(`^\\| ${what.replace(/[()]/g, '\\$&')} \\| ${limit.replace(/[()|]/g, '\\$&')}`))
})

test('docs/limits.md names settings that there are', () => {
  const lines = readFileSync('docs/limits.md', 'utf8').split('\n')
  const named = new Set(lines.flatMap((line) => Array.from(line.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g), ([, name = '']) => name)))
  const answers = [
    'BAD_USER_INPUT',
    'RATE_LIMITED',
    'VALIDATION_FAILED',
    'QUERY_TOO_COMPLEX',
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
  ]
  expect([...named].filter((name) => !(name in SETTINGS) && !answers.includes(name))).toEqual([])
})
