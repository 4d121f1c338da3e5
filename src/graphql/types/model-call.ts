import { resolveCursorConnection } from '@pothos/plugin-relay'
import { hasRole } from '../../auth/principal.ts'
import type { ModelCall as ModelCallRow } from '../../generated/prisma-sqlite/client.ts'
import { ActorKind } from '../../generated/prisma-sqlite/enums.ts'
import type { CallFilter } from '../../usage/call-filter.ts'
import { countCalls, readCalls } from '../../usage/read-calls.ts'
import { builder } from '../builder.ts'
import { CALL_KIND_VALUES, CALL_OUTCOME_VALUES, PROVIDER_TYPE_VALUES, USAGE_SOURCE_VALUES } from '../enum-values.ts'
import { lookupText } from '../lookup-text.ts'
import { checkPage, PAGE_SIZES, pageCost, withoutMadeUpCursors } from '../paging.ts'
import { Actor } from './actor.ts'
import { ApiKey } from './api-key.ts'
import { CallOutcome, ModelCallFilter, toCallFilter } from './model-call-filter.ts'
import { Provider, ProviderType } from './provider.ts'
import { TokenUsage } from './token-usage.ts'

const CallKind = builder.enumType('CallKind', { values: CALL_KIND_VALUES, description: 'What a model call asks for. Expect new values.' })
const UsageSource = builder.enumType('UsageSource', { values: USAGE_SOURCE_VALUES, description: 'Where the figures of a call come from.' })

/** A value of an enum that is stored as text: another replica may be of a newer release, and know more of them. */
function knownOr<Value extends string, Other>(values: Readonly<Record<Value, unknown>>, text: string | null, other: Other): Value | Other {
  const isKnown = (candidate: string): candidate is Value => Object.hasOwn(values, candidate)
  return text !== null && isKnown(text) ? text : other
}

const ModelCall = builder.objectRef<ModelCallRow>('ModelCall')
builder.node(ModelCall, {
  id: { resolve: ({ id }) => id },
  loadMany: async (ids, { deps }) => {
    const { prisma } = await deps.usage.written()
    const rows = new Map((await prisma.modelCall.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]))
    return ids.map((id) => rows.get(id) ?? null)
  },
  authScopes: ({ callerId }, { principal }) => callerId === principal.tokenId || hasRole(principal, 'ADMIN'),
  runScopesOnType: true,
  description:
    'A finished model call, without its prompt, answer and address. Kept for `USAGE_DAYS`. Requires the role `admin`; anyone may see their own.',
  fields: (t) => ({
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When the request came.' }),
    provider: t.prismaField({
      type: Provider,
      nullable: true,
      resolve: (query, { providerId }, _args, { deps, principal }) =>
        providerId === null || !hasRole(principal, 'VIEWER')
          ? null
          : deps.database.prisma.provider.findFirst({ ...query, where: { id: providerId, deletedAt: null } }),
      description: 'The provider as it is now; `null` when it was deleted or none was found, and for the role `caller`.',
    }),
    providerName: t.exposeString('providerName', {
      nullable: true,
      description: 'What the provider was called then; `null` for a call that was refused before its provider was found.',
    }),
    providerType: t.field({
      type: ProviderType,
      nullable: true,
      resolve: ({ providerType }) => knownOr(PROVIDER_TYPE_VALUES, providerType, null),
      description: 'The protocol that was spoken; `null` where `providerName` is.',
    }),
    apiKey: t.prismaField({
      type: ApiKey,
      nullable: true,
      resolve: (query, { apiKeyId }, _args, { deps, principal }) =>
        apiKeyId === null || !hasRole(principal, 'VIEWER')
          ? null
          : deps.database.prisma.apiKey.findUnique({ ...query, where: { id: apiKeyId } }),
      description: 'The key of the latest attempt; `null` when none was sent or it is gone, and for the role `caller`.',
    }),
    apiKeyMasked: t.string({
      nullable: true,
      resolve: ({ apiKeyMasked }, _args, { principal }) => (hasRole(principal, 'VIEWER') ? apiKeyMasked : null),
      description: 'The mask that the key had then; `null` when none was sent, and for the role `caller`.',
    }),
    caller: t.field({
      type: Actor,
      resolve: ({ callerKind, callerId, callerName }) => ({
        kind: knownOr(ActorKind, callerKind, 'TOKEN'),
        id: callerId,
        name: callerName,
      }),
      description: 'Who called.',
    }),
    route: t.exposeString('route', { nullable: true, description: 'The model route that was asked for; `null` for none.' }),
    kind: t.field({
      type: CallKind,
      resolve: ({ kind }) => knownOr(CALL_KIND_VALUES, kind, 'OTHER'),
      description: 'What was asked for.',
    }),
    model: t.exposeString('model', {
      nullable: true,
      description: 'The model that the vendor was asked for; `null` when the call names none. Cut at 200 characters.',
    }),
    answeredModel: t.exposeString('answeredModel', {
      nullable: true,
      description: 'The model that the vendor says has answered; `null` when it does not say.',
    }),
    streamed: t.exposeBoolean('streamed', { description: 'Whether the answer was a stream of events.' }),
    outcome: t.field({
      type: CallOutcome,
      resolve: ({ outcome }) => knownOr(CALL_OUTCOME_VALUES, outcome, 'VENDOR_ERROR'),
      description: 'How it ended.',
    }),
    httpStatus: t.exposeInt('httpStatus', { nullable: true, description: 'What the caller was answered; `null` when it left before.' }),
    attempts: t.exposeInt('attempts', { description: 'How often a vendor was called; 0 when the gateway refused it.' }),
    timeToFirstByteMs: t.exposeInt('firstByteMs', {
      nullable: true,
      description: "Milliseconds from the request to the first byte of the vendor's answer; `null` when there was none.",
    }),
    durationMs: t.exposeInt('durationMs', { description: 'Milliseconds from the request to the end of its answer.' }),
    requestBytes: t.exposeFloat('requestBytes', { description: 'Bytes of the request body.' }),
    responseBytes: t.exposeFloat('responseBytes', { description: 'Bytes of the answer body, as they were sent.' }),
    usage: t.field({
      type: TokenUsage,
      nullable: true,
      resolve: usageOf,
      description: 'What it used; `null` when nothing is known, which counts as no tokens.',
    }),
    usageSource: t.field({
      type: UsageSource,
      resolve: ({ usageSource }) => knownOr(USAGE_SOURCE_VALUES, usageSource, 'MISSING'),
      description: 'Where the figures come from.',
    }),
    client: t.exposeString('client', {
      nullable: true,
      description: 'What the caller calls its program: its `User-Agent`, cut at 200 characters; `null` for none.',
    }),
    vendorRequestId: t.exposeString('vendorRequestId', {
      nullable: true,
      description: "The vendor's id of the call, for its own logs; `null` when it sent none.",
    }),
  }),
})

