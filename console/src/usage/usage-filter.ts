import type { CallOutcome, ModelCallFilter, UsageGroup } from '../generated/documents.ts'
import type { UrlChange } from '../parts/use-url-state.ts'
import { OUTCOMES } from './outcomes.ts'

/** Which calls are meant, as it stands in the URL. */
export interface UsageFilter {
  /** A name. */
  readonly provider: string | null
  readonly model: string | null
  /** GraphQL ids. */
  readonly key: string | null
  readonly token: string | null
  readonly outcome: CallOutcome | null
}

export type FilterName = keyof UsageFilter
export const FILTER_NAMES = ['provider', 'model', 'key', 'token', 'outcome'] as const satisfies readonly FilterName[]

export function usageFilterOf(parameters: URLSearchParams): UsageFilter {
  const outcome = parameters.get('outcome')
  return {
    provider: parameters.get('provider'),
    model: parameters.get('model'),
    key: parameters.get('key'),
    token: parameters.get('token'),
    outcome: OUTCOMES.find(({ value }) => value === outcome)?.value ?? null,
  }
}

/** In the words of the API. */
export function toCallFilter({ provider, model, key, token, outcome }: UsageFilter): ModelCallFilter {
  return {
    ...(provider === null ? {} : { provider: { name: provider } }),
    ...(model === null ? {} : { model }),
    ...(key === null ? {} : { apiKey: key }),
    ...(token === null ? {} : { token }),
    ...(outcome === null ? {} : { outcome: [outcome] }),
  }
}

/** What calls can be grouped by here. */
export const GROUPINGS = {
  provider: { by: 'PROVIDER', label: 'Providers', one: 'Provider' },
  model: { by: 'MODEL', label: 'Models', one: 'Model' },
  key: { by: 'API_KEY', label: 'Keys', one: 'Key' },
  token: { by: 'CALLER', label: 'Callers', one: 'Caller' },
} as const satisfies Partial<Record<FilterName, { readonly by: UsageGroup; readonly label: string; readonly one: string }>>
export type Grouping = keyof typeof GROUPINGS

export function groupingOf(parameters: URLSearchParams): Grouping {
  const asked = parameters.get('by')
  return asked !== null && isGrouping(asked) ? asked : 'provider'
}

export function isGrouping(name: string): name is Grouping {
  return Object.hasOwn(GROUPINGS, name)
}

/** What the gateway calls the group of calls that have none. */
const NONE = '(none)'

/** What leaves only the calls of a group; null where a group cannot be asked for alone. */
export function onlyGroup(grouping: Grouping, group: string, nodeId: string | null): UrlChange | null {
  const value = grouping === 'provider' || grouping === 'model' ? group : nodeId
  return value === null || value === NONE ? null : { [grouping]: value }
}
