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
import type { Dialect, RestRequest, Route } from '../dialect.ts'
import { listAnswer } from '../long-list.ts'
import { describeRoutes } from '../openapi.ts'
import { decodeUpdate, decodeUpsert } from './decode.ts'
import { connectionFailed, invalidRequest, NOT_FOUND, problemOf, REFUSALS } from './errors.ts'
import { openApiDocument } from './openapi.ts'
import { RULES } from './rules.ts'
import { toChanges, toList, toUpsert } from './to-input.ts'
import { failureOf, toProvider } from './to-response.ts'
import { toName } from './wire.ts'

/** ZIRI contract, section A6. */
const MAX_BODY_BYTES = 102_400
const COLLECTION = '/api/providers/'
const ITEM = '/api/providers/:name/'

const ROUTES = [
  { name: 'listProviders', method: 'GET', path: COLLECTION, role: 'VIEWER', maxBodyBytes: 0, handle: listProviders },
  { name: 'upsertProvider', method: 'POST', path: COLLECTION, role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES, handle: upsertProvider },
  { name: 'getProvider', method: 'GET', path: ITEM, role: 'VIEWER', maxBodyBytes: 0, handle: getProvider },
  { name: 'updateProvider', method: 'PUT', path: ITEM, role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES, handle: updateProvider },
  { name: 'deleteProvider', method: 'DELETE', path: ITEM, role: 'EDITOR', maxBodyBytes: 0, handle: deleteProvider },
  { name: 'testProvider', method: 'POST', path: `${ITEM}test/`, role: 'EDITOR', maxBodyBytes: 0, handle: testProvider },
  { name: 'openapi', method: 'GET', path: '/api/openapi.json', role: 'VIEWER', maxBodyBytes: 0, handle: () => json(200, OPENAPI) },
] as const satisfies readonly Route[]

export type RouteName = (typeof ROUTES)[number]['name']

const OPENAPI = describeRoutes(openApiDocument(), ROUTES)

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
  const { deleteProvider: result } = await run(DeleteProviderDocument, { input: { provider: { name } } })
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
