import {
  type BifrostProviderFragment,
  CheckProviderDocument,
  CreateProviderDocument,
  type CreateProviderInput,
  DeleteProviderDocument,
  GetProviderDocument,
  GetSettingsDocument,
  ListProvidersDocument,
  UpsertProviderDocument,
} from '../../generated/bifrost-documents.ts'
import type { Answer } from '../../http/respond.ts'
import type { RestRequest } from '../dialect.ts'
import { pagesOf } from '../long-list.ts'
import { answer, longAnswer } from './answer.ts'
import {
  bedrockProblem,
  changedCustomProblem,
  concurrencyProblem,
  isBaseType,
  networkProblem,
  newCustomProblem,
  secretsProblem,
} from './check-provider.ts'
import { decodeBody } from './decode.ts'
import { alreadyExists, badRequest, INVALID_NAME, INVALID_PAYLOAD, PROVIDER_NOT_FOUND, problemOf } from './errors.ts'
import { isName, toStoredName, typeOf } from './names.ts'
import { readNewKeys } from './new-keys.ts'
import { settingsProblem } from './provider-settings.ts'
import { keepableFields, toNetwork, toRoute, toSettings, withProxyType } from './to-input.ts'
import { customConfigOf, deletedBody, nameOf, toProviderBody } from './to-response.ts'
import { type AddProviderRequest, addProviderRequest, updateProviderRequest } from './wire-provider.ts'

/** By the bytes of their names, as the database orders these (Bifrost contract, section 1). */
export function listProviders({ run, takeTurn }: RestRequest): Answer {
  const pages = pagesOf(takeTurn, async (after) => (await run(ListProvidersDocument, { after })).providers)
  const form = { open: '{"providers":[', close: (total: number) => `],"total":${total}}` }
  return longAnswer(pages, { ...form, toItems: (provider) => [toProviderBody(provider)] })
}

export async function getProvider({ run, parameters: { provider: name = '' } }: RestRequest): Promise<Answer> {
  const { provider } = await run(GetProviderDocument, { name: toStoredName(name) })
  return provider === null ? PROVIDER_NOT_FOUND : answer(200, toProviderBody(provider))
}

/** The order of its rules is Bifrost's (Bifrost contract, section 1.3). */
export async function createProvider({ run, body }: RestRequest): Promise<Answer> {
  const decoded = decodeBody(addProviderRequest, body)
  if (decoded === null) return INVALID_PAYLOAD
  const request = withProxyType(decoded, null)
  const name = request.provider ?? ''
  if (name === '') return badRequest('Missing provider')
  if (!isName(name)) return INVALID_NAME
  const problem =
    newCustomProblem(name, request.custom_provider_config) ??
    concurrencyProblem(request.concurrency_and_buffer_size, false) ??
    networkProblem(request.network_config) ??
    secretsProblem(request, keepableFields(null)) ??
    settingsProblem(toSettings(name, request, true))
  if (problem !== null) return badRequest(problem)
  const keys = readNewKeys(name, request)
  if (keys.isMalformed) return INVALID_PAYLOAD
  const input = { ...toCreateInput(name, request), apiKeys: keys.inputs }
  const lateProblem = bedrockProblem(request.custom_provider_config) ?? keys.problem
  if (lateProblem !== null) return behindOthers(run, name, input, lateProblem)
  const { createProvider: result } = await run(CreateProviderDocument, { input: { ...input, testAfterwards: true } })
  if (result.__typename === 'CreateProviderPayload') return written(result.provider)
  return problemOf(result, { about: 'provider', name, baseUrl: input.baseUrl, storedBaseUrl: null, ...keys.asked })
}

/** What was just written is always called active (Bifrost contract, section 6). */
function written(provider: BifrostProviderFragment): Answer {
  return answer(200, { ...toProviderBody(provider), provider_status: 'active' })
}

