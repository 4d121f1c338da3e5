import { GraphQLError } from 'graphql'
import { z } from 'zod'
import { Secret } from '../crypto/secret.ts'
import { builder } from './builder.ts'

/** The form alone: an id of another making is one that nothing has, not a mistake. */
const uuid = z.guid()
const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype'])
const dateTime = z.iso.datetime({ offset: true })

builder.scalarType('UUID', {
  description: 'A UUID in its canonical form, e.g. `6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e`.',
  parseValue: (value) => {
    const parsed = uuid.safeParse(value)
    if (parsed.success) return parsed.data.toLowerCase()
    throw new GraphQLError('A UUID must have the form 8-4-4-4-12 hexadecimal digits.')
  },
  serialize: (value) => value,
})

builder.scalarType('DateTime', {
  description: 'A moment in time as RFC 3339 writes it, in UTC, e.g. `2026-06-01T10:00:00.123Z`.',
  parseValue: (value) => {
    const parsed = dateTime.safeParse(value)
    if (parsed.success) return new Date(parsed.data)
    throw new GraphQLError('A DateTime must be a time in RFC 3339 format, e.g. 2026-06-01T10:00:00Z.')
  },
  serialize: (value) => value.toISOString(),
})

builder.scalarType('JSON', {
  description: 'Any JSON value. Properties named `__proto__`, `constructor` or `prototype` are left out.',
  parseValue: withoutPrototypes,
  serialize: (value) => value,
})

/** The value without the names that mean something to JavaScript itself. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => !PROTOTYPE_NAMES.has(name))
  return Object.fromEntries(entries.map(([name, item]) => [name, withoutPrototypes(item)]))
}

builder.scalarType('Secret', {
  description: 'A secret going in: write-only. Never a type of an output field; an error about one never repeats it.',
  parseValue: (value) => {
    if (typeof value === 'string') return new Secret(value)
    throw new GraphQLError('A Secret must be a string.')
  },
  serialize: () => {
    throw new Error('A secret cannot be an output.')
  },
})
