import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { z } from 'zod'
import { Secret } from '../crypto/secret.ts'
import { builder } from './builder.ts'

/** The form alone: an id of another making is one that nothing has, not a mistake. */
const uuid = z.guid()
const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype'])
const dateTime = z.iso.datetime({ offset: true })

/**
 * The value of a literal in a document. Only a text in quotes is one: without this, graphql-js takes a bare name as well.
 * The refusal is an error of our own, because that of graphql-js repeats the literal.
 */
function textLiteral<Value>(parse: (value: unknown) => Value, refusal: string): (literal: ValueNode) => Value {
  return (literal) => {
    if (literal.kind === Kind.STRING) return parse(literal.value)
    throw new GraphQLError(refusal, { nodes: literal })
  }
}

const NO_UUID = 'A UUID must have the form 8-4-4-4-12 hexadecimal digits.'
const NO_DATE_TIME = 'A DateTime must be a time in RFC 3339 format, e.g. 2026-06-01T10:00:00Z.'
const NO_SECRET = 'A Secret must be a string.'

function parseUuid(value: unknown): string {
  const parsed = uuid.safeParse(value)
  if (parsed.success) return parsed.data.toLowerCase()
  throw new GraphQLError(NO_UUID)
}

function parseDateTime(value: unknown): Date {
  const parsed = dateTime.safeParse(value)
  if (parsed.success) return new Date(parsed.data)
  throw new GraphQLError(NO_DATE_TIME)
}

function parseSecret(value: unknown): Secret {
  if (typeof value === 'string') return new Secret(value)
  throw new GraphQLError(NO_SECRET)
}

builder.scalarType('UUID', {
  description: 'A UUID in its canonical form, e.g. `6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc9562',
  parseValue: parseUuid,
  parseLiteral: textLiteral(parseUuid, NO_UUID),
  serialize: (value) => value,
})

builder.scalarType('DateTime', {
  description: 'A moment in time as RFC 3339 writes it, in UTC, e.g. `2026-06-01T10:00:00.123Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  parseValue: parseDateTime,
  parseLiteral: textLiteral(parseDateTime, NO_DATE_TIME),
  serialize: (value) => value.toISOString(),
})

builder.scalarType('JSON', {
  description: 'Any JSON value. Properties named `__proto__`, `constructor` or `prototype` are left out.',
  parseValue: withoutPrototypes,
  parseLiteral: (literal, variables) => {
    if (hasBareName(literal)) throw new GraphQLError(NO_JSON, { nodes: literal })
    return withoutPrototypes(valueFromASTUntyped(literal, variables))
  },
  serialize: (value) => value,
})

const NO_JSON = 'This is not a JSON value: put text into quotes.'

/** The value of an enum has no counterpart in JSON: graphql-js would make a text of it. */
function hasBareName(literal: ValueNode): boolean {
  if (literal.kind === Kind.LIST) return literal.values.some(hasBareName)
  if (literal.kind === Kind.OBJECT) return literal.fields.some(({ value }) => hasBareName(value))
  return literal.kind === Kind.ENUM
}

/** The value without the names that mean something to JavaScript itself. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => !PROTOTYPE_NAMES.has(name))
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutPrototypes(item)]))
}

builder.scalarType('Secret', {
  description: 'A secret going in: write-only. Never a type of an output field; an error about one never repeats it.',
  parseValue: parseSecret,
  parseLiteral: textLiteral(parseSecret, NO_SECRET),
  serialize: () => {
    throw new Error('A secret cannot be an output.')
  },
})
