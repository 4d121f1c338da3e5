/**
 * One of two greedy clients in a process of its own, `fairness-worker.ts <plan as JSON>`: reads everything there is once, in one
 * language, and ends; or tests connections, many at once, until the end of its input. Prints how many items or answers it got, as JSON.
 */
import { Client, type Dispatcher } from 'undici'
import { z } from 'zod'
import { ask } from '../support/over-http.ts'
import { startRecorder } from '../support/recorder.ts'

/** A list that one request reads, and what stands once in each of its items. */
interface WholeList {
  readonly path: string
  readonly item: string
}

const WHOLE_LISTS = {
  Coder: { path: '/api/v2/ai/providers', item: '"display_name":' },
  Bifrost: { path: '/bifrost/api/providers', item: '"provider_status":' },
  'Bifrost, keys': { path: '/bifrost/api/keys', item: '"key_id":' },
  'Bifrost, models': { path: '/bifrost/api/models?unfiltered=true&limit=1000000', item: '"provider":' },
  Respan: { path: '/respan/api/providers/', item: '"provider_id":' },
} as const satisfies Record<string, WholeList>

export type Language = keyof typeof WHOLE_LISTS | 'GraphQL' | 'ZIRI'

export type FairnessPlan = { readonly url: string; readonly token: string } & (
  | { readonly task: 'read'; readonly language: Language; readonly providers: number }
  | { readonly task: 'flood'; readonly atOnce: number }
)

const KEY = 'sk-fairness-fixture-0123456789'
const DRAFT = `mutation ($url: String!, $key: Secret!) {
  testConnection(input: { draft: { type: OPENAI_COMPAT, baseUrl: $url, apiKey: $key } }) { __typename } }`

/** Reads a list as it comes, keeps nothing of it, and returns how many items it had. */
async function countItems(client: Client, token: string, { path, item }: WholeList): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  const { statusCode, body } = await client.request({ method: 'GET', path, headers, bodyTimeout: 0, headersTimeout: 0 })
  if (statusCode !== 200) throw new Error(`${path} is answered ${statusCode}: ${await body.text()}`)
  let count = 0
  let rest = ''
  for await (const chunk of body) {
    const parts: string[] = (rest + Buffer.from(chunk).toString('latin1')).split(item)
    count += parts.length - 1
    rest = (parts.at(-1) ?? '').slice(1 - item.length)
  }
  return count
}

const pageAnswer = z.object({
  data: z.object({
    providers: z.object({
      nodes: z.array(z.unknown()),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
})

type Page = z.infer<typeof pageAnswer>['data']

const PAGE = `query ($after: String) {
  providers(first: 100, after: $after) { nodes { name apiKeys(first: 5) { nodes { masked } } } pageInfo { hasNextPage endCursor } } }`

async function countPages(client: Client, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  let count = 0
  for (let after: string | null = null; ; ) {
    const asked: string = JSON.stringify({ query: PAGE, variables: { after } })
    const { body }: Dispatcher.ResponseData = await client.request({ method: 'POST', path: '/graphql', headers, body: asked })
    const { providers }: Page = pageAnswer.parse(await body.json()).data
    count += providers.nodes.length
    if (!providers.pageInfo.hasNextPage) return count
    after = providers.pageInfo.endCursor
  }
}

async function countOffsets(client: Client, token: string, providers: number): Promise<number> {
  let count = 0
  for (let offset = 0; offset < providers; offset += 500)
    count += await countItems(client, token, {
      path: `/ziri/api/providers?limit=500&offset=${offset}&sortBy=name`,
      item: '"displayName":',
    })
  return count
}

function readAll({ token, language, providers }: Extract<FairnessPlan, { task: 'read' }>, client: Client): Promise<number> {
  if (language === 'GraphQL') return countPages(client, token)
  if (language === 'ZIRI') return countOffsets(client, token, providers)
  return countItems(client, token, WHOLE_LISTS[language])
}

async function flood(gateway: { readonly url: string; readonly token: string }, atOnce: number): Promise<number> {
  const upstream = await startRecorder(KEY)
  let isOver = false
  let answers = 0
  process.stdin.on('end', () => (isOver = true)).resume()
  const testAgain = async () => {
    for (; !isOver; answers += 1) await ask(gateway, gateway.token, DRAFT, { url: upstream.origin, key: KEY })
  }
  await Promise.all(Array.from({ length: atOnce }, testAgain))
  return answers
}

const plan: FairnessPlan = JSON.parse(process.argv[2] ?? '')
const count = plan.task === 'read' ? await readAll(plan, new Client(plan.url)) : await flood(plan, plan.atOnce)
process.stdout.write(`${count}\n`, () => process.exit(0))
