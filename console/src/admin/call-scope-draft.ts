import type { CallScopeInput, ScopeFragment } from '../generated/documents.ts'

export interface ChosenProvider {
  readonly id: string
  readonly name: string
  readonly displayName: string
}

/** A call scope while somebody edits it. */
export interface CallScopeDraft {
  /** Whether the token may make model calls at all. */
  readonly mayCall: boolean
  /** Null for every provider. */
  readonly providers: readonly ChosenProvider[] | null
  /** One glob per line; none for every model. */
  readonly models: string
  readonly requestsPerMinute: string
  readonly tokensPerDay: string
}

export const NO_CALLS: CallScopeDraft = { mayCall: false, providers: null, models: '', requestsPerMinute: '', tokensPerDay: '' }

export function draftOf(scope: ScopeFragment | null): CallScopeDraft {
  if (scope === null) return NO_CALLS
  const { providers, models, requestsPerMinute, tokensPerDay } = scope
  return {
    mayCall: true,
    providers,
    models: models?.join('\n') ?? '',
    requestsPerMinute: requestsPerMinute === null ? '' : String(requestsPerMinute),
    tokensPerDay: tokensPerDay === null ? '' : String(tokensPerDay),
  }
}

/** The scope for the gateway, which says what is wrong with it; null for no calls. */
export function toScopeInput({ mayCall, providers, models, requestsPerMinute, tokensPerDay }: CallScopeDraft): CallScopeInput | null {
  if (!mayCall) return null
  const globs = models.split(/\s+/).filter((glob) => glob !== '')
  return {
    providers: providers?.map(({ id }) => ({ id })) ?? null,
    models: globs.length === 0 ? null : globs,
    requestsPerMinute: toNumber(requestsPerMinute),
    tokensPerDay: toNumber(tokensPerDay),
  }
}

/** What is not a number becomes one that the gateway refuses, at its field. */
function toNumber(text: string): number | null {
  if (text.trim() === '') return null
  return /^\d{1,15}$/.test(text.replaceAll(/[\s,_]/g, '')) ? Number(text.replaceAll(/[\s,_]/g, '')) : 0
}

/** A scope in few words, e.g. `2 providers, gpt-*, 60 a minute`. */
export function scopeWords(scope: ScopeFragment | null): string {
  if (scope === null) return 'none'
  const { providers, models, requestsPerMinute, tokensPerDay } = scope
  const parts = [
    providers === null
      ? 'every provider'
      : providers.length === 0
        ? 'no provider'
        : providers.map(({ displayName }) => displayName).join(', '),
    ...(models === null ? [] : [models.join(' ')]),
    ...(requestsPerMinute === null ? [] : [`${requestsPerMinute.toLocaleString('en')} a minute`]),
    ...(tokensPerDay === null ? [] : [`${tokensPerDay.toLocaleString('en')} tokens a day`]),
  ]
  return parts.join(' · ')
}
