import type { GraphQLError } from 'graphql'
import { reworded } from './reworded.ts'

/** What a message of graphql-js may say of an expectation: names of the schema and of fields, never a value. */
const EXPECTATIONS = [
  /Field "\w{1,64}" of required type "[\w![\]]+" was not provided/,
  /Field "\w{1,64}" is not defined by type "\w+"/,
  /A (?:UUID|DateTime|Secret|JSON value) must [a-z][\w :-]*/,
  /\w+ cannot represent (?:a )?non[- ][\w -]*value/,
  /[Ee]xpected (?:value of )?(?:non-nullable )?type "?[\w![\]]+"?/,
  /[Ee]xactly one key must be specified/,
]
const ENUMERATION = /does not exist in "(\w+)" enum|Enum "(\w+)" cannot represent/
const SYNTAX = /^Syntax Error: (?:Expected (?:"[^"\w]{1,4}"|<EOF>|\w+)|Unexpected (?:"[^"\w]{1,4}"|<EOF>|\w+)|Unterminated string)/
/** The text of graphql-js has a slip of the pen, which a later release may mend. */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/
const QUOTES_VALUE = / found | cannot represent | [Ii]nvalid value /
const IDENTIFIER = /^[\w$@.![\]]{1,128}$/
/** A key can have the form of a name, and then stand where one belongs. No name of the schema is like that. */
const KEY_LIKE = /^[$@]?(?:(?=.*\d)\w{16,}|(?:sk|pk|rk|gsk|xai|hf|r8|gw)_\w{8,})$/

/** 400 only to who asks for `application/graphql-response+json`, as the GraphQL-over-HTTP specification has it. */
const SPECIFIED = { status: 400, spec: true }

/**
 * The same error without any value that the caller sent: graphql-js quotes what it rejects, so a key in the wrong place
 * would stand in the message, and from there in a client's log. Place and expectation stay, which is what helps.
 */
export function withoutQuotedInput(error: GraphQLError): GraphQLError {
  const { code = 'BAD_USER_INPUT', http, originalError } = error.extensions
  // Of the extensions only these two are known to quote nothing; for JSON that cannot be parsed there is a third.
  const known = { code, ...(http === undefined ? {} : { http }) }
  if (originalError !== undefined) return reworded(error, describe(error.message), { code, http: { status: 400 } })
  return reworded(error, describe(error.message), error.message.startsWith('Variable "$') ? { ...known, http: SPECIFIED } : known)
}

function describe(message: string): string {
  const [, tokens] = TOO_MANY_TOKENS.exec(message) ?? []
  if (tokens !== undefined)
    return `The document is too long: it has more than ${tokens} tokens. Ask for fewer fields, or in several requests.`
  if (message.startsWith('Syntax Error')) return `${SYNTAX.exec(message)?.[0] ?? 'Syntax Error'}.`
  const [variable] = /^Variable "\$\w{1,64}"/.exec(message) ?? []
  if (variable !== undefined && QUOTES_VALUE.test(message)) {
    const [path = ''] = / at "[\w.[\]]{1,512}"/.exec(message) ?? []
    return namesAlone(`${variable} has an invalid value${path}.${expectation(message)}`)
  }
  return namesAlone(QUOTES_VALUE.test(message) ? `A value does not fit its type.${expectation(message)}` : message)
}

/** The text without what is quoted in it and is no name. */
function namesAlone(text: string): string {
  return text.replace(/"([^"]*)"/g, (quoted, name: string) => (IDENTIFIER.test(name) && !KEY_LIKE.test(name) ? quoted : '"…"'))
}

function expectation(message: string): string {
  const [, one, other] = ENUMERATION.exec(message) ?? []
  const enumeration = one ?? other
  if (enumeration !== undefined) return ` Expected a value of the enum "${enumeration}".`
  for (const pattern of EXPECTATIONS) {
    const [found] = pattern.exec(message) ?? []
    if (found !== undefined) return ` ${found}.`
  }
  return ''
}
