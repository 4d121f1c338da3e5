import { readFileSync } from 'node:fs'
import { type GraphQLNamedType, isEnumType, isInputObjectType, isIntrospectionType, isObjectType, isOutputType, printSchema } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'

const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type))

test('the committed schema.graphql is what the code serves', () => {
  expect(`${printSchema(schema)}\n`).toBe(readFileSync('schema.graphql', 'utf8'))
})

test('every type, field, argument, input field and enum value has a description', () => {
  expect(types.flatMap(undescribed)).toEqual([])
})

test('no output field has the type Secret, and no argument asks for a plain-text key', () => {
  const outputs = types.filter(isObjectType).flatMap((type) => Object.values(type.getFields()).map((field) => String(field.type)))
  expect(outputs.filter((type) => /\bSecret\b/.test(type))).toEqual([])
  const inputs = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()))
  const keyLike = inputs.filter(({ name }) => /^(value|apiKey|accessKey|accessKeySecret)$/.test(name))
  expect(keyLike.map((field) => String(field.type).replace('!', ''))).toEqual(keyLike.map(() => 'Secret'))
  expect(keyLike.length).toBeGreaterThan(3)
})

test('descriptions end in a full stop and hold no draft marks', () => {
  const texts = types.filter((type) => !/^(Boolean|Float|ID|Int|String)$/.test(type.name)).map(({ description }) => description ?? '')
  expect(texts.filter((text) => !text.endsWith('.') || /TODO|FIXME|XXX/.test(text))).toEqual([])
})

function undescribed(type: GraphQLNamedType): string[] {
  const missing = type.description ? [] : [type.name]
  if (isEnumType(type)) missing.push(...type.getValues().flatMap((value) => (value.description ? [] : [`${type.name}.${value.name}`])))
  if (isInputObjectType(type))
    missing.push(...Object.values(type.getFields()).flatMap((field) => (field.description ? [] : [`${type.name}.${field.name}`])))
  else if (isOutputType(type) && 'getFields' in type)
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`)
      missing.push(...field.args.flatMap((arg) => (arg.description ? [] : [`${type.name}.${field.name}(${arg.name}:)`])))
    }
  return missing
}
