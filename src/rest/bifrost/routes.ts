import { ListModelsDocument } from '../../generated/bifrost-documents.ts'
import type { Answer } from '../../http/respond.ts'
import type { Dialect, RestRequest, Route } from '../dialect.ts'
import { pagesOf } from '../long-list.ts'
import { describeRoutes } from '../openapi.ts'
import { answer, longAnswer } from './answer.ts'
import { badRequest, encodingProblem, error, REFUSALS } from './errors.ts'
import { FIRST_RELEASE } from './first-release.ts'
import { createKey, deleteKey, getKey, listAllKeys, listKeys, refreshKey, refreshModels, updateKey } from './key-routes.ts'
import { findModelNames, findModels, readModelQuery } from './models.ts'
import { openApiDocument } from './openapi.ts'
import { createProvider, deleteProvider, getProvider, listProviders, updateProvider } from './provider-routes.ts'
import { RULES } from './rules.ts'

const MAX_BODY_BYTES = 1_000_000
const COLLECTION = '/api/providers/'
const ITEM = '/api/providers/:provider/'
const KEYS = '/api/providers/:provider/keys/'
const KEY = '/api/providers/:provider/keys/:keyId/'

const read = { role: 'VIEWER', maxBodyBytes: 0 } as const
const act = { role: 'EDITOR', maxBodyBytes: 0 } as const
const write = { role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES } as const

/** Bifrost contract, section 1. */
const ROUTES: readonly Route[] = [
  { name: 'listProviders', method: 'GET', path: COLLECTION, ...read, handle: listProviders },
  { name: 'createProvider', method: 'POST', path: COLLECTION, ...write, handle: createProvider },
  { name: 'getProvider', method: 'GET', path: ITEM, ...read, handle: getProvider },
  { name: 'updateProvider', method: 'PUT', path: ITEM, ...write, handle: updateProvider },
  { name: 'deleteProvider', method: 'DELETE', path: ITEM, ...act, handle: deleteProvider },
  { name: 'listKeys', method: 'GET', path: KEYS, ...read, handle: listKeys },
  { name: 'createKey', method: 'POST', path: KEYS, ...write, handle: createKey },
  { name: 'getKey', method: 'GET', path: KEY, ...read, handle: getKey },
  { name: 'updateKey', method: 'PUT', path: KEY, ...write, handle: updateKey },
  { name: 'deleteKey', method: 'DELETE', path: KEY, ...act, handle: deleteKey },
  { name: 'refreshModels', method: 'POST', path: `${ITEM}refresh-models/`, ...act, handle: refreshModels },
  { name: 'refreshKey', method: 'POST', path: `${KEY}refresh-models/`, ...act, handle: refreshKey },
  { name: 'listAllKeys', method: 'GET', path: '/api/keys/', ...read, handle: listAllKeys },
  { name: 'listModels', method: 'GET', path: '/api/models/', ...read, handle: (request) => listModels(request, 5) },
  // Nothing is known of models but their names, so their details are those.
  { name: 'modelDetails', method: 'GET', path: '/api/models/details/', ...read, handle: (request) => listModels(request, 20) },
  { name: 'baseModels', method: 'GET', path: '/api/models/base/', ...read, handle: baseModels },
  { name: 'modelParameters', method: 'GET', path: '/api/models/parameters/', ...read, handle: modelParameters },
  { name: 'openapi', method: 'GET', path: '/api/openapi.json/', ...read, handle: () => answer(200, OPENAPI) },
]

const OPENAPI = describeRoutes(openApiDocument(), ROUTES)

/** Bifrost's API for providers and their keys (Bifrost contract, section 1). */
export const bifrostDialect: Dialect = {
  channel: 'bifrost',
  rules: RULES,
  title: 'Bifrost',
  openApi: OPENAPI,
  prefix: '/bifrost',
  routes: ROUTES.map((route) => ({ ...route, handle: (request) => encodingProblem(request.path) ?? route.handle(request) })),
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