function usageOf({ inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens }: ModelCallRow) {
  if (inputTokens === null && outputTokens === null) return null
  return {
    inputTokens: inputTokens ?? 0,
    cachedInputTokens: cachedInputTokens ?? 0,
    cacheWriteTokens: cacheWriteTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    reasoningTokens: reasoningTokens ?? 0,
  }
}

/** As the cursors of all other lists. */
const CURSOR = 'GPC:S:'
const toCursor = ({ id }: ModelCallRow) => Buffer.from(CURSOR + id).toString('base64')
const fromCursor = (cursor: string) => Buffer.from(cursor, 'base64').toString().slice(CURSOR.length)

/** What a page was made from, for those who count all pages. */
interface Paged {
  readonly filter: CallFilter
}

builder.queryField('modelCalls', (t) =>
  t.connection(
    {
      type: ModelCall,
      skipTypeScopes: true,
      authScopes: { caller: true },
      args: {
        filter: t.arg({ type: ModelCallFilter, description: 'Which ones; all when omitted.' }),
        route: t.arg.string({ description: 'Only those that named this model route.' }),
      },
      complexity: pageCost,
      resolve: async (_root, { filter: asked, route, ...args }, context) => {
        checkPage(args)
        const filter: CallFilter = { ...(await toCallFilter(asked, context)), route: route == null ? undefined : lookupText(route) }
        const store = await context.deps.usage.written()
        const page = await resolveCursorConnection<Promise<ModelCallRow[]>>(
          { args, ...PAGE_SIZES, toCursor },
          ({ after, before, limit, inverted }) =>
            readCalls(store, filter, {
              limit,
              oldestFirst: inverted,
              olderThan: after === undefined ? undefined : fromCursor(after),
              newerThan: before === undefined ? undefined : fromCursor(before),
            }),
        )
        return { ...withoutMadeUpCursors(page), filter }
      },
      description: 'Finished model calls, newest first. Admins see all, everybody else their own. A call appears within a second.',
    },
    {
      name: 'ModelCallConnection',
      description: 'A page of model calls.',
      fields: (f) => ({
        totalCount: f.int({
          resolve: async ({ filter }: Paged, _args, { deps }) => countCalls(await deps.usage.written(), filter),
          description: 'How many calls all pages have together, counted up to 10,000.',
        }),
      }),
    },
    { name: 'ModelCallEdge', description: 'A model call in a page.' },
  ),
)
