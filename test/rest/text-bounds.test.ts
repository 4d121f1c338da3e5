import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { rootMounts } from '../../src/rest/mounts.ts'
import { useGateway } from '../support/use.ts'

const lines: string[] = []
const gateway = useGateway({ environment: { ROOT_DIALECT: 'bifrost' }, log: (line) => void lines.push(line) })
beforeAll(async () => {
  // A search compares with something only when there is something.
  await gateway.ask('mutation { upsertProvider(input: { name: "bounded" }) { __typename } }')
})

const MOUNTS = rootMounts('').map(({ dialect, prefix }) => ({
  title: dialect.title,
  openApi: dialect.openApi,
  prefix,
  routes: dialect.routes,
}))
const ROUTES = MOUNTS.flatMap(({ prefix, routes }) => routes.map(({ method, path }) => ({ method, path: `${prefix}${path}` })))

const ODD = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%',
  '%25',
  '_',
  '%5C',
  "'%22%60;--",
  '%F0%9F%A6%84',
  '..%2F..',
  '__proto__',
  'x'.repeat(8_000),
  '%25'.repeat(2_500),
]

async function send(method: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }
  const authorization = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' }
  const response = await gateway.fetch(path, { method, headers: { ...authorization, ...headers }, ...body })
  await response.arrayBuffer()
  return response.status
}

const parameters = z.array(z.looseObject({ name: z.string().optional(), in: z.string().optional() }))
const operation = z.looseObject({ parameters: parameters.optional() })
const openApi = z.object({ paths: z.record(z.string(), z.record(z.string(), operation.or(parameters))) })

/** Every query parameter that the description of a dialect has. */
const PARAMETERS = MOUNTS.flatMap(({ openApi: document, prefix }) =>
  Object.entries(openApi.parse(document).paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, one]) =>
      (Array.isArray(one) ? [] : (one.parameters ?? []))
        .filter((parameter) => parameter.in === 'query')
        .map(({ name = '' }) => ({ method: method.toUpperCase(), path: path.startsWith(prefix) ? path : `${prefix}${path}`, name })),
    ),
  ),
)

describe('a text in a path, of whatever length and characters, is no fault of ours', () => {
  test.each(ROUTES.filter(({ path }) => path.includes(':')))('$method $path', async ({ method, path }) => {
    for (const text of ODD) {
      const status = await send(
        method,
        path.replace(/:\w+/g, () => text),
      )
      expect([text.slice(0, 20), status < 500, status >= 400]).toEqual([text.slice(0, 20), true, true])
    }
  })

  test('a longer one than any name is found nowhere', async () => {
    // 400 where a language tells what cannot be a name from what is the name of nothing.
    for (const { method, path } of ROUTES.filter((route) => route.path.includes(':')))
      expect([400, 404]).toContain(await send(method, path.replace(/:\w+/g, 'x'.repeat(1_001))))
  })
})

describe('a text in a query parameter, of whatever length and characters, is no fault of ours', () => {
  test('the descriptions name some', () => {
    expect(PARAMETERS.map(({ name }) => name)).toContain('search')
  })

  test.each(PARAMETERS)('$method $path?$name=', async ({ method, path, name }) => {
    for (const text of [...ODD, 'x,'.repeat(4_000)])
      expect(await send(method, `${path.replace(/\{\w+\}/g, 'bounded')}?${name}=${text}`)).toBeLessThan(500)
  })
})

describe('a text in a header, of whatever length and characters, is no fault of ours', () => {
  test.each(['if-match', 'if-none-match', 'authorization', 'coder-session-token', 'content-type', 'accept', 'x-request-id', 'traceparent'])(
    '%s',
    async (header) => {
      for (const text of ['x'.repeat(8_000), `"${'9'.repeat(8_000)}"`, `"${'1,'.repeat(4_000)}"`, '*', '\u00ff', '\'";--'])
        for (const [method, path] of [
          ['PATCH', '/api/v2/ai/providers/bounded'],
          ['GET', '/api/v2/ai/providers'],
          ['DELETE', '/api/v2/ai/providers/nothing'],
        ] as const)
          expect(await send(method, path, { [header]: text })).toBeLessThan(500)
    },
  )
})

test('and nothing of it was unexpected', () => {
  expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([])
})
