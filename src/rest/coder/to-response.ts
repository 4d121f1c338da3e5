import type { ProviderFieldsFragment, TestConnectionMutation, TestFieldsFragment } from '../../generated/coder-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import { etagOf } from './etag.ts'
import { TYPE_NAMES } from './provider-types.ts'
import type { ConnectionTestBody, ProviderBody } from './wire.ts'

/** The answer that shows one provider, with the tag to send back as `If-Match`. */
export function providerAnswer(status: 200 | 201, provider: ProviderFieldsFragment): Answer {
  return json(status, toProviderBody(provider), { etag: etagOf(provider) })
}

/** A provider as Coder's API shows it (Coder contract, section 1.1). */
export function toProviderBody(provider: ProviderFieldsFragment): ProviderBody {
  return {
    id: provider.uuid,
    type: TYPE_NAMES[provider.type],
    name: provider.name,
    display_name: provider.displayName,
    icon: provider.icon,
    enabled: provider.enabled,
    base_url: provider.baseUrl,
    api_keys: provider.apiKeys.nodes.map(({ uuid, masked, createdAt }) => ({ id: uuid, masked, created_at: createdAt })),
    settings: toSettingsBody(provider.settings),
    created_at: provider.createdAt,
    updated_at: provider.updatedAt,
  }
}

/** Names in alphabetical order, empty fields left out (Coder contract, section 4.1). */
function toSettingsBody(settings: ProviderFieldsFragment['settings']): ProviderBody['settings'] {
  if (settings === null) return null
  return {
    _type: 'bedrock',
    _version: 1,
    ...(settings.externalId ? { external_id: settings.externalId } : {}),
    ...(settings.model ? { model: settings.model } : {}),
    ...(settings.protocol ? { protocol: settings.protocol } : {}),
    ...(settings.region ? { region: settings.region } : {}),
    ...(settings.roleArn ? { role_arn: settings.roleArn } : {}),
    ...(settings.smallFastModel ? { small_fast_model: settings.smallFastModel } : {}),
  }
}

type TestPayload = Extract<TestConnectionMutation['testConnection'], { __typename: 'TestConnectionPayload' }>

/** What a connection test found: the worst test, and each. */
export function toTestBody({ success, test, tests }: TestPayload): ConnectionTestBody {
  return { success, ...toTestResult(test), tests: tests.map((one) => ({ api_key_id: one.apiKey?.uuid ?? null, ...toTestResult(one) })) }
}

function toTestResult(test: TestFieldsFragment): Omit<ConnectionTestBody, 'success' | 'tests'> {
  return {
    status: test.status.toLowerCase(),
    message: test.message,
    http_status: test.httpStatus,
    key_verified: test.keyVerified,
    duration_ms: test.durationMs,
    models: test.models,
    tested_at: test.testedAt,
  }
}
