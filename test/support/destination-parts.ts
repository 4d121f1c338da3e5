/** Every part of a destination: how each language changes it, and how somebody who writes to the database does. */
import type { Database } from '../../src/database/client.ts'
import { readCredentialParts, storedNetwork, storedSettings } from '../../src/destination/stored-rows.ts'
import { graphql, type Sent } from './interleavings.ts'

/** A provider with a stored secret, at home. */
export interface Subject {
  readonly name: string
  readonly id: string
  readonly uuid: string
  readonly keyId: string
  readonly keyUuid: string
}

/** Origins, a certificate, and the names of the environment variables that hold the two origins. */
export interface Places {
  readonly home: string
  readonly elsewhere: string
  readonly proxy: string
  readonly caCertificate: string
  readonly variables: { readonly home: string; readonly elsewhere: string; readonly key: string; readonly region: string }
}

export type Store = Database['prisma']
type Input = Readonly<Record<string, unknown>>

export interface Part {
  /** What the provider is made with, besides its name. */
  readonly create: (places: Places) => Input
  /** What an admin is accepted for, by language. Empty when no language can express the change; ZIRI's can only with the key given again. */
  readonly ways: Readonly<Record<string, (subject: Subject, places: Places) => Sent>>
  readonly byHand: (store: Store, subject: Subject, places: Places) => Promise<unknown>
  /** Where the secret goes after it; `null` when that is a host of AWS, which no test can reach. */
  readonly goes: 'home' | 'elsewhere' | null
  /** The same change in GraphQL with the secrets given again; null when it is for admins even then. */
  readonly again: ((subject: Subject, places: Places) => Input) | null
}

export const KEY = 'sk-part-of-destination-0123456789'
const OTHER_KEY = 'sk-part-given-again-0123456789'
export const ACCESS_KEY = 'AKIAPARTSOFPLACES001'
const PAIR = { accessKey: ACCESS_KEY, accessKeySecret: 'secret-access-key-of-the-parts' }
const RESULT = '{ __typename ... on UserError { code } }'

export function updating({ id }: Subject, input: Input): Sent {
  const document = `mutation ($input: UpdateProviderInput!) { result: updateProvider(input: $input) ${RESULT} }`
  return graphql(document, { input: { provider: { id }, ...input } })
}
const upserting = ({ name }: Subject, input: Input): Sent =>
  graphql(`mutation ($input: UpsertProviderInput!) { result: upsertProvider(input: $input) ${RESULT} }`, { input: { name, ...input } })
const inCoder = ({ name }: Subject, body: Input): Sent => ({ method: 'PATCH', path: `/api/v2/ai/providers/${name}`, body })
const inRespan = ({ name }: Subject, body: Input): Sent => ({ method: 'PATCH', path: `/respan/api/providers/${name}/`, body })

/** A PUT has all that is to be; `network` stands beside the base URL. */
function inBifrost({ name }: Subject, { home }: Places, network: Input, more: Input = {}): Sent {
  const custom = { base_provider_type: 'openai' }
  const sizes = { concurrency: 1, buffer_size: 9 }
  const body = {
    custom_provider_config: custom,
    network_config: { base_url: home, ...network },
    concurrency_and_buffer_size: sizes,
    ...more,
  }
  return { method: 'PUT', path: `/bifrost/api/providers/${name}`, body }
}
const bifrostKey = ({ name, keyUuid }: Subject, body: Input): Sent => ({
  ...{ method: 'PUT', path: `/bifrost/api/providers/${name}/keys/${keyUuid}` },
  body: { value: `${KEY.slice(0, 4)}${'*'.repeat(24)}${KEY.slice(-4)}`, models: ['*'], weight: 1, ...body },
})

const atHome = ({ home }: Places) => ({ type: 'OPENAI', baseUrl: home, apiKeys: [{ credential: { value: KEY } }] })
const givenAgain = { apiKeys: [{ add: { credential: { value: OTHER_KEY } } }] }
/** A change that GraphQL makes by these fields of the provider. */
const field = (change: (places: Places) => Input) => ({
  way: { GraphQL: (subject: Subject, places: Places) => updating(subject, change(places)) },
  again: (_subject: Subject, places: Places) => ({ ...change(places), ...givenAgain }),
})

const onProvider =
  (data: (places: Places) => Input) =>
  (store: Store, { uuid }: Subject, places: Places) =>
    store.provider.update({ where: { id: uuid }, data: data(places) })
const onKey =
  (data: (places: Places) => Input) =>
  (store: Store, { keyUuid }: Subject, places: Places) =>
    store.apiKey.update({ where: { id: keyUuid }, data: data(places) })
const onNetwork =
  (change: (places: Places) => Input) =>
  async (store: Store, { uuid }: Subject, places: Places) => {
    const { network } = await store.provider.findUniqueOrThrow({ where: { id: uuid }, select: { network: true } })
    const before = network === null ? NO_NETWORK : storedNetwork.parse(network)
    return store.provider.update({ where: { id: uuid }, data: { network: { ...before, ...change(places) } } })
  }
