import {
  DeleteProviderDocument,
  GetProviderDocument,
  ListProvidersDocument,
  UpsertProviderDocument,
} from '../../generated/respan-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import { accessOf, type Dialect, type RestRequest, route } from '../dialect.ts'
import { arrayAnswer, pagesOf } from '../long-list.ts'
import { DESCRIPTION, describeApi, type OpenApiDocument } from '../openapi.ts'
import { decodeBody } from './decode.ts'
import { invalidFields, NOT_FOUND, problemOf, REFUSALS } from './errors.ts'
import { RULES } from './rules.ts'
import { toChanges, toUpsert } from './to-input.ts'
import { toProviderBody } from './to-response.ts'
import { createRequest, errorBody, type PatchRequest, patchRequest, provider, replaceRequest, toName } from './wire.ts'

const MAX_BODY_BYTES = 1_000_000
const COLLECTION = '/api/providers/'
const ITEM = '/api/providers/:id/'

const { read, act, write } = accessOf(MAX_BODY_BYTES)

const SHOWN = { description: 'The provider as it is now, without its secrets.', schema: provider }
const SETTINGS = {
  provider_name: 'My Azure Provider',
  api_key: 'your-api-key-here',
  extra_kwargs: { base_url: 'https://my-azure-endpoint.openai.azure.com', timeout: 60 },
}

const ROUTES = [
  route(
    { name: 'listProviders', method: 'GET', path: COLLECTION, ...read, handle: listProviders },
    {
      summary: 'All providers, in the order of their creation',
      answers: { 200: { description: 'The providers.', schema: [provider] } },
    },
  ),
  route(
    { name: 'upsertProvider', method: 'POST', path: COLLECTION, ...write, handle: upsertProvider },
    {
      summary: 'Creates a provider, or changes the one of this `provider_id`',
      body: { schema: createRequest, example: { provider_id: 'my-azure-provider', ...SETTINGS } },
      ...{ answers: { 200: SHOWN, 201: SHOWN }, refusals: [400, 413, 415] },
    },
  ),
  route(
    { name: 'getProvider', method: 'GET', path: ITEM, ...read, handle: getProvider },
    { summary: 'One provider', answers: { 200: SHOWN }, refusals: [404] },
  ),
  route(
    { name: 'patchProvider', method: 'PATCH', path: ITEM, ...write, handle: patchProvider },
    {
      summary: 'Changes what is given',
      body: { schema: patchRequest, example: { provider_name: 'Our Azure Provider' } },
      ...{ answers: { 200: SHOWN }, refusals: [400, 404, 413, 415] },
    },
  ),
  route(
    { name: 'replaceProvider', method: 'PUT', path: ITEM, ...write, handle: replaceProvider },
    {
      summary: 'Replaces everything but a key that is not given',
      body: { schema: replaceRequest, example: SETTINGS },
      ...{ answers: { 200: SHOWN }, refusals: [400, 404, 413, 415] },
    },
  ),
  route(
    { name: 'deleteProvider', method: 'DELETE', path: ITEM, ...act, handle: deleteProvider },
    { summary: 'Deletes a provider and its keys', answers: { 204: { description: 'It is gone.' } }, refusals: [404] },
  ),
  route({ name: 'openapi', method: 'GET', path: '/api/openapi.json', ...read, handle: () => json(200, OPENAPI) }, DESCRIPTION),
]

export type RouteName = (typeof ROUTES)[number]['name']

const OPENAPI: OpenApiDocument = describeApi(
  {
    info: {
      title: 'Respan: custom providers',
      version: '1',
      description: "Respan's API for custom providers, as this gateway serves it. Paths work with and without the slash at their end.",
    },
    prefix: '/respan',
    hasSlash: true,
    schemas: { Provider: provider },
    requests: { CreateRequest: createRequest, ReplaceRequest: replaceRequest, PatchRequest: patchRequest },
    error: errorBody,
    parts: { id: { description: 'The `provider_id`, in any case.', example: 'my-azure-provider' } },
    always: [405],
  },
  ROUTES,
)

/** Respan's API for custom providers (Respan contract), with a description beside it. */
export const respanDialect: Dialect = {
  channel: 'respan',
  rules: RULES,
  title: 'Respan',
  openApi: OPENAPI,
  prefix: '/respan',
  routes: ROUTES,
  refusals: REFUSALS,
}

const NAME_RULE = 'Enter lowercase letters and digits, words joined by single hyphens, e.g. "my-azure-provider".'

function listProviders({ run, takeTurn }: RestRequest): Answer {
  const pages = pagesOf(takeTurn, async (after) => (await run(ListProvidersDocument, { after })).providers)
  return arrayAnswer(pages, toProviderBody)
}

async function getProvider({ run, parameters }: RestRequest): Promise<Answer> {
  return showProvider(run, toName(parameters.id ?? ''))
}

async function upsertProvider(request: RestRequest): Promise<Answer> {
  const decoded = decodeBody(createRequest, request)
  if ('refusal' in decoded) return decoded.refusal
  const name = toName(decoded.request.provider_id)
  if (name === null) return invalidFields({ provider_id: [NAME_RULE] })
  const { upsertProvider: result } = await request.run(UpsertProviderDocument, { input: toUpsert(name, decoded.request) })
  if (result.__typename !== 'UpsertProviderPayload') return problemOf(result)
  return json(result.created ? 201 : 200, toProviderBody(result.provider))
}

async function patchProvider(request: RestRequest): Promise<Answer> {
  const decoded = decodeBody(patchRequest, request)
  return 'refusal' in decoded ? decoded.refusal : changeProvider(request, decoded.request)
}

/** A replacement has no extra settings when it gives none; a key that is not given stays (Respan contract, "Details"). */
async function replaceProvider(request: RestRequest): Promise<Answer> {
  const decoded = decodeBody(replaceRequest, request)
  if ('refusal' in decoded) return decoded.refusal
  return changeProvider(request, { ...decoded.request, extra_kwargs: decoded.request.extra_kwargs ?? null })
}

async function changeProvider({ run, parameters }: RestRequest, changes: PatchRequest): Promise<Answer> {
  const name = toName(parameters.id ?? '')
  if (name === null) return NOT_FOUND
  const input = toChanges(name, changes)
  if (input === null) return showProvider(run, name)
  const { upsertProvider: result } = await run(UpsertProviderDocument, { input })
  return result.__typename === 'UpsertProviderPayload' ? json(200, toProviderBody(result.provider)) : problemOf(result)
}

async function showProvider(run: RestRequest['run'], name: string | null): Promise<Answer> {
  if (name === null) return NOT_FOUND
  const { provider } = await run(GetProviderDocument, { by: { name } })
  return provider === null ? NOT_FOUND : json(200, toProviderBody(provider))
}

async function deleteProvider({ run, parameters }: RestRequest): Promise<Answer> {
  const name = toName(parameters.id ?? '')
  if (name === null) return NOT_FOUND
  const { deleteProvider: result } = await run(DeleteProviderDocument, { input: { provider: { name }, force: true } })
  return result.__typename === 'DeleteProviderPayload' ? { status: 204 } : problemOf(result)
}
