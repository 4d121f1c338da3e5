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
import { accessOf, type Dialect, type RestRequest, route } from '../dialect.ts'
import { arrayAnswer, pagesOf } from '../long-list.ts'
import { DESCRIPTION, describeApi, type OpenApiDocument } from '../openapi.ts'
import { CALL_PREFIXES, TOKEN_HEADER } from './clients.ts'
import { decodeBody } from './decode.ts'
import { EMPTY_PATCH, invalidJson, invalidRequest, notFound, problemOf, REFUSALS } from './errors.ts'
import { expectedState } from './etag.ts'
import { toProviderType } from './provider-types.ts'
import { RULES } from './rules.ts'
import { SERVER_ROUTES } from './server-routes.ts'
import { toChanges, toCreateInput, toProviderRef } from './to-input.ts'
import { providerAnswer, toProviderBody, toTestBody } from './to-response.ts'
import { toValidation, typeValidation } from './validations.ts'
import { connectionTest, createRequest, errorBody, provider, updateRequest } from './wire.ts'
import { buildInfo, entitlements, user } from './wire-server.ts'

/** Coder contract, section 1.3. */
const MAX_BODY_BYTES = 4_194_304
const COLLECTION = '/api/v2/ai/providers/'
const ITEM = '/api/v2/ai/providers/:idOrName'

const { read, act, write } = accessOf(MAX_BODY_BYTES)

const ETAG = { ETag: { description: 'Names this state; send it back as `If-Match`.', schema: { type: 'string' } } }
const SHOWN = { description: 'The provider as it is now.', schema: provider, headers: ETAG }
const IF_MATCH = {
  ...{ name: 'If-Match', in: 'header', schema: { type: 'string' } },
  description: 'The `ETag` of the state to change; another state is refused with 412.',
}
const NEW_PROVIDER = {
  ...{ type: 'openai', name: 'openai-team', display_name: 'OpenAI, our team', enabled: true },
  ...{ base_url: 'https://api.openai.com/v1', api_keys: ['sk-example-1'] },
}

const ROUTES = [
  route(
    { name: 'listProviders', method: 'GET', path: COLLECTION, ...read, handle: listProviders },
    { summary: 'All providers, ordered by name', answers: { 200: { description: 'The providers.', schema: [provider] } } },
  ),
  route(
    { name: 'createProvider', method: 'POST', path: COLLECTION, ...write, handle: createProvider },
    {
      summary: 'Creates a provider with its keys',
      body: { schema: createRequest, example: NEW_PROVIDER },
      ...{ answers: { 201: SHOWN }, refusals: [400, 409, 413] },
    },
  ),
  route(
    { name: 'getProvider', method: 'GET', path: ITEM, ...read, handle: getProvider },
    { summary: 'One provider', answers: { 200: SHOWN }, refusals: [400, 404] },
  ),
  route(
    { name: 'updateProvider', method: 'PATCH', path: ITEM, ...write, handle: updateProvider },
    {
      summary: 'Changes a provider; `api_keys` states the whole set',
      parameters: [IF_MATCH],
      body: { schema: updateRequest, example: { enabled: false, api_keys: [{ api_key: 'sk-example-2' }] } },
      ...{ answers: { 200: SHOWN }, refusals: [400, 404, 412, 413] },
    },
  ),
  route(
    { name: 'deleteProvider', method: 'DELETE', path: ITEM, ...act, handle: deleteProvider },
    {
      summary: 'Deletes a provider and frees its name',
      parameters: [IF_MATCH],
      ...{ answers: { 204: { description: 'It is gone.' } }, refusals: [400, 404, 412] },
    },
  ),
  route(
    { name: 'testProvider', method: 'POST', path: `${ITEM}/test`, ...act, handle: testProvider },
    {
      summary: 'Calls the upstream with each enabled key',
      answers: {
        200: { description: 'What the upstream answered; a refusal by it is a result, not an error.', schema: connectionTest },
      },
      refusals: [400, 404],
    },
  ),
  ...SERVER_ROUTES,
  route({ name: 'openapi', method: 'GET', path: '/api/v2/openapi.json', ...read, handle: () => json(200, OPENAPI) }, DESCRIPTION),
]

export type RouteName = (typeof ROUTES)[number]['name']

const OPENAPI: OpenApiDocument = describeApi(
  {
    info: {
      title: 'Coder: AI providers',
      version: '2',
      description: "Coder's API for AI providers, as this gateway serves it. Names of properties match in any case; null means absent.",
    },
    prefix: '',
    otherSecurity: { sessionToken: { type: 'apiKey', in: 'header', name: 'Coder-Session-Token' } },
    schemas: { Provider: provider, ConnectionTest: connectionTest, User: user, Entitlements: entitlements, BuildInfo: buildInfo },
    requests: { CreateRequest: createRequest, UpdateRequest: updateRequest },
    error: errorBody,
    parts: { idOrName: { description: "The provider's UUID or name.", example: 'openai-team' } },
    words: { 412: 'The provider is not in the state that `If-Match` names.' },
  },
  ROUTES,
)

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
  const input = { provider: toProviderRef(idOrName), force: true, ...expectedState(headers['if-match']) }
  const { deleteProvider: result } = await run(DeleteProviderDocument, { input })
  return result.__typename === 'DeleteProviderPayload' ? { status: 204 } : problemOf(result, { kind: 'delete', idOrName })
}

async function testProvider({ run, parameters: { idOrName = '' } }: RestRequest): Promise<Answer> {
  const { testConnection: result } = await run(TestConnectionDocument, { input: { saved: { provider: toProviderRef(idOrName) } } })
  return result.__typename === 'TestConnectionPayload' ? json(200, toTestBody(result)) : problemOf(result, { kind: 'test', idOrName })
}
