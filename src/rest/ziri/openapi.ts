import { BEARER, body, jsonSchema, OPENAPI_ROUTE, reference, refused, requestBody } from '../openapi.ts'
import { deletedBody, errorBody, listBody, providerBody, testBody, updateRequest, upsertRequest } from './wire.ts'

const ERROR = reference('Error')
const PROVIDER = body('The provider as it is now.', reference('Provider'))
const ALWAYS = refused(ERROR, 401, 403, 429, 500, 503)

/** The description of these routes, made of the schemas that decode requests and type answers. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: { title: 'ZIRI: providers', version: '1', description: "ZIRI's API for providers, as this gateway serves it." },
    servers: [{ url: '/ziri' }],
    security: BEARER.security,
    paths: { ...COLLECTION, ...ITEM, '/api/openapi.json': { get: OPENAPI_ROUTE } },
    components: {
      securitySchemes: BEARER.securitySchemes,
      schemas: {
        Provider: jsonSchema(providerBody, 'output'),
        ProviderList: jsonSchema(listBody, 'output'),
        Deleted: jsonSchema(deletedBody, 'output'),
        ConnectionTest: jsonSchema(testBody, 'output'),
        Error: jsonSchema(errorBody, 'output'),
        UpsertRequest: jsonSchema(upsertRequest, 'input'),
        UpdateRequest: jsonSchema(updateRequest, 'input'),
      },
    },
  }
}

const query = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema })

const NEW_PROVIDER = {
  name: 'acme',
  apiKey: 'sk-example-1',
  metadata: { displayName: 'Acme AI', baseUrl: 'https://api.example.com/v1' },
}

const COLLECTION = {
  '/api/providers': {
    get: {
      operationId: 'listProviders',
      summary: 'A part of the list of providers',
      parameters: [
        query('search', 'Part of the name, display name or base URL, in any case.', { type: 'string' }),
        query('limit', 'How many at most: 100 unless given, 500 at most.', { type: 'integer', minimum: 0 }),
        query('offset', 'How many to leave out at the start.', { type: 'integer', minimum: 0 }),
        query('sortBy', 'What to compare; ascending unless `sortOrder` says otherwise.', {
          enum: ['name', 'displayName', 'baseUrl', 'createdAt', 'updatedAt'],
        }),
        query('sortOrder', 'Which way; by `createdAt` unless `sortBy` says otherwise.', { enum: ['asc', 'desc'] }),
      ],
      responses: { 200: body('The part, and how many there are in all.', reference('ProviderList')), ...ALWAYS },
    },
    post: {
      operationId: 'upsertProvider',
      summary: 'Creates a provider, or changes the one of this name',
      requestBody: requestBody('UpsertRequest', NEW_PROVIDER),
      responses: { 200: PROVIDER, ...refused(ERROR, 400, 413, 415), ...ALWAYS },
    },
  },
}

const NAME = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'The name, in any case.',
  example: 'acme',
  schema: { type: 'string' },
}

const ITEM = {
  '/api/providers/{name}': {
    parameters: [NAME],
    get: { operationId: 'getProvider', summary: 'One provider', responses: { 200: PROVIDER, ...refused(ERROR, 404), ...ALWAYS } },
    put: {
      operationId: 'updateProvider',
      summary: 'Changes the key or the display name',
      requestBody: requestBody('UpdateRequest', { displayName: 'Acme AI, our own' }),
      responses: { 200: PROVIDER, ...refused(ERROR, 400, 404, 413, 415), ...ALWAYS },
    },
    delete: {
      operationId: 'deleteProvider',
      summary: 'Deletes a provider and its keys',
      responses: { 200: body('It is gone.', reference('Deleted')), ...refused(ERROR, 404), ...ALWAYS },
    },
  },
  '/api/providers/{name}/test': {
    parameters: [NAME],
    post: {
      operationId: 'testProvider',
      summary: 'Calls the provider with its key; a disabled one too',
      responses: { 200: body('The provider answers.', reference('ConnectionTest')), ...refused(ERROR, 400, 404), ...ALWAYS },
    },
  },
}
