import { ListModelsDocument } from '../../generated/bifrost-documents.ts'
import type { Answer } from '../../http/respond.ts'
import { accessOf, type Dialect, type RestRequest, type Route, route } from '../dialect.ts'
import { pagesOf } from '../long-list.ts'
import { DESCRIPTION, describeApi, type GoodAnswer } from '../openapi.ts'
import { answer, longAnswer } from './answer.ts'
import { badRequest, encodingProblem, error, REFUSALS } from './errors.ts'
import { FIRST_RELEASE } from './first-release.ts'
import { createKey, deleteKey, getKey, listAllKeys, listKeys, refreshKey, refreshModels, updateKey } from './key-routes.ts'
import { findModelNames, findModels, readModelQuery } from './models.ts'
import { createProvider, deleteProvider, getProvider, listProviders, updateProvider } from './provider-routes.ts'
import { RULES } from './rules.ts'
import { config, SERVER_ROUTES } from './server-routes.ts'
import { databaseKey, errorBody, key, keyList, keyRequest, modelList, modelNames } from './wire-key.ts'
import { addProviderRequest, provider, providerList, updateProviderRequest } from './wire-provider.ts'

const MAX_BODY_BYTES = 1_000_000
const COLLECTION = '/api/providers/'
const ITEM = '/api/providers/:provider/'
const KEYS = '/api/providers/:provider/keys/'
const KEY = '/api/providers/:provider/keys/:keyId/'

const { read, act, write } = accessOf(MAX_BODY_BYTES)

const ok = (schema: NonNullable<GoodAnswer['schema']>) => ({ answers: { 200: { description: 'As it is now.', schema } } })
const CUSTOM = { base_provider_type: 'openai', allowed_requests: { chat_completion: true } }
const AT = { base_url: 'https://api.example.com' }
const NEW_PROVIDER = {
  schema: addProviderRequest,
  example: { provider: 'acme', network_config: AT, custom_provider_config: CUSTOM },
}
const CHANGED_PROVIDER = {
  schema: updateProviderRequest,
  example: {
    network_config: { ...AT, max_retries: 2 },
    concurrency_and_buffer_size: { concurrency: 100, buffer_size: 500 },
    custom_provider_config: CUSTOM,
  },
}
const SENT_KEY = { schema: keyRequest, example: { name: 'acme-main', value: 'sk-example-1', models: ['*'], weight: 1 } }

const text = (name: string) => ({ name, in: 'query', schema: { type: 'string' } })
const number = (name: string) => ({ name, in: 'query', schema: { type: 'integer', minimum: 0 } })
const SEARCH = [text('query'), text('provider'), text('keys'), number('limit'), number('offset'), text('unfiltered')]

