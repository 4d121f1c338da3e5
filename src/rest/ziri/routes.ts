import {
  DeleteProviderDocument,
  GetProviderDocument,
  ListProvidersDocument,
  ReadProvidersDocument,
  type ReadProvidersQuery,
  TestConnectionDocument,
  UpdateProviderDocument,
  UpsertProviderDocument,
  type ZiriProviderFragment,
} from '../../generated/ziri-documents.ts'
import { type Answer, JSON_HEADERS, json } from '../../http/respond.ts'
import { accessOf, type Dialect, type RestRequest, route } from '../dialect.ts'
import { listAnswer } from '../long-list.ts'
import { DESCRIPTION, describeApi, type OpenApiDocument } from '../openapi.ts'
import { decodeUpdate, decodeUpsert } from './decode.ts'
import { connectionFailed, invalidRequest, NOT_FOUND, problemOf, REFUSALS } from './errors.ts'
import { RULES } from './rules.ts'
import { toChanges, toList, toUpsert } from './to-input.ts'
import { failureOf, toProvider } from './to-response.ts'
import { deletedBody, errorBody, listBody, providerBody, testBody, toName, updateRequest, upsertRequest } from './wire.ts'

/** ZIRI contract, section A6. */
const MAX_BODY_BYTES = 102_400
const COLLECTION = '/api/providers/'
const ITEM = '/api/providers/:name/'

const { read, act, write } = accessOf(MAX_BODY_BYTES)

const shown = { 200: { description: 'The provider as it is now.', schema: providerBody } }
const query = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema })
const LISTED = [
  query('search', 'Part of the name, display name or base URL, in any case.', { type: 'string' }),
  query('limit', 'How many at most: 100 unless given, 500 at most.', { type: 'integer', minimum: 0 }),
  query('offset', 'How many to leave out at the start.', { type: 'integer', minimum: 0 }),
  query('sortBy', 'What to compare; ascending unless `sortOrder` says otherwise.', {
    enum: ['name', 'displayName', 'baseUrl', 'createdAt', 'updatedAt'],
  }),
  query('sortOrder', 'Which way; by `createdAt` unless `sortBy` says otherwise.', { enum: ['asc', 'desc'] }),
]
const NEW_PROVIDER = { name: 'acme', apiKey: 'sk-example-1', metadata: { displayName: 'Acme AI', baseUrl: 'https://api.example.com/v1' } }

const ROUTES = [
  route(
    { name: 'listProviders', method: 'GET', path: COLLECTION, ...read, handle: listProviders },
    {
      summary: 'A part of the list of providers',
      parameters: LISTED,
      answers: { 200: { description: 'The part, and how many there are in all.', schema: listBody } },
    },
  ),
  route(
    { name: 'upsertProvider', method: 'POST', path: COLLECTION, ...write, handle: upsertProvider },
    {
      summary: 'Creates a provider, or changes the one of this name',
      body: { schema: upsertRequest, example: NEW_PROVIDER },
      ...{ answers: shown, refusals: [400, 413, 415] },
    },
  ),
  route(
    { name: 'getProvider', method: 'GET', path: ITEM, ...read, handle: getProvider },
    { summary: 'One provider', answers: shown, refusals: [404] },
  ),
  route(
    { name: 'updateProvider', method: 'PUT', path: ITEM, ...write, handle: updateProvider },
    {
      summary: 'Changes the key or the display name',
      body: { schema: updateRequest, example: { displayName: 'Acme AI, our own' } },
      ...{ answers: shown, refusals: [400, 404, 413, 415] },
    },
  ),
  route(
    { name: 'deleteProvider', method: 'DELETE', path: ITEM, ...act, handle: deleteProvider },
    {
      summary: 'Deletes a provider and its keys',
      ...{ answers: { 200: { description: 'It is gone.', schema: deletedBody } }, refusals: [404] },
    },
  ),
  route(
    { name: 'testProvider', method: 'POST', path: `${ITEM}test/`, ...act, handle: testProvider },
    {
      summary: 'Calls the provider with its key; a disabled one too',
      ...{ answers: { 200: { description: 'The provider answers.', schema: testBody } }, refusals: [400, 404] },
    },
  ),
  route({ name: 'openapi', method: 'GET', path: '/api/openapi.json', ...read, handle: () => json(200, OPENAPI) }, DESCRIPTION),
]