const NO_NETWORK = {
  ...{ extraHeaders: [], timeoutMs: 30_000, maxRetries: 0, retryBackoffInitialMs: 500, retryBackoffMaxMs: 5_000 },
  ...{ insecureSkipVerify: false, caCertificate: null, allowPrivateNetwork: true, proxy: null },
}
const onBedrock =
  (change: Input) =>
  async (store: Store, { uuid }: Subject) => {
    const { settings } = await store.provider.findUniqueOrThrow({ where: { id: uuid }, select: { settings: true } })
    const bedrock = { ...storedSettings.parse(settings).bedrock, ...change }
    return store.provider.update({ where: { id: uuid }, data: { settings: { bedrock } } })
  }

/** A part of the network configuration, in GraphQL and in Bifrost's API. */
function networkPart(
  inGraphQL: (places: Places) => Input,
  bifrost: (subject: Subject, places: Places) => Sent,
  stored: (places: Places) => Input,
): Part {
  const { way, again } = field((places) => ({ network: inGraphQL(places) }))
  return { create: atHome, ways: { ...way, Bifrost: bifrost }, byHand: onNetwork(stored), goes: 'home', again }
}

const bedrock = ({ home }: Places) => ({ type: 'BEDROCK', baseUrl: home, settings: { bedrock: { region: 'us-east-1', ...PAIR } } })
/** A part of Bedrock's settings, in GraphQL and in Coder's API. */
function bedrockPart(name: 'region' | 'roleArn', wire: string, value: string, goes: 'home' | null): Part {
  return {
    create: bedrock,
    ways: {
      GraphQL: (subject) => updating(subject, { settings: { bedrock: { [name]: value } } }),
      Coder: (subject) => inCoder(subject, { settings: { _type: 'bedrock', _version: 1, region: 'us-east-1', [wire]: value } }),
    },
    byHand: onBedrock({ [name]: value }),
    goes,
    again: () => ({ settings: { bedrock: { [name]: value, ...PAIR } } }),
  }
}

/** A part of a key's credential that says where it goes. */
const keeping = ({ keyId }: Subject, credentialParts: readonly Input[], more: Input = {}) => ({
  apiKeys: [{ keep: { id: keyId, credentialParts, ...more } }],
})
function keyPart(own: { readonly before: (places: Places) => readonly Input[]; readonly after: (places: Places) => readonly Input[] }) {
  return {
    ways: { GraphQL: (subject: Subject, places: Places) => updating(subject, keeping(subject, own.after(places))) },
    again: (subject: Subject, places: Places) => keeping(subject, own.after(places), { credential: { value: OTHER_KEY } }),
    create: (places: Places, type: string) => ({
      ...{ type, baseUrl: places.home, apiKeys: [{ credential: { value: KEY }, credentialParts: own.before(places) }] },
    }),
  }
}

const part = (name: string) => (value: string) => [{ name, credential: { value } }]
const ownEndpoint = keyPart({ before: ({ home }) => part('endpoint')(home), after: ({ elsewhere }) => part('endpoint')(elsewhere) })
const ownRegion = keyPart({ before: () => part('aws.region')('us-east-1'), after: () => part('aws.region')('eu-west-1') })
const ROLE = 'arn:aws:iam::123456789012:role/other'
const ownRole = keyPart({
  before: () => part('aws.region')('us-east-1'),
  after: () => [...part('aws.region')('us-east-1'), ...part('aws.roleArn')(ROLE)],
})
const endpointVariable = keyPart({
  before: ({ variables }) => [{ name: 'endpoint', credential: { environmentVariable: variables.home } }],
  after: ({ variables }) => [{ name: 'endpoint', credential: { environmentVariable: variables.elsewhere } }],
})
const regionVariable = keyPart({
  before: () => part('aws.region')('us-east-1'),
  after: ({ variables }) => [{ name: 'aws.region', credential: { environmentVariable: variables.region } }],
})

const baseUrl = field(({ elsewhere }) => ({ baseUrl: elsewhere }))
const authentication = field(() => ({ authentication: 'X-Own-Key' }))
const modelsPath = field(() => ({ modelsPath: '/catalog' }))

