import {
  defaultFieldResolver,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { Fault } from '../errors.ts'
import { LIMITS } from './limits.ts'

/** Throws when a value that fits its type has a text in it that is too long. */
type Check = (value: unknown) => void

/**
 * Refuses arguments with texts that are longer than anything that could be found by them, before a resolver or a plugin sees
 * them. Done to the finished schema, so that no argument can be without a bound. A field says that it takes less with
 * `extensions: { maxCharacters }`. Texts to store have rules of their own, which answer with an issue each: these are the
 * texts in inputs of commands, whose names end in `Input`.
 */
export function boundTexts(schema: GraphQLSchema): void {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  for (const type of types) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const check = checkOfFields(field.args, true)
      if (check === null) continue
      const { resolve = defaultFieldResolver, subscribe } = field
      field.resolve = (root, args, context, info) => {
        check(args)
        return resolve(root, args, context, info)
      }
      if (subscribe === undefined) continue
      field.subscribe = (root, args, context, info) => {
        check(args)
        return subscribe(root, args, context, info)
      }
    }
  }
}

function checkOfFields(fields: readonly (GraphQLArgument | GraphQLInputField)[], isSought: boolean): Check | null {
  const checks = fields.flatMap((field) => {
    const check = checkOfType(field.type, field, isSought)
    return check === null ? [] : [{ name: field.name, check }]
  })
  if (checks.length === 0) return null
  return (value) => {
    if (typeof value !== 'object' || value === null) return
    for (const { name, check } of checks) check(Reflect.get(value, name))
  }
}

function checkOfType(type: GraphQLInputType, field: GraphQLArgument | GraphQLInputField, isSought: boolean): Check | null {
  if (isNonNullType(type)) return checkOfType(type.ofType, field, isSought)
  if (isListType(type)) {
    const check = checkOfType(type.ofType, field, isSought)
    return check && ((value) => Array.isArray(value) && value.forEach(check))
  }
  const named = getNamedType(type)
  if (isInputObjectType(named)) return checkOfFields(Object.values(named.getFields()), !named.name.endsWith('Input'))
  return named.name === 'ID' || (named.name === 'String' && isSought) ? checkText(field) : null
}

function checkText({ name, extensions }: GraphQLArgument | GraphQLInputField): Check {
  const most = typeof extensions.maxCharacters === 'number' ? extensions.maxCharacters : LIMITS.soughtCharacters
  return (value) => {
    if (typeof value === 'string' && value.length > most)
      throw new Fault('BAD_USER_INPUT', `\`${name}\` must not be longer than ${most.toLocaleString('en')} characters.`)
  }
}
