import type { AuditAction, AuditSubjectType } from '../audit/record.ts'
import type { Channel } from '../auth/principal.ts'
import type { CallKind } from '../calls/call-kind.ts'
import type { CallOutcome } from '../calls/call-record.ts'
import type { TargetState } from '../calls/call-status.ts'
import type { KeyAvailability } from '../calls/key-states.ts'
import type { ChangeAction } from '../changes/provider-changes.ts'
import type { ProblemCode, ValidationRule } from '../errors.ts'
import type { ActorKind, ConnectionStatus, ProviderType } from '../generated/prisma-sqlite/enums.ts'
import type { CallRoutes } from '../providers/call-routes.ts'
import type { UsageGroup } from '../usage/read-usage.ts'
import type { UsageSource } from '../usage/token-usage.ts'

/** What each value of an enum means, as the schema tells it. */

type Described<Name extends string> = Readonly<Record<Name, { readonly description: string }>>

export const CONNECTION_STATUS_VALUES = {
  OK: { description: 'The upstream answered as this API does. With `keyVerified` the key is proven.' },
  UNAUTHORIZED: { description: 'The key is wrong, revoked or disabled.' },
  FORBIDDEN: { description: 'The key is good, but lacks a permission or credit.' },
  NOT_FOUND: { description: 'No such API, deployment or region at this URL.' },
  RATE_LIMITED: { description: 'The upstream limits requests, or the gateway is busy with other tests. It says nothing about the key.' },
  TIMED_OUT: { description: 'No answer in time.' },
  UNREACHABLE: { description: 'The name does not resolve, or the connection was refused or broke.' },
  TLS_FAILED: { description: 'The certificate is not trusted, expired, or for another name.' },
  REDIRECTED: { description: 'The endpoint points to another address. A key never follows.' },
  BLOCKED_ADDRESS: { description: 'The outbound rules of the gateway forbid the address.' },
  UNEXPECTED_RESPONSE: { description: 'An answer that this API does not give: a fault of the upstream, or another service.' },
  NOT_TESTABLE: { description: 'There is nothing to test, or no way to test it without cost.' },
} as const satisfies Described<ConnectionStatus>

export const PROVIDER_TYPE_VALUES = {
  ANTHROPIC: { description: "Anthropic's API, or Claude through Amazon Bedrock." },
  AZURE: { description: 'Azure OpenAI.' },
  BEDROCK: { description: 'Amazon Bedrock. It has settings in place of API keys.' },
  COPILOT: { description: "GitHub Copilot. Each user's own token is used, so it has no keys." },
  GOOGLE: { description: "Google's Gemini API." },
  OPENAI: { description: "OpenAI's own API." },
  OPENAI_COMPAT: { description: "Any API that follows OpenAI's, at a vendor's or your own." },
  OPENROUTER: { description: 'OpenRouter.' },
  VERCEL: { description: "Vercel's AI Gateway." },
} as const satisfies Described<ProviderType>

export const KEY_STATE_VALUES = {
  READY: { description: 'Calls use it.' },
  COOLING: { description: 'The vendor limits its calls for a while, perhaps of one model alone.' },
  EXHAUSTED: { description: 'Its credit or quota is used up.' },
  REFUSED: { description: 'The vendor refuses it, or it cannot be opened.' },
  DISABLED: { description: 'It is disabled.' },
} as const satisfies Described<KeyAvailability['state']>

export const CALL_ROUTES_VALUES = {
  STANDARD: { description: 'The routes of models: chats, messages, embeddings, images and the like.' },
  ALL: { description: 'Every route of the API, also those that manage the account at the vendor. Only an admin may set it.' },
} as const satisfies Described<CallRoutes>

