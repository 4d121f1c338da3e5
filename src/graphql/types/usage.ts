import type { GraphQLResolveInfo } from 'graphql'
import { hasRole } from '../../auth/principal.ts'
import { readTogether } from '../../database/read-together.ts'
import { Fault, ValidationError } from '../../errors.ts'
import { percentile } from '../../usage/first-byte.ts'
import { type AskedSum, type GroupSum, readNames, readUsage, TOKEN_NAMES, type UsageGroup as UsageGroupOf } from '../../usage/read-usage.ts'
import { askedNames } from '../asked-names.ts'
import { builder } from '../builder.ts'
import type { GatewayContext } from '../context.ts'
import { USAGE_GROUP_VALUES } from '../enum-values.ts'
import { ModelCallFilter, toCallFilter } from './model-call-filter.ts'
import { Provider } from './provider.ts'
import { TokenUsage } from './token-usage.ts'

const UsageGroup = builder.enumType('UsageGroup', { values: USAGE_GROUP_VALUES, description: 'What model calls can be grouped by.' })

/** A group with what it is called. */
interface NamedSum extends GroupSum {
  readonly group: string
  readonly node: { readonly typename: NodeType; readonly id: string } | null
}

type NodeType = 'Provider' | 'ApiKey' | 'AccessToken'

const UsageSum = builder.objectRef<NamedSum>('UsageSum').implement({
  description: 'What model calls have used together. Requires the role `caller`.',
  authScopes: { caller: true },
  fields: (t) => ({
    group: t.exposeString('group', {
      description:
        "The provider's name, the key's mask, the caller's name, the model, the outcome, or when the hour or day begins; `(none)` for calls that have none.",
    }),
    node: t.node({
      id: ({ node }) => (node === null ? null : { id: node.id, type: node.typename }),
      description: 'The provider, key or token itself; `null` for other groups, when it is gone, and for those who may not see it.',
    }),
    at: t.expose('at', { type: 'DateTime', nullable: true, description: 'When the hour or day begins; `null` for other groups.' }),
    calls: t.exposeFloat('calls', { description: 'How many calls there were.' }),
    failed: t.exposeFloat('failed', { description: 'How many of them did not succeed; those whose caller left do not count.' }),
    missingUsage: t.exposeFloat('missingUsage', {
      description: 'How many of them a vendor may have answered without figures: they count as no tokens.',
    }),
    usage: t.expose('usage', { type: TokenUsage, description: 'Tokens of all calls together.' }),
    medianTimeToFirstByteMs: t.int({
      nullable: true,
      resolve: ({ firstByte }) => percentile(firstByte, 50),
      description: 'The approximate median time to the first byte, in milliseconds; `null` when no call had one.',
    }),
    timeToFirstByteMs: t.int({
      nullable: true,
      args: { percentile: t.arg.float({ required: true, defaultValue: 95, description: 'Above 0, up to 100.' }) },
      resolve: ({ firstByte }, args) => {
        if (!(args.percentile > 0 && args.percentile <= 100))
          throw new Fault('BAD_USER_INPUT', '`percentile` must be above 0 and at most 100.')
        return percentile(firstByte, args.percentile)
      },
      description: 'This percentile of the time to the first byte, approximate, in milliseconds; `null` when no call had one.',
    }),
  }),
})

/** More are too many to read. */
const MOST_GROUPS = 1_000
/** Of all providers of a list together. */
const MOST_GROUPS_OF_LIST = 10_000
/** A list of sums counts as so many nodes, and whatever stands in it as many times. */
const COST = { field: 50, multiplier: 50 }
/** A list of providers may have one for each. */
const COST_OF_PROVIDER = { field: 5, multiplier: 5 }

interface UsageArguments {
  readonly from: Date
  readonly until: Date
  readonly by: UsageGroupOf
  readonly filter?: typeof ModelCallFilter.$inferInput | null | undefined
}

