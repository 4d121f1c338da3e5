import type { Role } from '../gateway.ts'

/** Ids that the ways of the matrix start from. */
export interface Fixtures {
  /** A provider with one key and one stored test of it. */
  readonly provider: string
  readonly apiKey: string
  readonly connectionTest: string
  readonly bedrock: string
  readonly copilot: string
  /** An upstream on loopback. */
  readonly upstream: string
  readonly auditEvent: string
  /** A token that no caller of the test presents. */
  readonly otherToken: string
  /** A model route whose target is the provider `routed`. */
  readonly modelRoute: string
  /** A model call by somebody whom no caller of the test is; another one is the caller's own. */
  readonly modelCall: string
  readonly routed: string
  /** Makes something that a mutation may use up; each call gives another one. */
  readonly disposableProvider: () => Promise<string>
  readonly disposableToken: () => Promise<string>
  readonly disposableRoute: () => Promise<string>
  readonly freeName: () => string
  readonly takenName: string
}

export interface Operation {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

/** One way to objects of a type: what asks for a selection of theirs, and the role that this needs. */
export interface Way {
  readonly name: string
  readonly type: string
  readonly role: Role
  readonly at: (selection: string, fixtures: Fixtures) => Operation | Promise<Operation>
}

export const query =
  (document: (selection: string) => string, variables?: (fixtures: Fixtures) => Record<string, unknown>) =>
  (selection: string, fixtures: Fixtures): Operation => ({
    query: document(selection),
    ...(variables === undefined ? {} : { variables: variables(fixtures) }),
  })

export const node = (type: string, id: (fixtures: Fixtures) => string) =>
  query(
    (selection) => `query ($id: ID!) { node(id: $id) { ... on ${type} ${selection} } }`,
    (fixtures) => ({ id: id(fixtures) }),
  )
export const nodes = (type: string, id: (fixtures: Fixtures) => string) =>
  query(
    (selection) => `query ($id: ID!) { nodes(ids: [$id]) { ... on ${type} ${selection} } }`,
    (fixtures) => ({ id: id(fixtures) }),
  )
export const underProvider = (document: (selection: string) => string, id: (fixtures: Fixtures) => string = ({ provider }) => provider) =>
  query(
    (selection) => `query ($id: ID!) { provider(by: { id: $id }) ${document(selection)} }`,
    (fixtures) => ({ id: id(fixtures) }),
  )

export const mutation = (field: string, input: string, type: string) => (selection: string) =>
  `mutation ($input: ${input}!) { ${field}(input: $input) { ... on ${type} ${selection} } }`

export const create = (type: string, input: (fixtures: Fixtures) => Record<string, unknown>) =>
  query(mutation('createProvider', 'CreateProviderInput', type), (fixtures) => ({
    input: { name: fixtures.freeName(), type: 'OPENAI', baseUrl: 'https://api.example.com/v1', ...input(fixtures) },
  }))
export const update = (type: string, input: (fixtures: Fixtures) => Record<string, unknown>) =>
  query(mutation('updateProvider', 'UpdateProviderInput', type), (fixtures) => ({
    input: { provider: { id: fixtures.provider }, ...input(fixtures) },
  }))
export const testDraft = (document: (selection: string) => string) =>
  query(
    (selection) => `mutation ($input: TestConnectionInput!) {
      testConnection(input: $input) { ... on TestConnectionPayload ${document(selection)} } }`,
    ({ upstream }) => ({ input: { draft: { type: 'OPENAI', baseUrl: upstream, apiKey: 'sk-any-key-for-a-draft' } } }),
  )
export const createToken = (document: (selection: string) => string) =>
  query(
    (selection) =>
      `mutation { createAccessToken(input: { name: "made", role: VIEWER }) { ... on CreateAccessTokenPayload ${document(selection)} } }`,
  )

export const createRoute = (type: string, name: (fixtures: Fixtures) => string) =>
  query(mutation('createModelRoute', 'CreateModelRouteInput', type), (fixtures) => ({
    input: { name: name(fixtures), targets: [{ provider: { id: fixtures.routed }, model: 'gpt-5' }] },
  }))
export const updateRoute = (type: string, route: (fixtures: Fixtures) => Record<string, unknown>) =>
  query(mutation('updateModelRoute', 'UpdateModelRouteInput', type), (fixtures) => ({ input: { route: route(fixtures) } }))

export const connection = (type: string, role: Role, open: (page: string) => string, edge: string, of: string): Way[] => [
  { name: `${type} itself`, type, role, at: query((selection) => open(selection)) },
  { name: `${edge} of it`, type: edge, role, at: query((selection) => open(`{ edges ${selection} }`)) },
  { name: `${of} in nodes of it`, type: of, role, at: query((selection) => open(`{ nodes ${selection} }`)) },
  { name: `${of} in edges of it`, type: of, role, at: query((selection) => open(`{ edges { node ${selection} } }`)) },
  { name: `PageInfo of ${type}`, type: 'PageInfo', role, at: query((selection) => open(`{ pageInfo ${selection} }`)) },
]
export const nested = (ways: Way[]): Way[] =>
  ways.map((way) => ({
    ...way,
    at: async (selection, fixtures) => ({ ...(await way.at(selection, fixtures)), variables: { id: fixtures.provider } }),
  }))
