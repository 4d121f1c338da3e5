import { encodeGlobalID } from '@pothos/plugin-relay'
import type {
  ApiKeyChangeInput,
  BedrockSettingsInput,
  CreateProviderInput,
  ProviderRef,
  ProviderType,
  UpdateProviderInput,
} from '../../generated/coder-documents.ts'
import { type CreateRequest, isIdOrName, isKeyChange, parseUuid, type SettingsRequest, type UpdateRequest } from './wire.ts'

/** Which provider a path means: an id when it reads as one, else a name (Coder contract, section 6). */
export function toProviderRef(idOrName: string): ProviderRef {
  const uuid = parseUuid(idOrName)
  if (uuid !== null) return { uuid }
  // Nothing has the empty name. So a text that no provider can have is not found, behind the checks that come first.
  return { name: isIdOrName(idOrName) ? idOrName : '' }
}

/** A provider is created disabled unless the request says otherwise (Coder contract, section 2.1). */
export function toCreateInput(request: CreateRequest, type: ProviderType): CreateProviderInput {
  return {
    type,
    name: request.name ?? '',
    displayName: request.display_name ?? '',
    icon: request.icon ?? '',
    enabled: request.enabled ?? false,
    baseUrl: request.base_url ?? '',
    apiKeys: (request.api_keys ?? []).map((value) => ({ credential: { value: value ?? '' }, enabled: true, weight: 1 })),
    ...(request.settings ? { settings: { bedrock: toSettings(request.settings) } } : {}),
  }
}

/** What a PATCH changes; null when it has no field with a value (Coder contract, section 1.3). */
export function toChanges(request: UpdateRequest): Omit<UpdateProviderInput, 'provider'> | null {
  const { display_name, icon, enabled, base_url, api_keys, settings } = request
  const changes = {
    ...(display_name == null ? {} : { displayName: display_name }),
    ...(icon == null ? {} : { icon }),
    ...(enabled == null ? {} : { enabled }),
    ...(base_url == null ? {} : { baseUrl: base_url }),
    ...(api_keys == null ? {} : { apiKeys: api_keys.map(toKeyChange) }),
    ...(settings == null ? {} : { settings: { bedrock: toSettings(settings) } }),
  }
  return Object.keys(changes).length === 0 ? null : changes
}

/**
 * An entry that is neither, or both, goes in as an empty key. The domain refuses that in its place among all other
 * faults of the request, and `errors.ts` words it by the entry.
 */
function toKeyChange(entry: NonNullable<UpdateRequest['api_keys']>[number]): ApiKeyChangeInput {
  if (isKeyChange(entry) && entry?.id != null) return { keep: { id: encodeGlobalID('ApiKey', entry.id) } }
  return { add: { credential: { value: isKeyChange(entry) ? (entry?.api_key ?? '') : '' }, enabled: true, weight: 1 } }
}

const PROTOCOLS = ['invoke-model', 'mantle'] as const

function toSettings(settings: SettingsRequest): BedrockSettingsInput {
  return {
    region: settings.region,
    model: settings.model,
    smallFastModel: settings.small_fast_model,
    roleArn: settings.role_arn,
    externalId: settings.external_id,
    // Others are of a younger profile, which a server of this one ignores.
    protocol: PROTOCOLS.find((protocol) => protocol === settings.protocol),
    accessKey: settings.access_key,
    accessKeySecret: settings.access_key_secret,
  }
}