/** By the field, as `PARTS` has them. */
export const CHANGES: Readonly<Record<string, Part>> = {
  'provider.type': { create: atHome, ways: {}, byHand: onProvider(() => ({ type: 'ANTHROPIC' })), goes: null, again: null },
  'provider.vendorPreset': { create: atHome, ways: {}, byHand: onProvider(() => ({ vendorPreset: 'groq' })), goes: null, again: null },
  'provider.baseUrl': {
    create: atHome,
    ways: {
      ...baseUrl.way,
      'GraphQL, upsert': (subject, { elsewhere }) => upserting(subject, { baseUrl: elsewhere }),
      Coder: (subject, { elsewhere }) => inCoder(subject, { base_url: elsewhere }),
      Bifrost: (subject, places) => inBifrost(subject, places, { base_url: places.elsewhere }),
      Respan: (subject, { elsewhere }) => inRespan(subject, { extra_kwargs: { base_url: elsewhere } }),
    },
    byHand: onProvider(({ elsewhere }) => ({ baseUrl: elsewhere })),
    ...{ goes: 'elsewhere', again: baseUrl.again },
  },
  'provider.modelsPath': {
    create: atHome,
    ways: {
      ...modelsPath.way,
      Bifrost: (subject, places) =>
        inBifrost(
          subject,
          places,
          {},
          {
            custom_provider_config: { base_provider_type: 'openai', request_path_overrides: { list_models: '/catalog' } },
          },
        ),
    },
    byHand: onProvider(() => ({ modelsPath: '/catalog' })),
    ...{ goes: 'home', again: modelsPath.again },
  },
  'provider.authentication': {
    ...{ create: atHome, ways: authentication.way, goes: 'home', again: authentication.again },
    byHand: onProvider(() => ({ authentication: 'X-Own-Key' })),
  },
  'provider.callHeaders': {
    ...{ create: atHome, ways: field(() => ({ callHeaders: ['X-Steers'] })).way, goes: 'home', again: null },
    byHand: onProvider(() => ({ callHeaders: ['X-Steers'] })),
  },
  'network.extraHeaders': {
    ...networkPart(
      () => ({ extraHeaders: [{ name: 'X-Team', value: 'other' }] }),
      (subject, places) => inBifrost(subject, places, { extra_headers: { 'X-Team': 'other' } }),
      () => ({ extraHeaders: [{ name: 'X-Team', value: 'other', bound: false }] }),
    ),
  },
  'network.insecureSkipVerify': networkPart(
    () => ({ insecureSkipVerify: true }),
    (subject, places) => inBifrost(subject, places, { insecure_skip_verify: true }),
    () => ({ insecureSkipVerify: true }),
  ),
  'network.caCertificate': networkPart(
    ({ caCertificate }) => ({ caCertificate }),
    (subject, places) => inBifrost(subject, places, { ca_cert_pem: places.caCertificate }),
    ({ caCertificate }) => ({ caCertificate }),
  ),
  'network.proxy': networkPart(
    ({ proxy }) => ({ proxy: { type: 'HTTP', url: proxy } }),
    (subject, places) => inBifrost(subject, places, {}, { proxy_config: { type: 'http', url: places.proxy } }),
    ({ proxy }) => ({ proxy: { type: 'HTTP', url: proxy, username: null, hasPassword: false } }),
  ),
  'bedrock.region': bedrockPart('region', 'region', 'eu-west-1', 'home'),
  'bedrock.roleArn': bedrockPart('roleArn', 'role_arn', ROLE, null),
  'key.endpoint': {
    ...ownEndpoint,
    create: (places) => ownEndpoint.create(places, 'AZURE'),
    ways: {
      ...ownEndpoint.ways,
      Bifrost: (subject, { elsewhere }) => bifrostKey(subject, { azure_key_config: { endpoint: elsewhere } }),
    },
    ...{ byHand: onKey(({ elsewhere }) => ({ endpoint: elsewhere })), goes: 'elsewhere' },
  },
  'key.endpointVariable': {
    ...endpointVariable,
    create: (places) => endpointVariable.create(places, 'AZURE'),
    ways: {
      ...endpointVariable.ways,
      Bifrost: (subject, { variables }) => bifrostKey(subject, { azure_key_config: { endpoint: `env.${variables.elsewhere}` } }),
    },
    byHand: onKey(({ variables }) => ({ endpointVariable: variables.elsewhere })),
    // Who names a variable is an admin.
    ...{ goes: 'elsewhere', again: null },
  },
  'key.region': {
    ...ownRegion,
    create: (places) => ownRegion.create(places, 'BEDROCK'),
    ways: {
      ...ownRegion.ways,
      Bifrost: (subject) => bifrostKey(subject, { bedrock_key_config: { region: 'eu-west-1' } }),
    },
    ...{ byHand: onKey(() => ({ region: 'eu-west-1' })), goes: 'home' },
  },
  'key.roleArn': {
    ...ownRole,
    create: (places) => ownRole.create(places, 'BEDROCK'),
    ways: {
      ...ownRole.ways,
      Bifrost: (subject) => bifrostKey(subject, { bedrock_key_config: { region: 'us-east-1', role_arn: ROLE } }),
    },
    ...{ byHand: onKey(() => ({ roleArn: ROLE })), goes: null },
  },
  'key.credentialParts': {
    ...regionVariable,
    create: (places) => regionVariable.create(places, 'BEDROCK'),
    byHand: async (store, { keyUuid }, { variables }) => {
      const { credentialParts } = await store.apiKey.findUniqueOrThrow({ where: { id: keyUuid }, select: { credentialParts: true } })
      const region = { name: 'aws.region', masked: '', environmentVariable: variables.region }
      return store.apiKey.update({ where: { id: keyUuid }, data: { credentialParts: [...readCredentialParts(credentialParts), region] } })
    },
    ...{ goes: 'home', again: null },
  },
  'key.environmentVariable': {
    create: ({ home, variables }) => ({ type: 'OPENAI', baseUrl: home, apiKeys: [{ credential: { environmentVariable: variables.key } }] }),
    ways: {},
    byHand: onKey(({ variables }) => ({ environmentVariable: variables.home })),
    ...{ goes: null, again: null },
  },
}
