import {
  CheckProviderDocument,
  CreateProviderDocument,
  DeleteProviderDocument,
  GetProviderDocument,
  ListProvidersDocument,
  TestConnectionDocument,
  UpdateProviderDocument,
} from '../../generated/coder-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import type { Dialect, RestRequest, Route } from '../dialect.ts'
import { arrayAnswer, pagesOf } from '../long-list.ts'
import { describeRoutes } from '../openapi.ts'
import { CALL_PREFIXES, TOKEN_HEADER } from './clients.ts'
import { decodeBody } from './decode.ts'
import { EMPTY_PATCH, invalidJson, invalidRequest, notFound, problemOf, REFUSALS } from './errors.ts'
import { expectedState } from './etag.ts'
import { openApiDocument } from './openapi.ts'
import { toProviderType } from './provider-types.ts'
import { RULES } from './rules.ts'
import { toChanges, toCreateInput, toProviderRef } from './to-input.ts'
import { providerAnswer, toProviderBody, toTestBody } from './to-response.ts'
import { toValidation, typeValidation } from './validations.ts'
import { createRequest, updateRequest } from './wire.ts'

/** Coder contract, section 1.3. */
const MAX_BODY_BYTES = 4_194_304
const COLLECTION = '/api/v2/ai/providers/'
const ITEM = '/api/v2/ai/providers/:idOrName'

const ROUTES = [
  { name: 'listProviders', method: 'GET', path: COLLECTION, role: 'VIEWER', maxBodyBytes: 0, handle: listProviders },
  { name: 'createProvider', method: 'POST', path: COLLECTION, role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES, handle: createProvider },
  { name: 'getProvider', method: 'GET', path: ITEM, role: 'VIEWER', maxBodyBytes: 0, handle: getProvider },
  { name: 'updateProvider', method: 'PATCH', path: ITEM, role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES, handle: updateProvider },
  { name: 'deleteProvider', method: 'DELETE', path: ITEM, role: 'EDITOR', maxBodyBytes: 0, handle: deleteProvider },
  { name: 'testProvider', method: 'POST', path: `${ITEM}/test`, role: 'EDITOR', maxBodyBytes: 0, handle: testProvider },
  { name: 'openapi', method: 'GET', path: '/api/v2/openapi.json', role: 'VIEWER', maxBodyBytes: 0, handle: () => json(200, OPENAPI) },
] as const satisfies readonly Route[]

export type RouteName = (typeof ROUTES)[number]['name']

const OPENAPI = describeRoutes(openApiDocument(), ROUTES)

/** Coder's API for AI providers (Coder contract, section 1), with a test of the connection and a description beside it. */
export const coderDialect: Dialect = {
  channel: 'coder',
  rules: RULES,
  title: 'Coder',
  openApi: OPENAPI,
  prefix: '',
  routes: ROUTES,
  refusals: REFUSALS,
  tokenHeader: TOKEN_HEADER,
  callPrefixes: CALL_PREFIXES,
}

function listProviders({ run, takeTurn }: RestRequest): Answer {
  const pages = pagesOf(takeTurn, async (after) => (await run(ListProvidersDocument, { after })).providers)
  return arrayAnswer(pages, toProviderBody)
}

async function getProvider({ run, parameters: { idOrName = '' } }: RestRequest): Promise<Answer> {
  const { provider } = await run(GetProviderDocument, { by: toProviderRef(idOrName) })
  return provider === null ? notFound(idOrName) : providerAnswer(200, provider)
}

async function createProvider({ run, body }: RestRequest): Promise<Answer> {
  const decoded = decodeBody(createRequest, body)
  if ('problem' in decoded) return invalidJson(decoded.problem)
  const { request } = decoded
  const type = toProviderType(request.type)
  if (type === null) {
    // The schema knows no such type, so the other faults are those of a type without rules of its own.
    const { checkProvider } = await run(CheckProviderDocument, { input: toCreateInput(request, 'OPENAI_COMPAT') })
    return invalidRequest([typeValidation(request.type), ...checkProvider.map((issue) => toValidation(issue, { kind: 'create', request }))])
  }
  const { createProvider: result } = await run(CreateProviderDocument, { input: toCreateInput(request, type) })
  return result.__typename === 'CreateProviderPayload'
    ? providerAnswer(201, result.provider)
    : problemOf(result, { kind: 'create', request })
}

async function updateProvider({ run, body, headers, parameters: { idOrName = '' } }: RestRequest): Promise<Answer> {
  const decoded = decodeBody(updateRequest, body)
  if ('problem' in decoded) return invalidJson(decoded.problem)
  const changes = toChanges(decoded.request)
  if (changes === null) return EMPTY_PATCH
  const input = { provider: toProviderRef(idOrName), ...changes, ...expectedState(headers['if-match']) }
  const { updateProvider: result } = await run(UpdateProviderDocument, { input })
  if (result.__typename === 'UpdateProviderPayload') return providerAnswer(200, result.provider)
  return problemOf(result, { kind: 'update', request: decoded.request, idOrName })
}

async function deleteProvider({ run, headers, parameters: { idOrName = '' } }: RestRequest): Promise<Answer> {
  const input = { provider: toProviderRef(idOrName), ...expectedState(headers['if-match']) }
  const { deleteProvider: result } = await run(DeleteProviderDocument, { input })
  return result.__typename === 'DeleteProviderPayload' ? { status: 204 } : problemOf(result, { kind: 'delete', idOrName })
}

async function testProvider({ run, parameters: { idOrName = '' } }: RestRequest): Promise<Answer> {
  const { testConnection: result } = await run(TestConnectionDocument, { input: { saved: { provider: toProviderRef(idOrName) } } })
  return result.__typename === 'TestConnectionPayload' ? json(200, toTestBody(result)) : problemOf(result, { kind: 'test', idOrName })
}
