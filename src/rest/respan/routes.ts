import {
  DeleteProviderDocument,
  GetProviderDocument,
  ListProvidersDocument,
  UpdateProviderDocument,
  UpsertProviderDocument,
} from '../../generated/respan-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import type { Dialect, RestRequest, Route } from '../dialect.ts'
import { arrayAnswer, pagesOf } from '../long-list.ts'
import { describeRoutes } from '../openapi.ts'
import { decodeBody } from './decode.ts'
import { invalidFields, NOT_FOUND, problemOf, REFUSALS } from './errors.ts'
import { openApiDocument } from './openapi.ts'
import { RULES } from './rules.ts'
import { toChanges, toUpsert } from './to-input.ts'
import { toProviderBody } from './to-response.ts'
import { createRequest, type PatchRequest, patchRequest, replaceRequest, toName } from './wire.ts'

const MAX_BODY_BYTES = 1_000_000
const COLLECTION = '/api/providers/'
const ITEM = '/api/providers/:id/'

const ROUTES = [
  { name: 'listProviders', method: 'GET', path: COLLECTION, role: 'VIEWER', maxBodyBytes: 0, handle: listProviders },
  { name: 'upsertProvider', method: 'POST', path: COLLECTION, role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES, handle: upsertProvider },
  { name: 'getProvider', method: 'GET', path: ITEM, role: 'VIEWER', maxBodyBytes: 0, handle: getProvider },
  { name: 'patchProvider', method: 'PATCH', path: ITEM, role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES, handle: patchProvider },
  { name: 'replaceProvider', method: 'PUT', path: ITEM, role: 'EDITOR', maxBodyBytes: MAX_BODY_BYTES, handle: replaceProvider },
  { name: 'deleteProvider', method: 'DELETE', path: ITEM, role: 'EDITOR', maxBodyBytes: 0, handle: deleteProvider },
  { name: 'openapi', method: 'GET', path: '/api/openapi.json', role: 'VIEWER', maxBodyBytes: 0, handle: () => json(200, OPENAPI) },
] as const satisfies readonly Route[]

export type RouteName = (typeof ROUTES)[number]['name']

const OPENAPI = describeRoutes(openApiDocument(), ROUTES)

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
  const { updateProvider: result } = await run(UpdateProviderDocument, { input })
  return result.__typename === 'UpdateProviderPayload' ? json(200, toProviderBody(result.provider)) : problemOf(result)
}

async function showProvider(run: RestRequest['run'], name: string | null): Promise<Answer> {
  if (name === null) return NOT_FOUND
  const { provider } = await run(GetProviderDocument, { by: { name } })
  return provider === null ? NOT_FOUND : json(200, toProviderBody(provider))
}

async function deleteProvider({ run, parameters }: RestRequest): Promise<Answer> {
  const name = toName(parameters.id ?? '')
  if (name === null) return NOT_FOUND
  const { deleteProvider: result } = await run(DeleteProviderDocument, { input: { provider: { name } } })
  return result.__typename === 'DeleteProviderPayload' ? { status: 204 } : problemOf(result)
}
