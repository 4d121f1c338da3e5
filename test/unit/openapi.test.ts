import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../../src/rest/mounts.ts'

interface Operation {
  readonly operationId?: string
  readonly parameters?: readonly unknown[]
  readonly requestBody?: unknown
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** Every operation of a document with its method and its path, the slash at the end left out. */
function operationsOf(paths: Readonly<Record<string, object>>) {
  return Object.entries(paths).flatMap(([path, item]) => {
    const { parameters: shared = [] }: Operation = item
    return Object.entries(item).flatMap(([method, operation]: [string, Operation]) => {
      if (!METHODS.includes(method)) return []
      const { operationId, parameters = [], requestBody } = operation
      const names = JSON.stringify([...shared, ...parameters])
      return [
        { id: `${method.toUpperCase()} ${path.replace(/\/$/, '')} ${operationId}`, path, names, takesBody: requestBody !== undefined },
      ]
    })
  })
}

describe.each(DIALECTS)('the OpenAPI document of $channel', ({ openApi: document, routes }) => {
  const operations = operationsOf(document.paths)

  test('is of version 3.1, and describes every route and nothing else', () => {
    const wanted = routes.map(({ method, path, name }) => `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/\/$/, '')} ${name}`)
    expect(document.openapi).toBe('3.1.0')
    expect(operations.map(({ id }) => id).sort()).toEqual(wanted.sort())
  })

  test('describes a body for the routes that take one, and for no other', () => {
    const wanted = routes.filter(({ maxBodyBytes }) => maxBodyBytes > 0).map(({ name }) => name)
    const described = operations.filter(({ takesBody }) => takesBody).map(({ id }) => id.split(' ')[2])
    expect(described.sort()).toEqual(wanted.sort())
  })

  test('declares each part of a path that varies', () => {
    for (const { path, names } of operations)
      for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g))
        expect([path, names]).toEqual([path, expect.stringContaining(`"name":"${name}"`)])
  })

  test('refers to nothing that is not there', () => {
    const references = Array.from(JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g), ([, target = '']) => target)
    expect(references.length).toBeGreaterThan(5)
    for (const target of references) {
      const found = target
        .split('/')
        .reduce<unknown>((value, part) => Object.entries(value ?? {}).find(([name]) => name === part)?.[1], document)
      expect(found, target).toBeDefined()
    }
  })
})
