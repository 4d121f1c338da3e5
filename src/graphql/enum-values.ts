import type { ChangeAction } from '../changes/provider-changes.ts'
import type { ProblemCode, ValidationRule } from '../errors.ts'
import type { ConnectionStatus, ProviderType } from '../generated/prisma-sqlite/enums.ts'

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

export const CHANGE_ACTION_VALUES = {
  CREATED: { description: 'It is new.' },
  UPDATED: { description: 'Something of it was changed.' },
  DELETED: { description: 'It is gone.' },
  TESTED: { description: 'Its connection was tested, which changes nothing else of it.' },
} as const satisfies Described<ChangeAction>

export const ERROR_CODE_VALUES = {
  VALIDATION_FAILED: { description: 'The input breaks rules: `ValidationError`.' },
  PROVIDER_NOT_FOUND: { description: 'There is no such provider: `ProviderNotFoundError`.' },
  PROVIDER_NAME_TAKEN: { description: 'Another provider has the name: `ProviderNameTakenError`.' },
  API_KEY_NOT_FOUND: { description: 'The provider has no such key: `ApiKeyNotFoundError`.' },
  API_KEYS_NOT_SUPPORTED: { description: 'The provider authenticates in another way: `ApiKeysNotSupportedError`.' },
  KEY_REQUIRED_FOR_NEW_ENDPOINT: { description: 'Stored keys would go to another place: `KeyRequiredForNewEndpointError`.' },
  VERSION_CONFLICT: { description: 'Somebody was faster: `VersionConflictError`.' },
} as const satisfies Described<ProblemCode>

export const VALIDATION_RULE_VALUES = {
  REQUIRED: { description: 'It must be given.' },
  OUT_OF_RANGE: { description: 'Too long, too short, too large, too small, or too many.' },
  NOT_ALLOWED: { description: 'It cannot be given here; the message says why.' },
  IMMUTABLE: { description: 'It cannot be changed.' },
  NAME_FORMAT: { description: 'A name is lowercase letters and digits, words joined by single hyphens.' },
  URL_NOT_ABSOLUTE: { description: 'It must be an absolute URL.' },
  URL_SCHEME: { description: 'The scheme must be `https` or `http`.' },
  URL_NOT_ALLOWED: { description: 'A URL with a password or a fragment, or an address that nobody may call.' },
  API_KEY_BLANK: { description: 'A key cannot be empty.' },
  API_KEY_SURROUNDING_BLANKS: { description: 'A key cannot begin or end with blanks.' },
  API_KEY_CHARACTERS: { description: 'It has characters that no key has.' },
  API_KEY_MASKED: { description: 'It is a mask and not a key.' },
  API_KEY_UNREADABLE: { description: 'The stored key cannot be read. Give it again.' },
  API_KEY_REPEATED: { description: 'A stored key is named twice.' },
  API_KEY_NAME_TAKEN: { description: 'Another key has the name.' },
  API_KEY_ID_TAKEN: { description: 'Another key has the id.' },
  NOTHING_TO_KEEP: { description: 'The stored value shall stay, but there is none.' },
  API_KEYS_NOT_SUPPORTED: { description: 'Providers of this type have no keys.' },
  EXACTLY_ONE: { description: 'Exactly one of several fields must be given.' },
  SETTINGS_NOT_SUPPORTED: { description: 'Providers of this type have no such settings.' },
  SETTINGS_REQUIRED: { description: 'Providers of this type need settings.' },
  ROLE_ARN_FORMAT: { description: 'It must be the ARN of an IAM role.' },
  HEADER_FORMAT: { description: 'It is no name or value of an HTTP header.' },
  CERTIFICATE_FORMAT: { description: 'It must be a certificate in PEM, without its private key.' },
  EXTERNAL_ID_GENERATED: { description: 'The gateway makes the external id itself.' },
} as const satisfies Described<ValidationRule>
