import { BEARER, body, jsonSchema, OPENAPI_ROUTE, reference, refused, requestBody } from '../openapi.ts'
import { createRequest, errorBody, patchRequest, provider, replaceRequest } from './wire.ts'

const ERROR = reference('Error')
const PROVIDER = body('The provider as it is now, without its secrets.', reference('Provider'))
const ALWAYS = refused(ERROR, 401, 403, 405, 429, 500, 503)

/** The description of these routes, made of the schemas that decode requests and type answers. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Respan: custom providers',
      version: '1',
      description: "Respan's API for custom providers, as this gateway serves it. Paths work with and without the slash at their end.",
    },
    servers: [{ url: '/respan' }],
    security: BEARER.security,
    paths: { '/api/providers/': COLLECTION, '/api/providers/{id}/': ITEM, '/api/openapi.json': { get: OPENAPI_ROUTE } },
    components: {
      securitySchemes: BEARER.securitySchemes,
      schemas: {
        Provider: jsonSchema(provider, 'output'),
        Error: jsonSchema(errorBody, 'output'),
        CreateRequest: jsonSchema(createRequest, 'input'),
        ReplaceRequest: jsonSchema(replaceRequest, 'input'),
        PatchRequest: jsonSchema(patchRequest, 'input'),
      },
    },
  }
}

const SETTINGS = {
  provider_name: 'My Azure Provider',
  api_key: 'your-api-key-here',
  extra_kwargs: { base_url: 'https://my-azure-endpoint.openai.azure.com', timeout: 60 },
}

const COLLECTION = {
  get: {
    operationId: 'listProviders',
    summary: 'All providers, in the order of their creation',
    responses: { 200: body('The providers.', { type: 'array', items: reference('Provider') }), ...ALWAYS },
  },
  post: {
    operationId: 'upsertProvider',
    summary: 'Creates a provider, or changes the one of this `provider_id`',
    requestBody: requestBody('CreateRequest', { provider_id: 'my-azure-provider', ...SETTINGS }),
    responses: { 200: PROVIDER, 201: PROVIDER, ...refused(ERROR, 400, 413, 415), ...ALWAYS },
  },
}

const CHANGED = { 200: PROVIDER, ...refused(ERROR, 400, 404, 413, 415), ...ALWAYS }

const ITEM = {
  parameters: [
    {
      name: 'id',
      in: 'path',
      required: true,
      description: 'The `provider_id`, in any case.',
      example: 'my-azure-provider',
      schema: { type: 'string' },
    },
  ],
  get: { operationId: 'getProvider', summary: 'One provider', responses: { 200: PROVIDER, ...refused(ERROR, 404), ...ALWAYS } },
  patch: {
    operationId: 'patchProvider',
    summary: 'Changes what is given',
    requestBody: requestBody('PatchRequest', { provider_name: 'Our Azure Provider' }),
    responses: CHANGED,
  },
  put: {
    operationId: 'replaceProvider',
    summary: 'Replaces everything but a key that is not given',
    requestBody: requestBody('ReplaceRequest', SETTINGS),
    responses: CHANGED,
  },
  delete: {
    operationId: 'deleteProvider',
    summary: 'Deletes a provider and its keys',
    responses: { 204: { description: 'It is gone.' }, ...refused(ERROR, 404), ...ALWAYS },
  },
}
