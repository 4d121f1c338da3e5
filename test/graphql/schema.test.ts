import { readFileSync } from 'node:fs'
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isOutputType,
  isScalarType,
  isUnionType,
  printSchema,
} from 'graphql'
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
  // A filter names a stored key by its id.
  const keyLike = inputs.filter(({ name, type }) => /^(value|apiKey|accessKey|accessKeySecret)$/.test(name) && String(type) !== 'ID')
  expect(keyLike.map((field) => String(field.type).replace('!', ''))).toEqual(keyLike.map(() => 'Secret'))
  expect(keyLike.length).toBeGreaterThan(3)
})

test('descriptions end in a full stop and hold no draft marks', () => {
  const texts = types.filter((type) => !/^(Boolean|Float|ID|Int|String)$/.test(type.name)).map(({ description }) => description ?? '')
  expect(texts.filter((text) => !text.endsWith('.') || /TODO|FIXME|XXX/.test(text))).toEqual([])
})

test('every mutation takes one `input`, and answers with a union of its payload and its problems', () => {
  for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const stem = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    expect([name, args.map((arg) => `${arg.name}: ${arg.type}`)]).toEqual([name, [`input: ${stem}Input!`]])
    const result = getNamedType(type)
    expect([name, result.name, isUnionType(result)]).toEqual([name, `${stem}Result`, true])
    const members = isUnionType(result) ? result.getTypes() : []
    expect(members.filter(({ name: member }) => !member.endsWith('Error')).map(({ name: member }) => member)).toEqual([`${stem}Payload`])
    expect(members.length).toBeGreaterThan(1)
  }
})

test('connections and edges are named by their node', () => {
  const connections = types.filter(isObjectType).filter((type) => 'pageInfo' in type.getFields())
  expect(connections.length).toBeGreaterThan(4)
  for (const connection of connections) {
    const { nodes, edges } = connection.getFields()
    const node = nodes && getNamedType(nodes.type).name
    expect([connection.name, edges && getNamedType(edges.type).name]).toEqual([`${node}Connection`, `${node}Edge`])
  }
})

test('every id is that of a Node, or says that no cache may know its object by it', () => {
  const isNode = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Node')
  const others = types.filter(isObjectType).filter((type) => type.getFields().id !== undefined && !isNode(type))
  expect(others.map(({ name }) => name).sort()).toEqual(['Actor', 'AuditSubject'])
  for (const type of others) expect(type.getFields().id?.description).toContain('does not identify this object to a cache')
})

test('scalars with a specification say where it is', () => {
  const specified = types.filter(isScalarType).filter(({ specifiedByURL }) => specifiedByURL)
  expect(specified.map(({ name }) => name).sort()).toEqual(['DateTime', 'UUID'])
})

test('whatever is a UUID by its name is one by its type', () => {
  const fields = types.flatMap((type) =>
    isObjectType(type) || isInputObjectType(type) ? Object.values(type.getFields()).map((field) => `${field.name}: ${field.type}`) : [],
  )
  const uuids = fields.filter((field) => /^\w*uuid:/i.test(field))
  expect(uuids.length).toBeGreaterThan(3)
  expect(uuids.filter((field) => !/: UUID!?$/.test(field))).toEqual([])
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
