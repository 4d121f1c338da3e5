import { body, jsonSchema, reference, requestBody } from '../openapi.ts'
import { databaseKey, errorBody, key, keyList, keyRequest, modelList, modelNames } from './wire-key.ts'
import { addProviderRequest, provider, updateProviderRequest } from './wire-provider.ts'

/** The description of these routes, made of the schemas that decode requests and type answers. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bifrost: providers',
      version: '1.6',
      description: "Bifrost's API for providers, as this gateway serves it. Null means absent.",
    },
    servers: [{ url: '/bifrost' }],
    security: [{ bearer: [] }],
    paths: { ...providerPaths(), ...keyPaths(), ...modelPaths() },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Provider: jsonSchema(provider, 'output'),
        Key: jsonSchema(key, 'output'),
        KeyList: jsonSchema(keyList, 'output'),
        DatabaseKey: jsonSchema(databaseKey, 'output'),
        ModelList: jsonSchema(modelList, 'output'),
        ModelNames: jsonSchema(modelNames, 'output'),
        Error: jsonSchema(errorBody, 'output'),
        AddProvider: jsonSchema(addProviderRequest, 'input'),
        UpdateProvider: jsonSchema(updateProviderRequest, 'input'),
        KeyRequest: jsonSchema(keyRequest, 'input'),
      },
    },
  }
}

function providerPaths() {
  const list = { type: 'object', properties: { providers: { type: 'array', items: reference('Provider') }, total: { type: 'integer' } } }
  return {
    '/api/providers': {
      get: operation('listProviders', 'All providers, ordered by name', ok({ ...list, required: ['providers', 'total'] })),
      post: {
        ...operation('createProvider', 'Creates a provider', ok('Provider'), 400, 409, 413, 415),
        requestBody: requestBody('AddProvider', NEW_PROVIDER),
      },
    },
    '/api/providers/{provider}': {
      parameters: [PROVIDER],
      get: operation('getProvider', 'One provider', ok('Provider'), 400, 404),
      put: {
        ...operation('updateProvider', 'Creates or replaces a provider', ok('Provider'), 400, 413, 415),
        requestBody: requestBody('UpdateProvider', CHANGED_PROVIDER),
      },
      delete: operation('deleteProvider', 'Deletes a provider, its keys and tests', ok('Provider'), 400, 404),
    },
    '/api/providers/{provider}/refresh-models': {
      parameters: [PROVIDER],
      post: operation('refreshModels', 'Tests every enabled key', ok('KeyList'), 400, 404, 409),
    },
  }
}

function keyPaths() {
  const ofProvider = [PROVIDER]
  const ofKey = [...ofProvider, parameter('keyId', 'The id of the key.')]
  return {
    '/api/providers/{provider}/keys': {
      parameters: ofProvider,
      get: operation('listKeys', 'The keys of a provider, masked', ok('KeyList'), 400, 404),
      post: { ...operation('createKey', 'Adds a key', ok('Key'), 400, 404, 409, 413, 415), requestBody: requestBody('KeyRequest', KEY) },
    },
    '/api/providers/{provider}/keys/{keyId}': {
      parameters: ofKey,
      get: operation('getKey', 'One key, masked', ok('Key'), 400, 404),
      put: {
        ...operation('updateKey', 'Replaces a key; the mask that was shown keeps a secret', ok('Key'), 400, 404, 409, 413, 415),
        requestBody: requestBody('KeyRequest', KEY),
      },
      delete: operation('deleteKey', 'Deletes a key', ok('Key'), 400, 404),
    },
    '/api/providers/{provider}/keys/{keyId}/refresh-models': {
      parameters: ofKey,
      post: operation('refreshKey', 'Tests one key', ok('Key'), 400, 404, 409),
    },
    '/api/keys': {
      get: operation('listAllKeys', 'The keys of all providers, masked', ok({ type: 'array', items: reference('DatabaseKey') })),
    },
  }
}

function modelPaths() {
  const text = (name: string) => ({ name, in: 'query', schema: { type: 'string' } })
  const number = (name: string) => ({ name, in: 'query', schema: { type: 'integer', minimum: 0 } })
  const search = [text('query'), text('provider'), text('keys'), number('limit'), number('offset'), text('unfiltered')]
  return {
    '/api/models': { get: { ...operation('listModels', 'Models that tests found', ok('ModelList')), parameters: search } },
    '/api/models/details': { get: { ...operation('modelDetails', 'The same', ok('ModelList')), parameters: search } },
    '/api/models/base': {
      get: { ...operation('baseModels', 'Their names', ok('ModelNames')), parameters: [text('query'), number('limit')] },
    },
    '/api/models/parameters': {
      get: { ...operation('modelParameters', 'None are kept', {}, 400, 404), parameters: [text('model')] },
    },
    '/api/openapi.json': { get: operation('openapi', 'This document', ok({ type: 'object' })) },
  }
}

const ERRORS = {
  400: 'The request breaks rules; nothing was changed.',
  401: 'No valid token.',
  403: "The token's role does not allow this.",
  404: 'No such provider, or key.',
  409: 'The name is taken, or a refresh is under way.',
  413: 'The body is too large.',
  415: 'The body is compressed.',
  429: 'Too many requests.',
  500: 'The gateway failed.',
  503: 'The gateway cannot answer now.',
}
type ErrorStatus = keyof typeof ERRORS

function operation(operationId: string, summary: string, good: object, ...refused: readonly ErrorStatus[]) {
  const errors = [...refused, 401, 403, 429, 500, 503] as const
  return {
    operationId,
    summary,
    responses: { ...good, ...Object.fromEntries(errors.map((status) => [status, body(ERRORS[status], reference('Error'))])) },
  }
}

function ok(schema: string | object) {
  return { 200: body('As it is now.', typeof schema === 'string' ? reference(schema) : schema) }
}

const CUSTOM = { base_provider_type: 'openai', allowed_requests: { chat_completion: true } }
const NEW_PROVIDER = {
  provider: 'acme',
  network_config: { base_url: 'https://api.example.com' },
  custom_provider_config: CUSTOM,
}
const CHANGED_PROVIDER = {
  network_config: { base_url: 'https://api.example.com', max_retries: 2 },
  concurrency_and_buffer_size: { concurrency: 100, buffer_size: 500 },
  custom_provider_config: CUSTOM,
}
const KEY = { name: 'acme-main', value: 'sk-example-1', models: ['*'], weight: 1 }
const PROVIDER = { ...parameter('provider', 'The name of the provider.'), example: 'acme' }

function parameter(name: string, description: string) {
  return { name, in: 'path', required: true, description, schema: { type: 'string' } }
}