function toCreateInput(name: string, request: AddProviderRequest): CreateProviderInput {
  const base = request.custom_provider_config?.base_provider_type
  return {
    name: toStoredName(name),
    type: typeOf(name, isBaseType(base) ? base : undefined),
    baseUrl: request.network_config?.base_url ?? '',
    enabled: true,
    network: toNetwork(request),
    ...toRoute(request),
    extensions: { bifrost: toSettings(name, request, true) },
  }
}

/** A rule that comes behind those for the endpoint and the name: they are asked for first. */
async function behindOthers(run: RestRequest['run'], name: string, input: CreateProviderInput, problem: string): Promise<Answer> {
  const { checkProvider, provider } = await run(CheckProviderDocument, { input, name: input.name })
  const issues = checkProvider.filter(({ path }) => path[0] === 'baseUrl' && input.baseUrl !== '')
  if (issues.length > 0) {
    const problem = { __typename: 'ValidationError', code: 'VALIDATION_FAILED', message: '', issues } as const
    return problemOf(problem, { about: 'provider', name, baseUrl: input.baseUrl, storedBaseUrl: null })
  }
  return provider === null ? badRequest(problem) : alreadyExists(name)
}

/** Creates or replaces, with a rule of its own for each field (Bifrost contract, sections 1.3 and 4). */
export async function updateProvider({ run, body, parameters: { provider: asked = '' } }: RestRequest): Promise<Answer> {
  const decoded = decodeBody(updateProviderRequest, body)
  if (decoded === null) return INVALID_PAYLOAD
  if (!isName(asked)) return INVALID_NAME
  if ((decoded.keys ?? []).length > 0) return badRequest(KEYS_ELSEWHERE)
  const sizes = concurrencyProblem(decoded.concurrency_and_buffer_size, true)
  if (sizes !== null) return badRequest(sizes)
  const { stored, name, storedBase } = await findStored(run, asked)
  const request = withProxyType(decoded, stored)
  const { custom_provider_config: custom } = request
  const settings = toSettings(name, request, false)
  const problem =
    changedCustomProblem(name, custom, storedBase) ??
    networkProblem(request.network_config) ??
    secretsProblem(request, keepableFields(stored)) ??
    settingsProblem(settings)
  if (problem !== null) return badRequest(problem)
  const base = custom?.base_provider_type
  const baseUrl = request.network_config?.base_url ?? ''
  const input = {
    name: toStoredName(name),
    ...(stored === null ? { type: typeOf(name, isBaseType(base) ? base : undefined) } : {}),
    baseUrl,
    network: toNetwork(request),
    ...toRoute(request),
    extensions: { bifrost: settings },
    testAfterwards: true,
  }
  const { upsertProvider: result } = await run(UpsertProviderDocument, { input })
  if (result.__typename === 'UpsertProviderPayload') return written(result.provider)
  return problemOf(result, { about: 'provider', name, baseUrl, storedBaseUrl: stored?.baseUrl ?? null })
}

/** What is stored under a name, the name that it has here, and what it is based on when it is custom. */
async function findStored(run: RestRequest['run'], asked: string) {
  const { provider: stored } = await run(GetSettingsDocument, { name: toStoredName(asked) })
  if (stored === null) return { stored, name: asked, storedBase: null }
  return { stored, name: nameOf(stored), storedBase: customConfigOf(stored)?.base_provider_type ?? null }
}

const KEYS_ELSEWHERE = 'keys are not accepted on this endpoint; use POST/PUT /api/providers/{provider}/keys[/{key_id}] to manage keys'

export async function deleteProvider({ run, parameters: { provider: name = '' } }: RestRequest): Promise<Answer> {
  const { deleteProvider: result } = await run(DeleteProviderDocument, { input: { provider: { name: toStoredName(name) }, force: true } })
  return result.__typename === 'DeleteProviderPayload'
    ? answer(200, deletedBody(name))
    : problemOf(result, { about: 'provider', name, baseUrl: '', storedBaseUrl: null })
}