export type RouteName = (typeof ROUTES)[number]['name']

const OPENAPI: OpenApiDocument = describeApi(
  {
    info: { title: 'ZIRI: providers', version: '1', description: "ZIRI's API for providers, as this gateway serves it." },
    prefix: '/ziri',
    schemas: { Provider: providerBody, ProviderList: listBody, Deleted: deletedBody, ConnectionTest: testBody },
    requests: { UpsertRequest: upsertRequest, UpdateRequest: updateRequest },
    error: errorBody,
    parts: { name: { description: 'The name, in any case.', example: 'acme' } },
  },
  ROUTES,
)

/** ZIRI's API for providers (ZIRI contract), with a description beside it. */
export const ziriDialect: Dialect = {
  channel: 'ziri',
  rules: RULES,
  title: 'ZIRI',
  openApi: OPENAPI,
  prefix: '/ziri',
  routes: ROUTES,
  refusals: REFUSALS,
}

/** Which ones is decided at once; what they are is read in steps, and one that was deleted meanwhile is left out. */
async function listProviders({ run, takeTurn, query }: RestRequest): Promise<Answer> {
  const { nodes, totalCount } = (await run(ListProvidersDocument, toList(query))).providersByOffset
  async function* pages() {
    for (let start = 0; start < nodes.length; start += STEP) {
      const ids = nodes.slice(start, start + STEP).map(({ id }) => id)
      const read = () => run(ReadProvidersDocument, { ids })
      const found = await (start === 0 ? read() : takeTurn(read))
      yield found.nodes.filter(isProvider)
    }
  }
  const form = { headers: JSON_HEADERS, open: '{"providers":[', close: () => `],"total":${totalCount}}\n` }
  return listAnswer(pages(), { ...form, encode: (provider) => [JSON.stringify(toProvider(provider))] })
}

function isProvider(node: ReadProvidersQuery['nodes'][number]): node is ZiriProviderFragment {
  return node !== null && 'number' in node
}

/** Providers that are read at once. */
const STEP = 20

async function getProvider({ run, parameters }: RestRequest): Promise<Answer> {
  const name = toName(parameters.name ?? '')
  if (name === null) return NOT_FOUND
  const { provider } = await run(GetProviderDocument, { by: { name } })
  return provider === null ? NOT_FOUND : json(200, { provider: toProvider(provider) })
}

async function upsertProvider(request: RestRequest): Promise<Answer> {
  const decoded = decodeUpsert(request)
  if ('refusal' in decoded) return decoded.refusal
  const { upsertProvider: result } = await request.run(UpsertProviderDocument, { input: toUpsert(decoded.request) })
  return result.__typename === 'UpsertProviderPayload' ? json(200, { provider: toProvider(result.provider) }) : problemOf(result)
}

async function updateProvider(request: RestRequest): Promise<Answer> {
  const name = toName(request.parameters.name ?? '')
  if (name === null) return NOT_FOUND
  const decoded = decodeUpdate(request, name)
  if ('refusal' in decoded) return decoded.refusal
  const input = toChanges(name, decoded.request)
  if (input === null) return invalidRequest('Nothing to update')
  const { updateProvider: result } = await request.run(UpdateProviderDocument, { input })
  return result.__typename === 'UpdateProviderPayload' ? json(200, { provider: toProvider(result.provider) }) : problemOf(result)
}

async function deleteProvider({ run, parameters }: RestRequest): Promise<Answer> {
  const name = toName(parameters.name ?? '')
  if (name === null) return NOT_FOUND
  const { deleteProvider: result } = await run(DeleteProviderDocument, { input: { provider: { name }, force: true } })
  return result.__typename === 'DeleteProviderPayload' ? json(200, { success: true }) : problemOf(result)
}

async function testProvider({ run, parameters }: RestRequest): Promise<Answer> {
  const name = toName(parameters.name ?? '')
  if (name === null) return NOT_FOUND
  const { testConnection: result } = await run(TestConnectionDocument, { input: { saved: { provider: { name } } } })
  if (result.__typename !== 'TestConnectionPayload') return problemOf(result, 'test')
  if (!result.success) return connectionFailed(failureOf(result))
  const isProven = result.tests.every(({ keyVerified }) => keyVerified)
  return json(200, { success: true, message: 'Provider connection successful', ...(isProven ? {} : { verified: false }) })
}
