import { readFileSync } from 'node:fs'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'

const read = (path: string) => buildSchema(readFileSync(path, 'utf8'))

async function breakingChanges(from: string, to: string): Promise<string[]> {
  const changes = await diff(buildSchema(from), buildSchema(to))
  return changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking).map(({ message }) => message)
}

test('the schema breaks nothing that the last release promised', async () => {
  const changes = await diff(read('released/schema.graphql'), read('schema.graphql'))
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
  expect(breaking.map(({ message }) => message)).toEqual([])
})

test('a field that is gone, or asks for more, is found', async () => {
  expect(await breakingChanges('type Query { a: Int b: Int }', 'type Query { a: Int }')).toHaveLength(1)
  expect(await breakingChanges('type Query { a(x: Int): Int }', 'type Query { a(x: Int!): Int }')).toHaveLength(1)
  expect(await breakingChanges('type Query { a: Int }', 'type Query { a: Int b: Int }')).toEqual([])
})