export const CALL_OUTCOME_VALUES = {
  OK: { description: 'The vendor answered.' },
  CALLER_ERROR: { description: 'The vendor refused the request, but not the key.' },
  KEY_REFUSED: { description: 'The vendor refused every stored key.' },
  RATE_LIMITED: { description: 'The vendor limits calls for now.' },
  VENDOR_ERROR: { description: 'The vendor failed.' },
  UNREACHABLE: { description: 'There was no connection to the vendor, or it broke before an answer.' },
  TIMED_OUT: { description: 'The vendor did not begin to answer in time.' },
  CALLER_LEFT: { description: 'The caller left before the end. It does not count as failed.' },
  STREAM_BROKEN: { description: 'The answer broke off: the vendor ended it, or the gateway stopped.' },
  REFUSED_BY_GATEWAY: { description: 'The gateway refused it: by a limit, the scope of the token, or the state of the provider.' },
} as const satisfies Described<CallOutcome>

export const CALL_KIND_VALUES = {
  CHAT: { description: "A chat in OpenAI's format." },
  COMPLETIONS: { description: "A completion of a text, in OpenAI's older format." },
  RESPONSES: { description: "OpenAI's Responses API." },
  MESSAGES: { description: "Anthropic's Messages API." },
  GENERATE_CONTENT: { description: "Google's `generateContent`." },
  CONVERSE: { description: "Amazon Bedrock's Converse or InvokeModel." },
  EMBEDDINGS: { description: 'Embeddings.' },
  IMAGES: { description: 'Images.' },
  AUDIO: { description: 'Speech, transcriptions or translations.' },
  MODELS: { description: 'A list of models, or one of them.' },
  COUNT_TOKENS: { description: 'A count of the tokens of a text.' },
  OTHER: { description: 'Anything else.' },
} as const satisfies Described<CallKind>

export const USAGE_SOURCE_VALUES = {
  REPORTED: { description: "The vendor's final figures." },
  PARTIAL: { description: "The vendor's latest figures in an answer that was cut off." },
  MISSING: { description: 'There are none. The call counts as no tokens.' },
} as const satisfies Described<UsageSource>

export const USAGE_GROUP_VALUES = {
  PROVIDER: { description: 'The provider.' },
  API_KEY: { description: 'The API key. Requires the role `viewer`.' },
  CALLER: { description: 'Who called.' },
  MODEL: { description: 'The model that was asked for. Beyond 200 of one provider in an hour, or in a day, the others are `(other)`.' },
  OUTCOME: { description: 'How the call ended.' },
  HOUR: { description: 'The hour in which the call began; kept for 31 days.' },
  DAY: { description: 'The day of UTC in which the call began.' },
} as const satisfies Described<UsageGroup>

export const CHANGE_ACTION_VALUES = {
  CREATED: { description: 'It was created.' },
  UPDATED: { description: 'It was changed.' },
  DELETED: { description: 'It was deleted.' },
  TESTED: { description: 'Its connection was tested, which changes nothing else of it.' },
} as const satisfies Described<ChangeAction>

export const ERROR_CODE_VALUES = {
  VALIDATION_FAILED: { description: 'The input breaks rules: `ValidationError`.' },
  PROVIDER_NOT_FOUND: { description: 'There is no such provider: `ProviderNotFoundError`.' },
  PROVIDER_NAME_TAKEN: { description: 'Another provider has the name: `ProviderNameTakenError`.' },
  PROVIDER_IN_USE: { description: 'Model routes use the provider: `ProviderInUseError`.' },
  MODEL_ROUTE_NOT_FOUND: { description: 'There is no such model route: `ModelRouteNotFoundError`.' },
  MODEL_ROUTE_NAME_TAKEN: { description: 'Another model route has the name: `ModelRouteNameTakenError`.' },
  API_KEY_NOT_FOUND: { description: 'The provider has no such key: `ApiKeyNotFoundError`.' },
  API_KEYS_NOT_SUPPORTED: { description: 'The provider authenticates in another way: `ApiKeysNotSupportedError`.' },
  KEY_REQUIRED_FOR_NEW_ENDPOINT: { description: 'Stored keys would go to another destination: `KeyRequiredForNewEndpointError`.' },
  VERSION_CONFLICT: { description: 'Somebody else changed it first: `VersionConflictError`.' },
} as const satisfies Described<ProblemCode>