/** @throws ValidationError for too many groups, or a time that ends before it begins. */
async function sumUsage(args: UsageArguments, sums: ReadonlySet<AskedSum>, context: GatewayContext): Promise<NamedSum[]> {
  requireSpan(args, context)
  const question = { ...args, sums, filter: await toCallFilter(args.filter, context), now: context.deps.clock() }
  const groups = await readUsage(await context.deps.usage.written(), { ...question, limit: MOST_GROUPS + 1 })
  if (groups.length > MOST_GROUPS) throw tooManyGroups(MOST_GROUPS)
  return nameGroups(args.by, groups, context)
}

/** The same of each of some providers, read at once. @throws ValidationError as `sumUsage` does. */
async function sumUsageOfEach(
  ids: readonly string[],
  args: UsageArguments,
  sums: ReadonlySet<AskedSum>,
  context: GatewayContext,
): Promise<ReadonlyMap<string, NamedSum[]>> {
  const filter = await toCallFilter(args.filter, context)
  const providerIds = filter.providerIds === undefined ? ids : ids.filter((id) => filter.providerIds?.includes(id))
  const question = { ...args, sums, filter: { ...filter, providerIds }, ofEachProvider: true, now: context.deps.clock() }
  const groups = await readUsage(await context.deps.usage.written(), { ...question, limit: MOST_GROUPS_OF_LIST + 1 })
  if (groups.length > MOST_GROUPS_OF_LIST) throw tooManyGroups(MOST_GROUPS_OF_LIST)
  const byProvider = new Map<string, NamedSum[]>(ids.map((id) => [id, []]))
  for (const sum of await nameGroups(args.by, groups, context)) byProvider.get(sum.providerId ?? '')?.push(sum)
  return byProvider
}

const FIRST_BYTE_FIELDS = ['medianTimeToFirstByteMs', 'timeToFirstByteMs']

function askedSums(info: GraphQLResolveInfo): ReadonlySet<AskedSum> {
  const names = askedNames(info)
  const tokens = TOKEN_NAMES.filter((name) => names.has(name))
  return new Set<AskedSum>(FIRST_BYTE_FIELDS.some((name) => names.has(name)) ? [...tokens, 'firstByte'] : tokens)
}

function requireSpan({ from, until, by }: UsageArguments, { principal }: GatewayContext): void {
  if (by === 'API_KEY' && !hasRole(principal, 'VIEWER')) throw new Fault('FORBIDDEN', 'Your token does not have the role that this needs.')
  if (until <= from) throw refusal('until', 'It must be later than `from`.')
}

function tooManyGroups(most: number): ValidationError {
  return refusal('by', `There are more than ${most.toLocaleString('en')} groups. Ask for a shorter time, or filter.`)
}

/** Says what groups are called, and what they stand for. */
async function nameGroups(by: UsageGroupOf, sums: readonly GroupSum[], context: GatewayContext): Promise<NamedSum[]> {
  const ids = [...new Set(sums.flatMap(({ key }) => (key === '' ? [] : [key])))]
  const [live, names] = await Promise.all([readLive(by, ids, context), readKeptNames(by, ids, context)])
  return sums.map((sum) => {
    const row = live?.rows.get(sum.key)
    const group = sum.at?.toISOString() ?? row ?? names.get(sum.key) ?? sum.key
    const node = live === null || row === undefined || !live.areVisible ? null : { typename: live.typename, id: sum.key }
    return { ...sum, group: group === '' ? NONE : group, node }
  })
}

/** What ids were last called; none for groups that are no rows. */
async function readKeptNames(by: UsageGroupOf, ids: readonly string[], { deps }: GatewayContext): Promise<ReadonlyMap<string, string>> {
  return NODES.has(by) ? readNames(await deps.usage.written(), ids) : new Map()
}

/** Groups that stand for rows. */
const NODES: ReadonlySet<UsageGroupOf> = new Set(['PROVIDER', 'API_KEY', 'CALLER'])

