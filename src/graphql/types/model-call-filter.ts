import { hasRole } from '../../auth/principal.ts'
import type { CallFilter } from '../../usage/call-filter.ts'
import { findNamed } from '../../usage/read-usage.ts'
import { builder } from '../builder.ts'
import type { GatewayContext } from '../context.ts'
import { CALL_OUTCOME_VALUES } from '../enum-values.ts'
import { idInGlobalId } from '../global-id.ts'
import { lookupText } from '../lookup-text.ts'
import { given } from './given.ts'
import { ProviderRefInput, toProviderRef } from './provider.ts'

export const CallOutcome = builder.enumType('CallOutcome', {
  values: CALL_OUTCOME_VALUES,
  description: 'How a model call ended. Expect new values.',
})

export const ModelCallFilter = builder.inputType('ModelCallFilter', {
  description: 'Which model calls are meant. Conditions combine with AND.',
  fields: (t) => ({
    provider: t.field({ type: ProviderRefInput, description: 'Only of this provider. By its name also of one that was deleted.' }),
    apiKey: t.id({ description: 'Only with this API key, by its GraphQL id or its UUID.' }),
    token: t.id({ description: 'Only by this token, by its GraphQL id or its UUID.' }),
    model: t.string({ description: 'Only of this model, by its whole name.' }),
    outcome: t.field({ type: [CallOutcome], description: 'Only those that ended in one of these ways.' }),
    from: t.field({ type: 'DateTime', description: 'Only those that began at this time or later.' }),
    until: t.field({ type: 'DateTime', description: 'Only those that began before this time.' }),
  }),
})

/** The calls that the filter means and the caller may see: their own, unless they are an admin. */
export async function toCallFilter(
  filter: typeof ModelCallFilter.$inferInput | null | undefined,
  { principal, deps }: GatewayContext,
): Promise<CallFilter> {
  const { provider, apiKey, token, model, outcome, from, until } = filter ?? {}
  const callers = token == null ? undefined : [rowId(token)]
  const ownOnly = callers === undefined || callers.includes(principal.tokenId) ? [principal.tokenId] : []
  return {
    providerIds: provider == null ? undefined : await providerIds(provider, deps),
    apiKeyId: apiKey == null ? undefined : rowId(apiKey),
    callerIds: hasRole(principal, 'ADMIN') ? callers : ownOnly,
    model: model == null ? undefined : lookupText(model),
    outcomes: given(outcome),
    from: given(from),
    until: given(until),
  }
}

function rowId(id: string): string {
  return lookupText(idInGlobalId(id) ?? id)
}

async function providerIds(provider: typeof ProviderRefInput.$inferInput, { database, usage }: GatewayContext['deps']): Promise<string[]> {
  const ref = toProviderRef(provider)
  if ('id' in ref) return [ref.id]
  const live = await database.prisma.provider.findFirst({ where: { name: ref.name, deletedAt: null }, select: { id: true } })
  return live === null ? findNamed(await usage.written(), ref.name) : [live.id]
}