/** Bifrost contract, section 1. */
const ROUTES: readonly Route[] = [
  route(
    { name: 'listProviders', method: 'GET', path: COLLECTION, ...read, handle: listProviders },
    { summary: 'All providers, ordered by name', ...ok(providerList) },
  ),
  route(
    { name: 'createProvider', method: 'POST', path: COLLECTION, ...write, handle: createProvider },
    { summary: 'Creates a provider', body: NEW_PROVIDER, ...ok(provider), refusals: [400, 409, 413, 415] },
  ),
  route(
    { name: 'getProvider', method: 'GET', path: ITEM, ...read, handle: getProvider },
    { summary: 'One provider', ...ok(provider), refusals: [400, 404] },
  ),
  route(
    { name: 'updateProvider', method: 'PUT', path: ITEM, ...write, handle: updateProvider },
    { summary: 'Creates or replaces a provider', body: CHANGED_PROVIDER, ...ok(provider), refusals: [400, 413, 415] },
  ),
  route(
    { name: 'deleteProvider', method: 'DELETE', path: ITEM, ...act, handle: deleteProvider },
    { summary: 'Deletes a provider, its keys and tests', ...ok(provider), refusals: [400, 404] },
  ),
  route(
    { name: 'refreshModels', method: 'POST', path: `${ITEM}refresh-models/`, ...act, handle: refreshModels },
    { summary: 'Tests every enabled key', ...ok(keyList), refusals: [400, 404, 409] },
  ),
  route(
    { name: 'listKeys', method: 'GET', path: KEYS, ...read, handle: listKeys },
    { summary: 'The keys of a provider, masked', ...ok(keyList), refusals: [400, 404] },
  ),
  route(
    { name: 'createKey', method: 'POST', path: KEYS, ...write, handle: createKey },
    { summary: 'Adds a key', body: SENT_KEY, ...ok(key), refusals: [400, 404, 409, 413, 415] },
  ),
  route(
    { name: 'getKey', method: 'GET', path: KEY, ...read, handle: getKey },
    { summary: 'One key, masked', ...ok(key), refusals: [400, 404] },
  ),
  route(
    { name: 'updateKey', method: 'PUT', path: KEY, ...write, handle: updateKey },
    {
      summary: 'Replaces a key; the mask that was shown keeps a secret',
      ...{ body: SENT_KEY, ...ok(key), refusals: [400, 404, 409, 413, 415] },
    },
  ),
  route(
    { name: 'deleteKey', method: 'DELETE', path: KEY, ...act, handle: deleteKey },
    { summary: 'Deletes a key', ...ok(key), refusals: [400, 404] },
  ),
  route(
    { name: 'refreshKey', method: 'POST', path: `${KEY}refresh-models/`, ...act, handle: refreshKey },
    { summary: 'Tests one key', ...ok(key), refusals: [400, 404, 409] },
  ),
  route(
    { name: 'listAllKeys', method: 'GET', path: '/api/keys/', ...read, handle: listAllKeys },
    { summary: 'The keys of all providers, masked', ...ok([databaseKey]) },
  ),
  route(
    { name: 'listModels', method: 'GET', path: '/api/models/', ...read, handle: (request) => listModels(request, 5) },
    { summary: 'Models that tests found', parameters: SEARCH, ...ok(modelList) },
  ),
  // Nothing is known of models but their names, so their details are those.
  route(
    { name: 'modelDetails', method: 'GET', path: '/api/models/details/', ...read, handle: (request) => listModels(request, 20) },
    { summary: 'The same', parameters: SEARCH, ...ok(modelList) },
  ),
  route(
    { name: 'baseModels', method: 'GET', path: '/api/models/base/', ...read, handle: baseModels },
    { summary: 'Their names', parameters: [text('query'), number('limit')], ...ok(modelNames) },
  ),
  route(
    { name: 'modelParameters', method: 'GET', path: '/api/models/parameters/', ...read, handle: modelParameters },
    { summary: 'None are kept', parameters: [text('model')], answers: {}, refusals: [400, 404] },
  ),
  ...SERVER_ROUTES,
  route({ name: 'openapi', method: 'GET', path: '/api/openapi.json/', ...read, handle: () => answer(200, OPENAPI) }, DESCRIPTION),
]

const OPENAPI = describeApi(
  {
    info: {
      title: 'Bifrost: providers',
      version: '1.6',
      description: "Bifrost's API for providers, as this gateway serves it. Null means absent.",
    },
    prefix: '/bifrost',
    schemas: {
      ...{ Provider: provider, ProviderList: providerList, Key: key, KeyList: keyList, DatabaseKey: databaseKey },
      ...{ ModelList: modelList, ModelNames: modelNames, Config: config },
    },
    requests: { AddProvider: addProviderRequest, UpdateProvider: updateProviderRequest, KeyRequest: keyRequest },
    error: errorBody,
    parts: { provider: { description: 'The name of the provider.', example: 'acme' }, keyId: { description: 'The id of the key.' } },
    words: {
      404: 'No such provider, or key.',
      409: 'The name is taken, or a refresh is under way.',
      415: 'The body is compressed.',
    },
  },
  ROUTES,
)

/** Bifrost's API for providers and their keys (Bifrost contract, section 1). */
export const bifrostDialect: Dialect = {
  channel: 'bifrost',
  rules: RULES,
  title: 'Bifrost',
  openApi: OPENAPI,
  prefix: '/bifrost',
  routes: ROUTES.map((plain) => ({ ...plain, handle: (request) => encodingProblem(request.path) ?? plain.handle(request) })),
  refusals: REFUSALS,
  firstRelease: FIRST_RELEASE,
}

async function listModels(request: RestRequest, defaultLimit: number): Promise<Answer> {
  return modelsAnswer(await findModels(providersOf(request), readModelQuery(request.query, defaultLimit)))
}

async function baseModels(request: RestRequest): Promise<Answer> {
  return modelsAnswer(await findModelNames(providersOf(request), readModelQuery(request.query, 20)))
}

function providersOf({ run, takeTurn }: RestRequest) {
  return pagesOf(takeTurn, async (after) => (await run(ListModelsDocument, { after })).providers)
}

/** Models that are written at once. */
const STEP = 500

function modelsAnswer<Model>({ models, total }: { readonly models: readonly Model[]; readonly total: number }): Answer {
  async function* steps() {
    for (let start = 0; start < models.length; start += STEP) yield models.slice(start, start + STEP)
  }
  return longAnswer(steps(), { open: '{"models":[', close: () => `],"total":${total}}`, toItems: (model) => [model] })
}

/** The gateway keeps no parameters of models (Bifrost contract, section 1.2). */
function modelParameters({ query }: RestRequest): Answer {
  const model = query.get('model') ?? ''
  if (model === '') return badRequest('model query parameter is required')
  return error(404, `no parameters found for model ${model.slice(0, 200)}`)
}
