import type { TransactionClient } from '../database/client.ts'
import type { ValidationIssue } from '../errors.ts'
import type { CallScope } from './call-scope.ts'

/** The scope that somebody asks for: providers may be named, and what is left out is not limited. */
export interface CallScopeInput {
  readonly providers?: readonly NamedProvider[] | null | undefined
  readonly models?: readonly string[] | null | undefined
  readonly requestsPerMinute?: number | null | undefined
  readonly tokensPerDay?: number | null | undefined
}

/** A live provider, by its id or its name. */
export type NamedProvider = { readonly id: string } | { readonly name: string }

const MAX_ENTRIES = 100
const MAX_GLOB_LENGTH = 200
const MAX_REQUESTS_PER_MINUTE = 1_000_000
const MAX_TOKENS_PER_DAY = 1_000_000_000_000

/** The rules that a scope breaks without a look into the database. Paths begin with `calls`. */
export function checkCallScope({ providers, models, requestsPerMinute, tokensPerDay }: CallScopeInput): ValidationIssue[] {
  return [
    ...checkLength('providers', providers),
    ...checkLength('models', models),
    ...(models ?? []).flatMap((glob, index) => checkGlob(glob, index)),
    ...checkNumber('requestsPerMinute', requestsPerMinute, MAX_REQUESTS_PER_MINUTE),
    ...checkNumber('tokensPerDay', tokensPerDay, MAX_TOKENS_PER_DAY),
  ]
}

/** An empty list would let nothing through, which is what a token without a scope is for. */
function checkLength(field: 'providers' | 'models', list: CallScopeInput[typeof field]): ValidationIssue[] {
  if (list == null || (list.length > 0 && list.length <= MAX_ENTRIES)) return []
  return [outOfRange([field], `Give 1 to ${MAX_ENTRIES} ${field}, or leave the list out for all of them.`)]
}

function checkGlob(glob: string, index: number): ValidationIssue[] {
  if (glob.length > 0 && glob.length <= MAX_GLOB_LENGTH && /^[\x21-\x7e]+$/.test(glob)) return []
  return [
    outOfRange(['models', String(index)], `A model has 1 to ${MAX_GLOB_LENGTH} printable ASCII characters without spaces, e.g. gpt-*.`),
  ]
}

function checkNumber(field: 'requestsPerMinute' | 'tokensPerDay', value: number | null | undefined, most: number): ValidationIssue[] {
  if (value == null || (Number.isInteger(value) && value >= 1 && value <= most)) return []
  return [outOfRange([field], `It must be a whole number from 1 to ${most.toLocaleString('en')}; leave it out for no limit.`)]
}

function outOfRange(path: readonly string[], message: string): ValidationIssue {
  return { path: ['calls', ...path], rule: 'OUT_OF_RANGE', message }
}

/** The scope as it is stored: providers by their ids, in the order of their making, each once. */
export async function resolveCallScope(
  transaction: TransactionClient,
  { providers, models, requestsPerMinute, tokensPerDay }: CallScopeInput,
): Promise<{ readonly scope: CallScope } | { readonly issues: readonly ValidationIssue[] }> {
  const found = providers == null ? null : await findNamedProviders(transaction, providers)
  const issues = (providers ?? []).flatMap((named, index) => (found?.some(isNamed(named)) ? [] : [unknownProvider(index)]))
  if (issues.length > 0) return { issues }
  return {
    scope: {
      providers: found?.map(({ id }) => id) ?? null,
      models: models == null ? null : [...new Set(models)],
      requestsPerMinute: requestsPerMinute ?? null,
      tokensPerDay: tokensPerDay ?? null,
    },
  }
}

/** Those of the named providers that are there. */
export function findNamedProviders(
  transaction: TransactionClient,
  named: readonly NamedProvider[],
): Promise<{ id: string; name: string }[]> {
  const ids = named.flatMap((one) => ('id' in one ? [one.id] : []))
  const names = named.flatMap((one) => ('name' in one ? [one.name] : []))
  return transaction.provider.findMany({
    where: { deletedAt: null, OR: [{ id: { in: ids } }, { name: { in: names } }] },
    select: { id: true, name: true },
    orderBy: { number: 'asc' },
  })
}

/** Whether a row is the named provider. */
export function isNamed(named: NamedProvider): (row: { id: string; name: string }) => boolean {
  return ({ id, name }) => ('id' in named ? id === named.id : name === named.name)
}

function unknownProvider(index: number): ValidationIssue {
  return {
    path: ['calls', 'providers', String(index)],
    rule: 'NOT_ALLOWED',
    message: `Provider ${index + 1} of the list does not exist. It may have been deleted.`,
  }
}
