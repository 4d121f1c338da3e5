import { z } from 'zod'
import type { Route } from './dialect.ts'

/** What the OpenAPI documents of all dialects are built of. */

const JSON_TYPE = 'application/json'

/** A content of JSON with a description. */
export function body(description: string, schema: object) {
  return { description, content: { [JSON_TYPE]: { schema } } }
}

/** A body that a request must have, with one that works as it stands. */
export function requestBody(name: string, example: object) {
  return { required: true, content: { [JSON_TYPE]: { schema: reference(name), example } } }
}

export function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` }
}

/** OpenAPI 3.1 names the dialect of its schemas once, so the schema's own line goes. Parts that refer to themselves stand in the schema. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema: part }) => dropSafeBounds(part),
  })
  return rest
}

/** That a number is one of JavaScript's whole numbers says nothing about the API. */
function dropSafeBounds(part: z.core.JSONSchema.BaseSchema): void {
  if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum
  if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum
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

/** Tells of each operation which role it needs, and puts those about the same things together. */
export function describeRoutes(
  document: { readonly paths: Readonly<Record<string, object>> },
  routes: readonly Pick<Route, 'name' | 'role'>[],
): object {
  const roles = new Map(routes.map(({ name, role }) => [name, role]))
  const describe = (path: string, part: unknown) => {
    if (!isOperation(part)) return part
    return { ...part, tags: [subjectOf(path)], description: `Requires the role \`${roles.get(part.operationId)?.toLowerCase()}\`.` }
  }
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries<unknown>({ ...item }).map(([name, part]) => [name, describe(path, part)])),
  ])
  return { ...document, paths: Object.fromEntries(paths) }
}

function isOperation(part: unknown): part is { readonly operationId: string } {
  return typeof part === 'object' && part !== null && 'operationId' in part
}

function subjectOf(path: string): string {
  if (path.endsWith('/openapi.json')) return 'Description'
  if (path.includes('/keys')) return 'Keys'
  return path.includes('/models') ? 'Models' : 'Providers'
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
