import { encodeGlobalID } from '@pothos/plugin-relay'
import {
  type ApiKeyChangeInput,
  type BifrostKeyFieldsFragment,
  ChangeKeysDocument,
  GetKeysDocument,
  ListKeysDocument,
  type ProviderWithKeysFragment,
  RefreshModelsDocument,
} from '../../generated/bifrost-documents.ts'
import type { Answer } from '../../http/respond.ts'
import type { RestRequest } from '../dialect.ts'
import { pagesOf } from '../long-list.ts'
import { answer, longAnswer } from './answer.ts'
import { baseOf, isKeyless, keyProblem } from './check-key.ts'
import { decodeBody } from './decode.ts'
import { badRequest, busyAnswer, INVALID_PAYLOAD, KEY_NOT_FOUND, keylessAnswer, PROVIDER_NOT_FOUND, problemOf } from './errors.ts'
import { type KeyParts, readParts, variablesOf } from './key-parts.ts'
import { toStoredName } from './names.ts'
import { idOf, toKeptKey, toNewKey } from './to-key-input.ts'
import { toDatabaseKey, toKeyBody } from './to-key-response.ts'
import { nameOf } from './to-response.ts'
import { type KeyRequest, keyRequest, parseUuid } from './wire-key.ts'

type Provider = ProviderWithKeysFragment
type Verb = 'add' | 'update' | 'delete'

export async function listKeys(request: RestRequest): Promise<Answer> {
  const found = await findProvider(request)
  return 'refusal' in found ? found.refusal : keyListAnswer(found.provider)
}

export function listAllKeys({ run, takeTurn }: RestRequest): Answer {
  const pages = pagesOf(takeTurn, async (after) => (await run(ListKeysDocument, { after })).providers)
  const form = { open: '[', close: () => ']' }
  return longAnswer(pages, { ...form, toItems: (provider) => provider.apiKeys.nodes.map((key) => toDatabaseKey(key, nameOf(provider))) })
}

export async function getKey(request: RestRequest): Promise<Answer> {
  const found = await findProvider(request)
  if ('refusal' in found) return found.refusal
  const key = findKey(found.provider, request)
  return key === undefined ? KEY_NOT_FOUND : answer(200, toKeyBody(key))
}

/** The order of the rules is Bifrost's (Bifrost contract, section 1.3). */
export async function createKey(request: RestRequest): Promise<Answer> {
  const decoded = decodeBody(keyRequest, request.body)
  if (decoded === null) return INVALID_PAYLOAD
  const found = await findProvider(request)
  if ('refusal' in found) return found.refusal
  const { provider } = found
  if (isKeyless(provider)) return keylessAnswer('add')
  const parts = readParts(decoded)
  if (parts.malformed !== null) return INVALID_PAYLOAD
  const problem = keyProblem(decoded, parts, baseOf(provider), null)
  if (problem !== null) return badRequest(problem)
  // The id is given here, so that the key is known again among those that others add meanwhile.
  const id = idOf(decoded)
  const changed = await changeKeys(request, provider, { add: toNewKey(decoded, parts, id) }, { verb: 'add', decoded, parts })
  if ('refusal' in changed) return changed.refusal
  const created = changed.provider.apiKeys.nodes.find(({ uuid }) => uuid === id)
  return created === undefined ? KEY_NOT_FOUND : answer(200, toKeyBody(created))
}

export async function updateKey(request: RestRequest): Promise<Answer> {
  const decoded = decodeBody(keyRequest, request.body)
  if (decoded === null) return INVALID_PAYLOAD
  const found = await findProvider(request)
  if ('refusal' in found) return found.refusal
  const { provider } = found
  if (isKeyless(provider)) return keylessAnswer('update')
  const stored = findKey(provider, request)
  if (stored === undefined) return KEY_NOT_FOUND
  const parts = readParts(decoded)
  if (parts.malformed !== null) return INVALID_PAYLOAD
  const problem = keyProblem(decoded, parts, baseOf(provider), stored)
  if (problem !== null) return badRequest(problem)
  const changed = await changeKeys(request, provider, { keep: toKeptKey(decoded, parts, stored) }, { verb: 'update', decoded, parts })
  if ('refusal' in changed) return changed.refusal
  const key = findKey(changed.provider, request)
  return key === undefined ? KEY_NOT_FOUND : answer(200, toKeyBody(key))
}

