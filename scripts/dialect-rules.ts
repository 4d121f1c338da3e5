import { type CallerRules, GATEWAY_RULES } from '../src/auth/caller-rules.ts'
import { DIALECTS } from '../src/rest/mounts.ts'

type Words = { readonly [Name in keyof CallerRules]: { readonly title: string; readonly say: (rules: CallerRules) => string } }

/** What each rule is about, and what it means to a client. */
const WORDS: Words = {
  keyCharacters: {
    title: 'a key is',
    say: ({ keyCharacters }) => (keyCharacters === 'any' ? 'any text without blanks around it' : 'printable ASCII'),
  },
  endpoint: {
    title: 'an endpoint is saved',
    say: ({ endpoint }) => (endpoint === 'strict' ? 'when the operator allows it' : 'unless nobody may call it'),
  },
  refusesPrivateEndpoint: {
    title: 'a private endpoint is refused when the provider forbids it',
    say: ({ refusesPrivateEndpoint }) => yesOrNo(refusesPrivateEndpoint),
  },
  mayBePlaceholder: {
    title: 'a create may leave the endpoint out',
    say: ({ mayBePlaceholder }) => yesOrNo(mayBePlaceholder),
  },
  uniqueKeyNames: { title: 'names of keys are unique', say: ({ uniqueKeyNames }) => yesOrNo(uniqueKeyNames) },
  bedrockCredentials: {
    title: 'a new Bedrock provider has its credentials in',
    say: ({ bedrockCredentials }) => `its ${bedrockCredentials}`,
  },
  refusesUnsetVariable: {
    title: 'a variable without a value is refused',
    say: ({ refusesUnsetVariable }) => yesOrNo(refusesUnsetVariable),
  },
  refusesPastedText: {
    title: 'keys pasted with text around them are refused',
    say: ({ refusesPastedText }) => yesOrNo(refusesPastedText),
  },
  testsWithoutKey: { title: 'a write tests a provider without keys', say: ({ testsWithoutKey }) => yesOrNo(testsWithoutKey) },
  templates: { title: 'names with a template of its own', say: ({ templates }) => String(templates.size) },
  pageLimit: { title: 'a page has at most', say: ({ pageLimit }) => `${pageLimit} rows` },
  boundsQueries: { title: 'the cost of a query is bounded', say: ({ boundsQueries }) => yesOrNo(boundsQueries) },
}

/** The table of all differences between the APIs, from what each declares. */
export function dialectRules(): string {
  const apis = [{ title: 'GraphQL', rules: GATEWAY_RULES }, ...DIALECTS]
  const head = ['rule', ...apis.map(({ title }) => title)]
  const body = Object.values(WORDS).map(({ title, say }) => [title, ...apis.map(({ rules }) => say(rules))])
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((line) => line[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line), ''].join('\n')
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no'
}