export const VALIDATION_RULE_VALUES = {
  REQUIRED: { description: 'It must be given.' },
  OUT_OF_RANGE: { description: 'Too long, too short, too large, too small, or too many.' },
  NOT_ALLOWED: { description: 'It cannot be given here; the message says why.' },
  IMMUTABLE: { description: 'It cannot be changed.' },
  NAME_FORMAT: { description: 'A name of this kind has other characters. The message says which.' },
  URL_NOT_ABSOLUTE: { description: 'It must be an absolute URL.' },
  URL_SCHEME: { description: 'The scheme must be `https` or `http`.' },
  URL_NOT_ALLOWED: { description: 'A URL with a password or a fragment, or an address that nobody may call.' },
  API_KEY_BLANK: { description: 'A key cannot be empty.' },
  API_KEY_SURROUNDING_BLANKS: { description: 'A key cannot begin or end with whitespace.' },
  API_KEY_CHARACTERS: { description: 'It has characters that no key has.' },
  API_KEY_MASKED: { description: 'It is a mask and not a key.' },
  API_KEY_UNREADABLE: { description: 'The stored key cannot be read. Give it again.' },
  API_KEY_REPEATED: { description: 'A stored key is named twice.' },
  API_KEY_NAME_TAKEN: { description: 'Another key has the name.' },
  API_KEY_ID_TAKEN: { description: 'Another key has the id.' },
  NOTHING_TO_KEEP: { description: 'The stored value should stay, but there is none.' },
  API_KEYS_NOT_SUPPORTED: { description: 'Providers of this type have no keys.' },
  SETTINGS_NOT_SUPPORTED: { description: 'Providers of this type have no such settings.' },
  SETTINGS_REQUIRED: { description: 'Providers of this type need settings.' },
  ROLE_ARN_FORMAT: { description: 'It must be the ARN of an IAM role.' },
  HEADER_FORMAT: { description: 'It is not a valid name or value of an HTTP header.' },
  CERTIFICATE_FORMAT: { description: 'It must be a certificate in PEM, without its private key.' },
  EXTERNAL_ID_GENERATED: { description: 'The gateway makes the external id itself.' },
} as const satisfies Described<ValidationRule>

export const ACTOR_KIND_VALUES = {
  TOKEN: { description: 'An access token.' },
  PERSON: { description: 'A person who signed in with an identity provider.' },
  WORKLOAD: { description: 'A program that an identity provider vouches for.' },
  COMMAND_LINE: { description: 'Somebody who ran `gateway` on a machine with the database and the keys.' },
  SYSTEM: { description: 'The gateway itself.' },
} as const satisfies Described<ActorKind>

/** What stands for a stored text that this release does not know: another replica may already be of a newer one. */
export const OTHER = 'other'
const OTHER_VALUE = { OTHER: { value: OTHER, description: 'A value that a newer release wrote.' } } as const

/** `PROVIDER_CREATED` for `provider.created`. */
type EnumName<Text extends string> = Uppercase<Text extends `${infer Before}.${infer After}` ? `${Before}_${After}` : Text>
/** The values of an enum, each with the text that is stored for it: whoever adds a text adds its value here. */
type Stored<Text extends string> = {
  readonly [Each in Text as EnumName<Each>]: { readonly value: Each; readonly description: string }
}

export const TARGET_STATE_VALUES = {
  READY: { description: 'Calls use it.' },
  NO_KEY: { description: 'No key of the provider is available for the model.' },
  BREAKER_OPEN: { description: 'Its latest calls failed: it is paused for half a minute.' },
  PROVIDER_DISABLED: { description: 'The provider is disabled.' },
  PROVIDER_DELETED: { description: 'The provider was deleted.' },
} as const satisfies Described<TargetState>