export async function deleteKey(request: RestRequest): Promise<Answer> {
  const found = await findProvider(request)
  if ('refusal' in found) return found.refusal
  const { provider } = found
  if (isKeyless(provider)) return keylessAnswer('delete')
  const stored = findKey(provider, request)
  if (stored === undefined) return KEY_NOT_FOUND
  const changed = await changeKeys(request, provider, { remove: stored.id }, { verb: 'delete' })
  return 'refusal' in changed ? changed.refusal : answer(200, toKeyBody(stored))
}

/** Discovery is our connection test (Bifrost contract, section 6). */
export async function refreshModels(request: RestRequest): Promise<Answer> {
  const refreshed = await refresh(request, null)
  return 'refusal' in refreshed ? refreshed.refusal : keyListAnswer(refreshed.provider)
}

export async function refreshKey(request: RestRequest): Promise<Answer> {
  const uuid = parseUuid(request.parameters.keyId ?? '')
  if (uuid === null) return KEY_NOT_FOUND
  const refreshed = await refresh(request, uuid)
  if ('refusal' in refreshed) return refreshed.refusal
  const key = findKey(refreshed.provider, request)
  return key === undefined ? KEY_NOT_FOUND : answer(200, toKeyBody(key))
}

type Found = { readonly provider: Provider } | { readonly refusal: Answer }

async function findProvider({ run, parameters: { provider: name = '' } }: RestRequest): Promise<Found> {
  const { provider } = await run(GetKeysDocument, { name: toStoredName(name) })
  return provider === null ? { refusal: PROVIDER_NOT_FOUND } : { provider }
}

function findKey({ apiKeys }: Provider, { parameters: { keyId = '' } }: RestRequest): BifrostKeyFieldsFragment | undefined {
  const uuid = parseUuid(keyId)
  return apiKeys.nodes.find((key) => key.uuid === uuid)
}

function keyListAnswer({ apiKeys }: Provider): Answer {
  return answer(200, { keys: apiKeys.nodes.map(toKeyBody), total: apiKeys.nodes.length })
}

interface KeyChange {
  readonly verb: Verb
  readonly decoded?: KeyRequest
  readonly parts?: KeyParts
}

/** One change to one key; all others stay as they are, whatever else happens to them at the same time. */
async function changeKeys({ run }: RestRequest, provider: Provider, change: ApiKeyChangeInput, asked: KeyChange): Promise<Found> {
  const input = {
    provider: { id: provider.id },
    apiKeys: [change],
    keepOtherApiKeys: true,
    testAfterwards: asked.verb !== 'delete',
  }
  const { updateProvider: result } = await run(ChangeKeysDocument, { input })
  if (result.__typename === 'UpdateProviderPayload') return { provider: result.provider }
  const variables = asked.decoded && asked.parts ? variablesOf(asked.decoded, asked.parts) : []
  const parts = (asked.parts?.secrets ?? []).map(({ path }) => path)
  return { refusal: problemOf(result, { about: 'key', verb: asked.verb, variables, parts }) }
}

async function refresh(request: RestRequest, keyUuid: string | null): Promise<Found> {
  const found = await findProvider(request)
  if ('refusal' in found) return found
  const saved = {
    provider: { id: found.provider.id },
    wait: false,
    ...(keyUuid === null ? {} : { apiKeyId: encodeGlobalID('ApiKey', keyUuid) }),
  }
  const { testConnection: result } = await request.run(RefreshModelsDocument, { input: { saved } })
  if (result.__typename !== 'TestConnectionPayload') return { refusal: problemOf(result, { about: 'models' }) }
  const busy = busyAnswer(result)
  if (busy !== null) return { refusal: busy }
  return result.provider === null ? { refusal: PROVIDER_NOT_FOUND } : { provider: result.provider }
}
