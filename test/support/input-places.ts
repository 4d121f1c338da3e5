import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'

/** A place in the arguments of a field where a value goes in. */
export interface InputPlace {
  readonly path: readonly string[]
  readonly type: GraphQLInputType
}

/** An input that fits its type, as small as possible. */
function fitting(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return fitting(type.ofType)
  if (isListType(type)) return [fitting(type.ofType)]
  const named = getNamedType(type)
  if (isEnumType(named)) return named.getValues()[0]?.name
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields())
    const needed = named.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField)
    return Object.fromEntries(needed.map((field) => [field.name, fitting(field.type)]))
  }
  const samples: Record<string, unknown> = {
    ...{ Boolean: true, Int: 1, Float: 1, DateTime: '2100-01-01T00:00:00Z', UUID: '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e' },
    ...{ ID: Buffer.from('Provider:6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e').toString('base64'), String: 'text', Secret: 'sk-fits' },
  }
  return samples[named.name]
}

/** Arguments that fit, by name: a span of time ends after it begins. */
export function fittingArguments(args: readonly GraphQLArgument[]): Record<string, unknown> {
  return Object.fromEntries(args.map(({ name, type }) => [name, name === 'until' ? '2100-01-02T00:00:00Z' : fitting(type)]))
}

/** The place itself and those in it. A type that stands in several places is entered in the first one only: what reads it is the same. */
export function placesIn(type: GraphQLInputType, path: readonly string[], entered: Set<string>): InputPlace[] {
  const named = getNamedType(type)
  const here = [{ path, type }]
  if (!isInputObjectType(named) || entered.has(named.name)) return here
  entered.add(named.name)
  return [...here, ...Object.values(named.getFields()).flatMap((field) => placesIn(field.type, [...path, field.name], entered))]
}

/** An input of the type that fits but for the value at the path. */
export function nest(type: GraphQLInputType, path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path
  const named = getNamedType(type)
  if (step === undefined || !isInputObjectType(named)) return value
  const field = named.getFields()[step]
  if (field === undefined) return value
  const base = named.isOneOf ? {} : fitting(named)
  const object = { ...(typeof base === 'object' ? base : {}), [step]: nest(field.type, rest, value) }
  return isListType(isNonNullType(type) ? type.ofType : type) ? [object] : object
}
