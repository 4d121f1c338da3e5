import type { Role, TestGateway } from './gateway.ts'

/** A key as clients see it. */
export interface KeyView {
  readonly id: string
  readonly uuid: string
  readonly name: string | null
  readonly masked: string
  readonly enabled: boolean
  readonly weight: number
  readonly lastConnectionTest: { readonly status: string } | null
}

export interface ProviderView {
  readonly id: string
  readonly uuid: string
  readonly name: string
  readonly displayName: string
  readonly icon: string
  readonly type: string
  readonly baseUrl: string
  readonly enabled: boolean
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly settings: Readonly<Record<string, string | boolean | null>> | null
  readonly apiKeys: { readonly totalCount: number; readonly nodes: readonly KeyView[] }
  readonly lastConnectionTest: { readonly status: string } | null
}

export interface Issue {
  readonly path: readonly string[]
  readonly rule: string
  readonly message: string
}

/** What a mutation answered: a payload or a problem. */
export interface Result {
  readonly __typename: string
  readonly provider?: ProviderView | null
  readonly code?: string
  readonly message?: string
  readonly issues?: readonly Issue[]
  readonly currentVersion?: number
  readonly providerType?: string
  readonly takenName?: string
  readonly deletedProviderId?: string
  readonly deletedProviderUuid?: string
  readonly name?: string
  readonly success?: boolean
  readonly tests?: readonly TestView[]
}

export interface TestView {
  readonly id: string
  readonly status: string
  readonly message: string
  readonly keyVerified: boolean
  readonly models: readonly string[]
  readonly apiKey: { readonly id: string } | null
}

export const PROVIDER_FIELDS = `id uuid name displayName icon type baseUrl enabled version createdAt updatedAt
  settings { ... on BedrockSettings { region model smallFastModel roleArn externalId hasAccessKey } }
  apiKeys(first: 100) { totalCount nodes { id uuid name masked enabled weight lastConnectionTest { status } } }
  lastConnectionTest { status }`

const PROBLEMS = `... on UserError { code message } ... on ValidationError { issues { path rule message } }`
const STORED_KEY_PROBLEMS = `... on ApiKeysNotSupportedError { providerType }`

export const CREATE = `mutation ($input: CreateProviderInput!) { result: createProvider(input: $input) { __typename
  ... on CreateProviderPayload { provider { ${PROVIDER_FIELDS} } }
  ... on ProviderNameTakenError { takenName: name } ${PROBLEMS} ${STORED_KEY_PROBLEMS} } }`

const UPDATE = `mutation ($input: UpdateProviderInput!) { result: updateProvider(input: $input) { __typename
  ... on UpdateProviderPayload { provider { ${PROVIDER_FIELDS} } }
  ... on VersionConflictError { currentVersion } ${PROBLEMS} ${STORED_KEY_PROBLEMS} } }`

const DELETE = `mutation ($input: DeleteProviderInput!) { result: deleteProvider(input: $input) { __typename
  ... on DeleteProviderPayload { deletedProviderId deletedProviderUuid name }
  ... on VersionConflictError { currentVersion } ... on UserError { code message } } }`

const TEST = `mutation ($input: TestConnectionInput!) { result: testConnection(input: $input) { __typename
  ... on TestConnectionPayload { success tests { id status message keyVerified models apiKey { id } } provider { id } }
  ${PROBLEMS} } }`

type Input = Readonly<Record<string, unknown>>

export type Writer = ReturnType<typeof writer>

/** The writes on providers as the admin makes them, or the caller of this token. */
export function writerOf(gateway: TestGateway, token?: string): Writer {
  return writer(gateway, async () => token ?? gateway.adminToken)
}

/** A writer with a token of its own, of the role; made with its first write. */
export function writerAs(gateway: TestGateway, role: Role): Writer {
  let token: Promise<string> | undefined
  return writer(gateway, () => {
    token ??= gateway.token(role)
    return token
  })
}

function writer(gateway: TestGateway, tokenOf: () => Promise<string>) {
  const send = async (document: string, input: Input) =>
    (await gateway.ask<{ result: Result }>(document, { input }, await tokenOf())).result
  /** The provider of a write that must succeed. */
  const accepted = async (document: string, input: Input): Promise<ProviderView> => {
    const result = await send(document, input)
    if (!result.provider) throw new Error(`Refused: ${JSON.stringify(result)}`)
    return result.provider
  }
  return {
    create: (input: Input) => send(CREATE, newProvider(input)),
    created: (input: Input) => accepted(CREATE, newProvider(input)),
    update: (id: string, input: Input) => send(UPDATE, { provider: { id }, ...input }),
    updated: (id: string, input: Input) => accepted(UPDATE, { provider: { id }, ...input }),
    remove: (id: string, input: Input = {}) => send(DELETE, { provider: { id }, ...input }),
    test: (id: string, input: Input = {}) => send(TEST, { saved: { provider: { id }, ...input } }),
    testDraft: (draft: Input) => send(TEST, { draft }),
  }
}

export async function readProvider(gateway: TestGateway, id: string): Promise<ProviderView | null> {
  const { node } = await gateway.ask<{ node: ProviderView | null }>(
    `query ($id: ID!) { node(id: $id) { ... on Provider { ${PROVIDER_FIELDS} } } }`,
    { id },
  )
  return node
}

let counter = 0

/** A name that no other test of this file uses. */
export function uniqueName(stem = 'provider'): string {
  counter += 1
  return `${stem}-${counter}`
}

export function newProvider(input: Input): Input {
  return { name: uniqueName(), type: 'OPENAI', baseUrl: 'https://api.example.com/v1', ...input }
}

/** What a refusal is about, e.g. `name REQUIRED`; undefined when nothing was refused. */
export function rulesOf({ issues }: Result): string[] | undefined {
  return issues?.map(({ path, rule }) => `${path.join('.')} ${rule}`)
}
