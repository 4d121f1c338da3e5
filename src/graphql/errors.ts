import {
  ApiKeyNotFoundError,
  ApiKeysNotSupportedError,
  type DomainError,
  type ValidationIssue as Issue,
  KeyRequiredForNewEndpointError,
  ModelRouteNameTakenError,
  ModelRouteNotFoundError,
  ProviderInUseError,
  ProviderNameTakenError,
  ProviderNotFoundError,
  ValidationError,
  VersionConflictError,
} from '../errors.ts'
import { builder } from './builder.ts'
import { ERROR_CODE_VALUES, VALIDATION_RULE_VALUES } from './enum-values.ts'

const ErrorCode = builder.enumType('ErrorCode', {
  values: ERROR_CODE_VALUES,
  description: 'Names a problem for programs. Expect new values.',
})
const ValidationRule = builder.enumType('ValidationRule', {
  values: VALIDATION_RULE_VALUES,
  description: 'Names a rule that an input breaks, so that a program can word it itself. Expect new values.',
})

const UserError = builder.interfaceRef<DomainError>('UserError').implement({
  description: "A problem the caller can fix. Each mutation's result union lists the problems it can have.",
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong and what to do, for people.' }),
    code: t.expose('code', { type: ErrorCode, description: 'What is wrong, for programs.' }),
  }),
})

export const ValidationIssue = builder.objectRef<Issue>('ValidationIssue').implement({
  description: 'One rule that an input breaks.',
  fields: (t) => ({
    path: t.stringList({ resolve: ({ path }) => [...path], description: 'Where in the input, e.g. `["apiKeys", "0", "add", "value"]`.' }),
    rule: t.expose('rule', { type: ValidationRule, description: 'Which rule, for programs.' }),
    message: t.exposeString('message', { description: 'What is wrong and what to do, for people. Never repeats a secret.' }),
  }),
})

builder.objectType(ValidationError, {
  name: 'ValidationError',
  description: 'The input breaks rules; nothing was changed. `issues` has all of them at once.',
  interfaces: [UserError],
  fields: (t) => ({
    issues: t.field({ type: [ValidationIssue], resolve: (error) => [...error.issues], description: 'Every rule that the input breaks.' }),
  }),
})

builder.objectType(ProviderNameTakenError, {
  name: 'ProviderNameTakenError',
  description: 'Another provider has this name. A deleted one does not count.',
  interfaces: [UserError],
  fields: (t) => ({ name: t.exposeString('providerName', { description: 'The name that is taken.' }) }),
})

builder.objectType(ProviderNotFoundError, {
  name: 'ProviderNotFoundError',
  description: 'There is no such provider, or it was deleted.',
  interfaces: [UserError],
})

builder.objectType(ProviderInUseError, {
  name: 'ProviderInUseError',
  description: 'Model routes use the provider; nothing was deleted. `force` deletes it anyway.',
  interfaces: [UserError],
  fields: (t) => ({ routes: t.stringList({ resolve: ({ routes }) => [...routes], description: 'The names of the routes.' }) }),
})

builder.objectType(ModelRouteNameTakenError, {
  name: 'ModelRouteNameTakenError',
  description: 'Another model route has this name.',
  interfaces: [UserError],
  fields: (t) => ({ name: t.exposeString('routeName', { description: 'The name that is taken.' }) }),
})

builder.objectType(ModelRouteNotFoundError, {
  name: 'ModelRouteNotFoundError',
  description: 'There is no such model route.',
  interfaces: [UserError],
})

builder.objectType(ApiKeyNotFoundError, {
  name: 'ApiKeyNotFoundError',
  description: 'The provider has no API key with the given id; nothing was changed.',
  interfaces: [UserError],
  fields: (t) => ({ apiKeyUuid: t.expose('apiKeyId', { type: 'UUID', description: 'The UUID of the key that is not there.' }) }),
})

const KeylessType = builder.enumType('KeylessProviderType', {
  values: {
    BEDROCK: { description: 'It has an access key pair or a role in its settings.' },
    COPILOT: { description: "Each user's own token is used." },
  } as const,
  description: 'What keeps a provider from having stored API keys. A provider of type ANTHROPIC with Bedrock settings counts as BEDROCK.',
})
builder.objectType(ApiKeysNotSupportedError, {
  name: 'ApiKeysNotSupportedError',
  description: 'API keys were given for a provider that authenticates in another way; nothing was changed.',
  interfaces: [UserError],
  fields: (t) => ({ providerType: t.expose('providerType', { type: KeylessType, description: 'Why the provider has no keys.' }) }),
})

builder.objectType(KeyRequiredForNewEndpointError, {
  name: 'KeyRequiredForNewEndpointError',
  description: 'The change would send stored keys to another destination. An editor must give all keys again with it; an admin need not.',
  interfaces: [UserError],
})

builder.objectType(VersionConflictError, {
  name: 'VersionConflictError',
  description: 'What was to be changed is not at the version that the caller expected; nothing was changed.',
  interfaces: [UserError],
  fields: (t) => ({ currentVersion: t.exposeInt('currentVersion', { description: 'The version it is at.' }) }),
})
