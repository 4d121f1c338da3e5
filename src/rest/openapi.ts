import { z } from 'zod'

/** What the OpenAPI documents of all dialects are built of. */

const JSON_TYPE = 'application/json'

/** A content of JSON with a description. */
export function body(description: string, schema: object) {
  return { description, content: { [JSON_TYPE]: { schema } } }
}

export function requestBody(name: string) {
  return { required: true, content: { [JSON_TYPE]: { schema: reference(name) } } }
}

export function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` }
}

/** OpenAPI 3.1 names the dialect of its schemas once, so the schema's own line goes. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}

export const BEARER = {
  security: [{ bearer: [] }],
  securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An access token of the gateway.' } },
}

/** The route that serves a document. */
export const OPENAPI_ROUTE = {
  operationId: 'openapi',
  summary: 'This document',
  responses: { 200: body('An OpenAPI 3.1 document.', { type: 'object' }) },
}

const REFUSED = {
  400: 'The request breaks rules; nothing was changed.',
  401: 'No valid token.',
  403: "The token's role does not allow this.",
  404: 'No such provider.',
  405: 'The path has no such method.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  429: 'Too many requests.',
  500: 'The gateway failed.',
  503: 'The gateway cannot answer now.',
}

/** The refusals of a route, all in the one form of its dialect. */
export function refused(schema: object, ...statuses: readonly (keyof typeof REFUSED)[]) {
  return Object.fromEntries(statuses.map((status) => [status, body(REFUSED[status], schema)]))
}
