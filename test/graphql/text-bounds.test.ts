import { type GraphQLField, getNamedType, isInterfaceType, isLeafType, isNonNullType, isObjectType, isUnionType } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/graphql/limits.ts'
import { schema } from '../../src/graphql/schema.ts'
import { fittingArguments, nest, placesIn } from '../support/input-places.ts'
import { useGateway } from '../support/use.ts'

let providerId: string
const gateway = useGateway()
beforeAll(async () => {
  const made = await gateway.ask<{ upsertProvider: { provider: { id: string } } }>(
    'mutation { upsertProvider(input: { name: "bounded" }) { ... on UpsertProviderPayload { provider { id } } } }',
  )
  providerId = made.upsertProvider.provider.id
})

/** Scalars whose values come as a text, or may have texts in them. */
const TEXTS = ['String', 'ID', 'UUID', 'DateTime', 'Secret', 'JSON']
const ROOTS: readonly unknown[] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]

interface Place {
  readonly name: string
  /** Its own name, as a path of an issue has it. */
  readonly last: string
  readonly scalar: string
  readonly query: string
  /** Whether something is found by the text; the others are stored, by the rules of a command. */
  readonly isSought: boolean
  readonly variablesWith: (value: unknown) => Record<string, unknown>
}

/** Every place of the schema where a text goes in, each with an operation that has nothing wrong but what stands there. */
function textPlaces(): Place[] {
  const entered = new Set<string>()
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__')) return []
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.flatMap((arg) =>
        placesIn(arg.type, [arg.name], entered)
          .filter(({ type: placed }) => TEXTS.includes(getNamedType(placed).name))
          .map(({ path, type: placed }) => {
            const others = field.args.filter((other) => other !== arg && isNonNullType(other.type))
            const rest = fittingArguments(others)
            return {
              name: `${type.name}.${field.name}(${path.join('.')}:)`,
              last: path.at(-1) ?? '',
              scalar: getNamedType(placed).name,
              query: operationOn(type.name, field, [...others, arg]),
              isSought: getNamedType(placed).name === 'ID' || path.length === 1 || isNamedBy(path, arg.type),
              variablesWith: (value) => ({ ...rest, [arg.name]: nest(arg.type, path.slice(1), value) }),
            }
          }),
      ),
    )
  })
}

/** Whether the text stands in an input that names or filters, and is none of a command. */
function isNamedBy(path: readonly string[], type: Parameters<typeof nest>[0]): boolean {
  const places = placesIn(type, [path[0] ?? ''], new Set())
  const parent = places.find((place) => place.path.join('.') === path.slice(0, -1).join('.'))
  return parent !== undefined && !getNamedType(parent.type).name.endsWith('Input')
}

function operationOn(parent: string, field: GraphQLField<unknown, unknown>, args: GraphQLField<unknown, unknown>['args']): string {
  const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ')
  const call = `${field.name}(${args.map(({ name }) => `${name}: $${name}`).join(', ')}) ${selectionOf(field)}`
  const root = ROOTS.findIndex((type) => isObjectType(type) && type.name === parent)
  if (root >= 0) return `${['query', 'mutation', 'subscription'][root]} (${declared}) { ${call} }`
  // Other objects are found by their id: the one that is stored here, or the test says that there is none.
  return `query ($_id: ID!, ${declared}) { node(id: $_id) { ... on ${parent} { ${call} } } }`
}

function selectionOf({ type }: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(type)
  if (isLeafType(named)) return ''
  if (named.name === 'ValidationIssue') return '{ path }'
  const hasIssues = isUnionType(named) && named.getTypes().some(({ name }) => name === 'ValidationError')
  if (hasIssues) return '{ __typename ... on ValidationError { issues { path } } }'
  return isObjectType(named) || isInterfaceType(named) || isUnionType(named) ? '{ __typename }' : ''
}

interface Sent {
  readonly codes: readonly string[]
  readonly text: string
}

async function send({ query, variablesWith }: Place, value: unknown): Promise<Sent> {
  const variables = { ...variablesWith(value), ...(query.includes('$_id') ? { _id: providerId } : {}) }
  const { status, body, text } = await gateway.graphql(query, variables)
  expect(status).toBeLessThan(500)
  return { codes: body.errors?.map(({ extensions }) => extensions.code) ?? [], text }
}

const PLACES = textPlaces()
const named = (places: readonly Place[]) => places.map((place) => [place.name, place] as const)
const wrapped = ({ scalar }: Place, text: string): unknown => (scalar === 'JSON' ? { text } : text)

test('the schema has places for texts, and all are looked at', () => {
  expect(PLACES.length).toBeGreaterThan(40)
  for (const name of ['Query.node(id:)', 'Query.nodes(ids:)', 'Query.providers(filter.search:)', 'Query.auditEvents(subject:)'])
    expect(PLACES.map((place) => place.name)).toContain(name)
})

describe('a text that is too long to find anything by is refused with BAD_USER_INPUT', () => {
  test.each(named(PLACES.filter(({ isSought }) => isSought)))('%s', async (_name, place) => {
    for (const text of [
      ...['x'.repeat(LIMITS.soughtCharacters + 1), 'x'.repeat(100_000), '%_\\'.repeat(30_000), '\u0000'.repeat(100_000)],
      ...[Buffer.from(`Provider:${'x'.repeat(100_000)}`).toString('base64'), '\ud800'.repeat(100_000)],
    ])
      expect((await send(place, wrapped(place, text))).codes).toEqual(['BAD_USER_INPUT'])
  })

  test('a search has 200 characters at most, in whatever they are written', async () => {
    const search = (text: string) =>
      gateway.graphql('query ($text: String) { providers(filter: { search: $text }) { totalCount } }', { text })
    for (const character of ['x', '%', '_', '\\', 'é', '\u0000', '\ud800', '\ufffd']) {
      expect((await search(character.repeat(200))).body).toEqual({ data: { providers: { totalCount: 0 } } })
      expect((await search(character.repeat(201))).body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    }
  })
})

describe('a text that is too long to store is refused with a code, and the place is named', () => {
  test.each(named(PLACES.filter(({ isSought }) => !isSought)))('%s', async (_name, place) => {
    for (const text of ['x'.repeat(200_000), '\u0000'.repeat(200_000), '\ud800'.repeat(200_000)]) {
      const { codes, text: answer } = await send(place, wrapped(place, text))
      if (codes.length > 0) expect(codes).toEqual(['BAD_USER_INPUT'])
      else expect(answer).toMatch(new RegExp(`"path":\\[[^\\]]*"${place.last}"`))
    }
  })
})

describe('odd characters are no fault of ours', () => {
  test.each(named(PLACES))('%s', async (_name, place) => {
    for (const text of ['', 'a\u0000b', 'a\udc00b', '%_\\', `'"\`;--`, '\u202e\ufeff🦄'])
      expect((await send(place, wrapped(place, text))).codes.filter((code) => !['BAD_USER_INPUT'].includes(code))).toEqual([])
  })
})