/** For each request, what reads the sums of providers that are asked for with the same arguments, all at once. */
const readers = new WeakMap<GatewayContext, Map<string, (id: string) => Promise<NamedSum[] | null>>>()

function usageOf(id: string, args: UsageArguments, sums: ReadonlySet<AskedSum>, context: GatewayContext): Promise<NamedSum[] | null> {
  requireSpan(args, context)
  const known = readers.get(context) ?? new Map<string, (id: string) => Promise<NamedSum[] | null>>()
  readers.set(context, known)
  const key = JSON.stringify([args, ...sums])
  const read = known.get(key) ?? readTogether((ids) => sumUsageOfEach(ids, args, sums, context))
  known.set(key, read)
  return read(id)
}

const NONE = '(none)'

function refusal(field: string, message: string): ValidationError {
  return new ValidationError([{ path: [field], rule: 'OUT_OF_RANGE', message }])
}

/** The rows that groups stand for, as they are called now. */
interface LiveRows {
  readonly typename: NodeType
  readonly rows: ReadonlyMap<string, string>
  readonly areVisible: boolean
}

async function readLive(by: UsageGroupOf, ids: string[], { principal, deps }: GatewayContext): Promise<LiveRows | null> {
  const { prisma } = deps.database
  const where = { id: { in: ids } }
  const isViewer = hasRole(principal, 'VIEWER')
  if (by === 'PROVIDER') {
    const rows = await prisma.provider.findMany({ where: { ...where, deletedAt: null }, select: { id: true, name: true } })
    return { typename: 'Provider', rows: new Map(rows.map(({ id, name }) => [id, name])), areVisible: isViewer }
  }
  if (by === 'API_KEY') {
    const rows = await prisma.apiKey.findMany({ where, select: { id: true, masked: true } })
    return { typename: 'ApiKey', rows: new Map(rows.map(({ id, masked }) => [id, masked])), areVisible: isViewer }
  }
  if (by !== 'CALLER') return null
  const rows = await prisma.accessToken.findMany({ where, select: { id: true, name: true } })
  // Whoever is no admin has no group but their own.
  return { typename: 'AccessToken', rows: new Map(rows.map(({ id, name }) => [id, name])), areVisible: true }
}

const RANGE = 'Sums are kept by the hour for 31 days, and by the day of UTC for 400 days: both ends count by whole ones.'

builder.queryField('usage', (t) =>
  t.field({
    type: [UsageSum],
    skipTypeScopes: true,
    authScopes: { caller: true },
    args: {
      from: t.arg({ type: 'DateTime', required: true, description: 'Calls that began at this time or later.' }),
      until: t.arg({ type: 'DateTime', required: true, description: 'Calls that began before this time.' }),
      by: t.arg({ type: UsageGroup, required: true, description: 'What to group by.' }),
      filter: t.arg({ type: ModelCallFilter, description: 'Which calls; all when omitted.' }),
    },
    complexity: COST,
    resolve: (_root, args, context, info) => sumUsage(args, askedSums(info), context),
    description: `What model calls have used, in at most 1,000 groups: hours and days in their order, others by how many calls they had. ${RANGE} Admins see all calls, everybody else their own.`,
  }),
)

builder.prismaObjectField(Provider, 'usage', (t) =>
  t.field({
    type: [UsageSum],
    select: { id: true },
    args: {
      from: t.arg({ type: 'DateTime', required: true, description: 'Calls that began at this time or later.' }),
      until: t.arg({ type: 'DateTime', required: true, description: 'Calls that began before this time.' }),
      by: t.arg({ type: UsageGroup, required: true, description: 'What to group by.' }),
      filter: t.arg({ type: ModelCallFilter, description: 'Which calls of the provider; all when omitted.' }),
    },
    complexity: COST_OF_PROVIDER,
    resolve: async ({ id }, args, context, info) => (await usageOf(id, args, askedSums(info), context)) ?? [],
    description: `What model calls to it have used; see \`usage\`.`,
  }),
)
