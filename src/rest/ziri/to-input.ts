import type { ProviderFilter, ProviderOrder, UpdateProviderInput, UpsertProviderInput } from '../../generated/ziri-documents.ts'
import { keptName, storedName } from '../name-aliases.ts'
import { NAME_ALIASES } from './templates.ts'
import { type Metadata, RESERVED_NAMES, type UpdateRequest, type UpsertRequest } from './wire.ts'

/** A create-or-update: the key states the whole set, and what is left out of the metadata stays (ZIRI contract, "What we implement"). */
export function toUpsert({ name, apiKey, metadata }: UpsertRequest): UpsertProviderInput {
  const others = { ...otherMetadata(metadata ?? {}), ...keptName(NAME_ALIASES, name) }
  return {
    name: storedName(NAME_ALIASES, name),
    apiKeys: [toKey(apiKey)],
    ...(metadata?.displayName === undefined ? {} : { displayName: metadata.displayName ?? '' }),
    ...(metadata?.baseUrl === undefined ? {} : { baseUrl: metadata.baseUrl ?? '' }),
    ...(Object.keys(others).length === 0 ? {} : { extensions: { ziri: others } }),
  }
}

/** What a PUT changes; empty texts are no changes, and null is returned when there is none (ZIRI contract, section A3). */
export function toChanges(name: string, { apiKey, displayName }: UpdateRequest): UpdateProviderInput | null {
  const changes = {
    ...(apiKey ? { apiKeys: [{ add: toKey(apiKey) }] } : {}),
    ...(displayName ? { displayName } : {}),
  }
  return Object.keys(changes).length === 0 ? null : { provider: { name }, ...changes }
}

function toKey(value: string) {
  return { credential: { value }, enabled: true, weight: 1 }
}

/** The metadata that is not ours, without names that would hide a field of ours, or show a key. */
function otherMetadata({ displayName: _, baseUrl: __, ...others }: Metadata): Record<string, unknown> {
  return Object.fromEntries(Object.entries(others).filter(([name]) => !RESERVED_NAMES.has(name)))
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 500
const MAX_OFFSET = 2_147_483_647

const FIELDS = new Map([
  ['name', 'NAME'],
  ['displayName', 'DISPLAY_NAME'],
  ['baseUrl', 'BASE_URL'],
  ['createdAt', 'CREATED_AT'],
  ['updatedAt', 'UPDATED_AT'],
] as const)

/** Reads the query of a list; what makes no sense counts as absent, and of a repeated parameter the first (ZIRI contract, "list"). */
export function toList(query: URLSearchParams): { filter: ProviderFilter; orderBy: ProviderOrder; offset: number; limit: number } {
  return {
    filter: { search: toSearch(query.get('search') ?? '') },
    orderBy: toOrder(query.get('sortBy'), query.get('sortOrder')),
    offset: Math.min(toCount(query.get('offset')) ?? 0, MAX_OFFSET),
    limit: Math.min(toCount(query.get('limit')) ?? DEFAULT_LIMIT, MAX_LIMIT),
  }
}

/** A name of ZIRI's menu is looked for as it is stored. */
function toSearch(text: string): string {
  return NAME_ALIASES.get(text.toLowerCase()) ?? text
}

function toOrder(sortBy: string | null, sortOrder: string | null): ProviderOrder {
  const field = Array.from(FIELDS).find(([name]) => name === sortBy)?.[1]
  const direction = sortOrder === 'asc' ? 'ASC' : sortOrder === 'desc' ? 'DESC' : undefined
  return { field: field ?? 'CREATED_AT', direction: direction ?? (field === undefined ? 'DESC' : 'ASC') }
}

function toCount(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null
}
