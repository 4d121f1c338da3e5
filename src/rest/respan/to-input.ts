import type { UpsertProviderInput } from '../../generated/respan-documents.ts'
import type { CreateRequest, ExtraKwargs, PatchRequest } from './wire.ts'

/** An upsert: what is left out stays; the key states the whole set (Respan contract, "Details"). */
export function toUpsert(name: string, { provider_name, api_key, extra_kwargs }: CreateRequest): UpsertProviderInput {
  const keys = toKeys(api_key, extra_kwargs)
  return {
    name,
    displayName: provider_name,
    ...(keys === undefined ? {} : { apiKeys: keys }),
    ...(extra_kwargs === undefined ? {} : { baseUrl: extra_kwargs?.base_url || '', ...toParts(extra_kwargs) }),
  }
}

/** What a PATCH changes; null when it has nothing to change. */
export function toChanges(name: string, { provider_name, api_key, extra_kwargs }: PatchRequest): UpsertProviderInput | null {
  const keys = toKeys(api_key, extra_kwargs)
  const changes = {
    ...(provider_name === undefined ? {} : { displayName: provider_name }),
    ...(keys === undefined ? {} : { apiKeys: keys }),
    ...(extra_kwargs === undefined ? {} : { baseUrl: extra_kwargs?.base_url || '', ...toParts(extra_kwargs) }),
  }
  return Object.keys(changes).length === 0 ? null : { name, onlyIfExists: true, ...changes }
}

/** The keys that a request states; undefined when it leaves them as they are. */
function toKeys(apiKey: string | null | undefined, kwargs: ExtraKwargs | null | undefined) {
  const value = apiKey === undefined ? (kwargs?.api_key ?? '') : (apiKey ?? '')
  if (value !== '') return [{ credential: { value }, enabled: true, weight: 1 }]
  return apiKey === undefined ? undefined : []
}

const DEFAULT_TIMEOUT_MS = 30_000

/** What the extra settings say to the gateway, and the whole of them, to be sealed. They replace all that earlier ones said. */
function toParts(kwargs: ExtraKwargs | null): Pick<UpsertProviderInput, 'network' | 'sealedExtensions'> {
  const { timeout, headers } = kwargs ?? {}
  const network = {
    timeoutMs: timeout === undefined ? DEFAULT_TIMEOUT_MS : Math.max(1, Math.round(timeout * 1_000)),
    extraHeaders: Object.entries(headers ?? {}).map(([name, value]) => ({ name, value })),
    keepOthers: true,
  }
  const isEmpty = kwargs === null || Object.keys(kwargs).length === 0
  const sealed = { namespace: 'respan', name: 'extraKwargs', value: isEmpty ? '' : JSON.stringify(kwargs) }
  return { network, sealedExtensions: [sealed] }
}
