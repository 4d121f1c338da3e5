import { z } from 'zod'
import type { Route } from './dialect.ts'

/** What the description of a route says besides what the route itself decides. */
export interface Operation {
  readonly summary: string
  /** The body that a request must have, with one that works as it stands. */
  readonly body?: { readonly schema: z.ZodType; readonly example: object }
  /** The good answers by their status. */
  readonly answers: Readonly<Record<number, GoodAnswer>>
  /** The refusals besides those of every route. */
  readonly refusals?: readonly Refusal[]
  /** What it takes in the query or in headers, as OpenAPI says it. */
  readonly parameters?: readonly object[]
}

export interface GoodAnswer {
  readonly description: string
  /** In brackets for a list. Left out for an answer without a body. */
  readonly schema?: z.ZodType | readonly [z.ZodType]
  readonly headers?: object
}

/** What the routes of a dialect have in common. */
export interface Api {
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  /** Stands in front of its paths; empty for none. */
  readonly prefix: string
  /** Whether its own documentation writes paths with a slash at the end. */
  readonly hasSlash?: boolean
  /** How a token is sent besides `Authorization: Bearer`. */
  readonly otherSecurity?: Readonly<Record<string, object>>
  /** Those that are told by name. What requests are made of is not among what answers are. */
  readonly schemas: Readonly<Record<string, z.ZodType>>
  readonly requests: Readonly<Record<string, z.ZodType>>
  readonly error: z.ZodType
  /** The parts of paths that vary. */
  readonly parts: Readonly<Record<string, { readonly description: string; readonly example?: string }>>
  /** Its own words for refusals. */
  readonly words?: Partial<Record<Refusal, string>>
  /** What every route may answer besides `ALWAYS`. */
  readonly always?: readonly Refusal[]
}

/** A document in the form of OpenAPI. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: Api['info']
  readonly servers?: readonly { readonly url: string }[]
  readonly security: readonly object[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly components: object
}

const REFUSALS = {
  400: 'The request breaks rules; nothing was changed.',
  401: 'No valid token.',
  403: "The token's role does not allow this.",
  404: 'No such provider.',
  405: 'The path has no such method.',
  409: 'The name is taken.',
  412: 'The provider is not in the state that the request names.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  429: 'Too many requests.',
  500: 'The gateway failed.',
  503: 'The gateway cannot answer now.',
} as const
type Refusal = keyof typeof REFUSALS

/** What every route may answer. */
const ALWAYS = [401, 403, 429, 500, 503] as const

/** Of the route that serves the description. */
export const DESCRIPTION: Operation = {
  summary: 'This document',
  answers: { 200: { description: 'An OpenAPI 3.1 document.', schema: z.looseObject({}) } },
}

/** Describes the routes of a dialect: paths and roles as they are served, bodies and answers by the schemas that read and type them. */
export function describeApi(api: Api, routes: readonly Route[]): OpenApiDocument {
  const { info, prefix, schemas, requests, error, otherSecurity = {} } = api
  const securitySchemes = { ...otherSecurity, bearer: { type: 'http', scheme: 'bearer', description: 'An access token of the gateway.' } }
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}').replace(/\/$/, api.hasSlash ? '/' : '')
    const parameters = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => partOf(api, name))
    paths[path] ??= parameters.length === 0 ? {} : { parameters }
    paths[path][route.method.toLowerCase()] = describe(api, path, route)
  }
  return {
    openapi: '3.1.0',
    info,
    ...(prefix === '' ? {} : { servers: [{ url: prefix }] }),
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    paths,
    components: {
      securitySchemes,
      schemas: { ...mapValues(schemas, 'output'), Error: jsonSchema(error, 'output'), ...mapValues(requests, 'input') },
    },
  }
}

function describe(api: Api, path: string, { name, role, operation }: Route): object {
  const { summary, body, answers, refusals = [], parameters } = operation
  const good = Object.entries(answers).map(([status, { description, schema, headers }]) => {
    const content = schema === undefined ? { description } : contentOf(description, referTo(api.schemas, schema))
    return [status, { ...content, ...(headers === undefined ? {} : { headers }) }]
  })
  const refused = [...refusals, ...ALWAYS, ...(api.always ?? [])].map((status) => {
    const description = api.words?.[status] ?? REFUSALS[status]
    return [status, contentOf(description, referTo({ Error: api.error }, api.error))]
  })
  return {
    operationId: name,
    summary,
    tags: [subjectOf(path)],
    description: `Requires the role \`${role.toLowerCase()}\`.`,
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: requestOf(api, body) }),
    responses: Object.fromEntries([...good, ...refused]),
  }
}

function partOf({ parts }: Api, name: string): object {
  return { name, in: 'path', required: true, ...parts[name], schema: { type: 'string' } }
}

function requestOf({ requests }: Api, { schema, example }: NonNullable<Operation['body']>): object {
  return { required: true, content: { 'application/json': { schema: referTo(requests, schema), example } } }
}

function contentOf(description: string, schema: object) {
  return { description, content: { 'application/json': { schema } } }
}

/** By its name, where it has one. */
function referTo(named: Api['schemas'], schema: z.ZodType | readonly [z.ZodType]): object {
  if (!(schema instanceof z.ZodType)) return { type: 'array', items: referTo(named, schema[0]) }
  const [name] = Object.entries(named).find(([, one]) => one === schema) ?? []
  return name === undefined ? jsonSchema(schema, 'output') : { $ref: `#/components/schemas/${name}` }
}

function mapValues(schemas: Api['schemas'], io: 'input' | 'output'): object {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, jsonSchema(schema, io)]))
}

/** OpenAPI 3.1 names the dialect of its schemas once, so the schema's own line goes. Parts that refer to themselves stand in the schema. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const override = ({ jsonSchema: part }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }) => dropSafeBounds(part)
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override })
  return rest
}

/** That a number is one of JavaScript's whole numbers says nothing about the API. */
function dropSafeBounds(part: z.core.JSONSchema.BaseSchema): void {
  if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum
  if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum
}

function subjectOf(path: string): string {
  if (path.endsWith('/openapi.json')) return 'Description'
  if (path.includes('/keys')) return 'Keys'
  if (path.includes('/models')) return 'Models'
  return path.includes('/providers') ? 'Providers' : 'Server'
}
