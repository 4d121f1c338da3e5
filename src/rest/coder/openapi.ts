import { body, jsonSchema, reference, requestBody } from '../openapi.ts'
import { connectionTest, createRequest, errorBody, provider, updateRequest } from './wire.ts'

/** The description of these routes, made of the schemas that decode requests and type answers. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Coder: AI providers',
      version: '2',
      description: "Coder's API for AI providers, as this gateway serves it. Names of properties match in any case; null means absent.",
    },
    security: [{ sessionToken: [] }, { bearer: [] }],
    paths: paths(),
    components: {
      securitySchemes: {
        sessionToken: { type: 'apiKey', in: 'header', name: 'Coder-Session-Token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: {
        Provider: jsonSchema(provider, 'output'),
        ConnectionTest: jsonSchema(connectionTest, 'output'),
        Error: jsonSchema(errorBody, 'output'),
        CreateRequest: jsonSchema(createRequest, 'input'),
        UpdateRequest: jsonSchema(updateRequest, 'input'),
      },
    },
  }
}

function paths() {
  return {
    '/api/v2/ai/providers': {
      get: operation('listProviders', 'All providers, ordered by name', {
        200: body('The providers.', { type: 'array', items: reference('Provider') }),
      }),
      post: {
        ...operation('createProvider', 'Creates a provider with its keys', { 201: providerBody, ...refused(400, 409, 413) }),
        requestBody: requestBody('CreateRequest', NEW_PROVIDER),
      },
    },
    '/api/v2/ai/providers/{idOrName}': {
      parameters: [ID_OR_NAME],
      get: operation('getProvider', 'One provider', { 200: providerBody, ...refused(400, 404) }),
      patch: {
        ...operation('updateProvider', 'Changes a provider; `api_keys` states the whole set', {
          200: providerBody,
          ...refused(400, 404, 412, 413),
        }),
        parameters: [IF_MATCH],
        requestBody: requestBody('UpdateRequest', { enabled: false, api_keys: [{ api_key: 'sk-example-2' }] }),
      },
      delete: {
        ...operation('deleteProvider', 'Deletes a provider and frees its name', {
          204: { description: 'It is gone.' },
          ...refused(400, 404, 412),
        }),
        parameters: [IF_MATCH],
      },
    },
    '/api/v2/ai/providers/{idOrName}/test': {
      parameters: [ID_OR_NAME],
      post: operation('testProvider', 'Calls the upstream with each enabled key', {
        200: body('What the upstream answered; a refusal by it is a result, not an error.', reference('ConnectionTest')),
        ...refused(400, 404),
      }),
    },
    '/api/v2/openapi.json': {
      get: operation('openapi', 'This document', { 200: body('An OpenAPI 3.1 document.', { type: 'object' }) }),
    },
  }
}

const ID_OR_NAME = {
  name: 'idOrName',
  in: 'path',
  required: true,
  description: "The provider's UUID or name.",
  example: 'openai-team',
  schema: { type: 'string' },
}
const NEW_PROVIDER = {
  type: 'openai',
  name: 'openai-team',
  display_name: 'OpenAI, our team',
  enabled: true,
  base_url: 'https://api.openai.com/v1',
  api_keys: ['sk-example-1'],
}
const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  description: 'The `ETag` of the state to change; another state is refused with 412.',
  schema: { type: 'string' },
}

const ERRORS = {
  400: 'The request breaks rules; nothing was changed.',
  401: 'No valid token.',
  403: "The token's role does not allow this.",
  404: 'No such provider.',
  409: 'The name is taken.',
  412: 'The provider is not in the state that `If-Match` names.',
  413: 'The body is too large.',
  429: 'Too many requests.',
  500: 'The gateway failed.',
  503: 'The gateway cannot answer now.',
}
type ErrorStatus = keyof typeof ERRORS

const providerBody = {
  ...body('The provider as it is now.', reference('Provider')),
  headers: { ETag: { description: 'Names this state; send it back as `If-Match`.', schema: { type: 'string' } } },
}

function operation(operationId: string, summary: string, responses: Record<number, object>) {
  return { operationId, summary, responses: { ...responses, ...refused(401, 403, 429, 500, 503) } }
}

function refused(...statuses: readonly ErrorStatus[]) {
  return Object.fromEntries(statuses.map((status) => [status, body(ERRORS[status], reference('Error'))]))
}