export const AUDIT_ACTION_VALUES = {
  PROVIDER_CREATED: { value: 'provider.created', description: 'A provider was created.' },
  PROVIDER_UPDATED: { value: 'provider.updated', description: 'A provider or its keys were changed.' },
  PROVIDER_DELETED: { value: 'provider.deleted', description: 'A provider was deleted.' },
  PROVIDER_TESTED: { value: 'provider.tested', description: 'The connection of a provider was tested.' },
  PROVIDER_KEY_AVAILABILITY_RESET: {
    value: 'provider.key_availability_reset',
    description: 'The availability of a key was reset, so that model calls use it again.',
  },
  PROVIDER_DRAFT_TESTED: { value: 'provider.draft_tested', description: 'Values that are not stored were tried at an upstream.' },
  PROVIDER_CHANGE_REFUSED: { value: 'provider.change_refused', description: 'A change of a provider was refused.' },
  ACCESS_TOKEN_CREATED: { value: 'access_token.created', description: 'An access token was created.' },
  ACCESS_TOKEN_UPDATED: { value: 'access_token.updated', description: 'An access token was changed.' },
  ACCESS_TOKEN_REVOKED: { value: 'access_token.revoked', description: 'An access token was revoked.' },
  ACCESS_TOKEN_CHANGE_REFUSED: { value: 'access_token.change_refused', description: 'A change of an access token was refused.' },
  MODEL_ROUTE_CREATED: { value: 'model_route.created', description: 'A model route was created.' },
  MODEL_ROUTE_UPDATED: { value: 'model_route.updated', description: 'A model route was changed.' },
  MODEL_ROUTE_DELETED: { value: 'model_route.deleted', description: 'A model route was deleted.' },
  MODEL_ROUTE_CHANGE_REFUSED: { value: 'model_route.change_refused', description: 'A change of a model route was refused.' },
  ENCRYPTION_KEY_ROTATION_STARTED: {
    value: 'encryption_key.rotation_started',
    description: 'A rotation to another encryption key began.',
  },
  ENCRYPTION_KEY_ROTATED: { value: 'encryption_key.rotated', description: 'Every secret was sealed with another encryption key.' },
  ENCRYPTION_KEY_RETIRED: { value: 'encryption_key.retired', description: 'An encryption key was retired.' },
  ENCRYPTION_KEY_SECRETS_UPGRADED: {
    value: 'encryption_key.secrets_upgraded',
    description: 'Secrets of an earlier release were resealed in the form of this one.',
  },
  ENCRYPTION_KEY_CHANGE_REFUSED: { value: 'encryption_key.change_refused', description: 'A change of an encryption key was refused.' },
  ...OTHER_VALUE,
} as const satisfies Stored<AuditAction | typeof OTHER>

export const AUDIT_CHANNEL_VALUES = {
  GRAPHQL: { value: 'graphql', description: 'GraphQL, the console included.' },
  CODER: { value: 'coder', description: "Coder's REST API." },
  BIFROST: { value: 'bifrost', description: "Bifrost's REST API." },
  RESPAN: { value: 'respan', description: "Respan's REST API." },
  ZIRI: { value: 'ziri', description: "ZIRI's REST API." },
  CLI: { value: 'cli', description: 'The command line.' },
  START: { value: 'start', description: 'The start of a gateway.' },
  ...OTHER_VALUE,
} as const satisfies Stored<Channel | typeof OTHER>

export const AUDIT_SUBJECT_TYPE_VALUES = {
  PROVIDER: { value: 'provider', description: 'A provider.' },
  ACCESS_TOKEN: { value: 'access_token', description: 'An access token.' },
  MODEL_ROUTE: { value: 'model_route', description: 'A model route.' },
  ENCRYPTION_KEY: { value: 'encryption_key', description: 'An encryption key.' },
  ...OTHER_VALUE,
} as const satisfies Stored<AuditSubjectType | typeof OTHER>
