import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ProviderWithModelsFragment } from '../../generated/bifrost-documents.ts'
import { toStoredName } from './names.ts'
import { sortInSteps } from './sort-in-steps.ts'
import { toKeyBody } from './to-key-response.ts'
import { nameOf } from './to-response.ts'
import type { ModelBody } from './wire-key.ts'

/** What a client asks of the list of models (Bifrost contract, section 1.4). */
export interface ModelQuery {
  readonly text: string
  /** As it is stored. */
  readonly provider: string
  readonly keys: readonly string[]
  /** Zero is no limit. */
  readonly limit: number
  readonly offset: number
  readonly unfiltered: boolean
}

/** Reads the query. A number that is none, or is negative, is the default. */
export function readModelQuery(query: URLSearchParams, defaultLimit: number): ModelQuery {
  const number = (name: string, usual: number) => (/^\d{1,9}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : usual)
  return {
    text: query.get('query') ?? '',
    provider: toStoredName(query.get('provider') ?? ''),
    keys: (query.get('keys') ?? '').split(',').filter((id) => id !== ''),
    limit: number('limit', defaultLimit),
    offset: number('offset', 0),
    unfiltered: query.get('unfiltered') === 'true',
  }
}

/** Models behind which an answer shows none, and different names behind which none is counted: what a search may hold in memory. */
const MOST = 50_000
/** Models that are looked at before other requests are. */
const AT_ONCE = 5_000

type Pages = AsyncIterable<readonly ProviderWithModelsFragment[]>

/** The models that the latest connection tests found, in the order of their names. Those that come too late to be shown are only counted. */
export async function findModels(pages: Pages, asked: ModelQuery): Promise<{ models: ModelBody[]; total: number }> {
  const end = Math.min(asked.limit === 0 ? MOST : asked.offset + asked.limit, MOST)
  let first: ModelBody[] = []
  let total = 0
  for await (const found of foundIn(pages, asked)) {
    total += found.length
    for (const model of found) first.push(model)
    if (first.length > 2 * end + AT_ONCE) first = (await sortInSteps(first, byName)).slice(0, end)
  }
  return { models: (await sortInSteps(first, byName)).slice(asked.offset, end), total }
}

/** Their names, each once, in the order of the names. */
export async function findModelNames(pages: Pages, { text, unfiltered, limit }: ModelQuery): Promise<{ models: string[]; total: number }> {
  const names = new Set<string>()
  const asked = { text, unfiltered, provider: '', keys: [], limit: 0, offset: 0 }
  for await (const found of foundIn(pages, asked)) for (const { name } of found) if (names.size < MOST) names.add(name)
  const sorted = await sortInSteps([...names], compare)
  return { models: limit === 0 ? sorted : sorted.slice(0, limit), total: names.size }
}

/** The models of one provider after another. */
async function* foundIn(pages: Pages, asked: ModelQuery): AsyncGenerator<ModelBody[]> {
  let looked = 0
  for await (const providers of pages)
    for (const provider of providers) {
      if (asked.provider !== '' && provider.name !== asked.provider) continue
      const models = modelsOf(provider, asked)
      looked += models.length * Math.max(1, provider.apiKeys.nodes.length)
      if (looked > AT_ONCE) {
        looked = 0
        await nextTurn()
      }
      yield models.filter(({ name }) => matches(name, asked.text))
    }
}

function byName(one: ModelBody, other: ModelBody): number {
  return compare(one.name, other.name) || compare(one.provider, other.provider)
}

function modelsOf(provider: ProviderWithModelsFragment, asked: ModelQuery): ModelBody[] {
  const { apiKeys, lastConnectionTest } = provider
  const name = nameOf(provider)
  if (apiKeys.nodes.length === 0) return seenBy(lastConnectionTest).map((model) => ({ name: model, provider: name }))
  const enabled = apiKeys.nodes.filter((key) => key.enabled)
  // Ids of no enabled key do not count, and when none is left there is no such filter.
  const chosen = asked.unfiltered ? [] : enabled.filter((key) => asked.keys.includes(key.uuid))
  const accessible = new Map<string, string[]>()
  for (const key of chosen.length > 0 ? chosen : enabled)
    for (const model of servedBy(key, asked.unfiltered)) accessible.set(model, [...(accessible.get(model) ?? []), key.uuid])
  return Array.from(accessible, ([model, ids]) => ({ name: model, provider: name, accessible_by_keys: ids }))
}

function seenBy(test: ProviderWithModelsFragment['lastConnectionTest']): string[] {
  return test?.status === 'OK' ? [...new Set(test.models)] : []
}

/** The models that a key was seen to list, as far as its own lists let them through. */
function servedBy(key: ProviderWithModelsFragment['apiKeys']['nodes'][number], unfiltered: boolean): string[] {
  const { models, blacklisted_models: blocked } = toKeyBody(key)
  return seenBy(key.lastConnectionTest).filter((model) => unfiltered || (allows(models, model) && !allows(blocked, model)))
}

function allows(list: readonly string[], model: string): boolean {
  return list.includes('*') || list.some((entry) => entry.toLowerCase() === model.toLowerCase())
}

/** A part of the name, with or without its hyphens, or its letters in their order. */
function matches(name: string, text: string): boolean {
  const [where, what] = [name.toLowerCase(), text.toLowerCase()]
  const bare = (full: string) => full.replace(/[-_]/g, '')
  return where.includes(what) || bare(where).includes(bare(what)) || isSubsequence(what, where)
}

function isSubsequence(what: string, where: string): boolean {
  let at = 0
  for (const character of where) if (character === what[at]) at++
  return at >= what.length
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
