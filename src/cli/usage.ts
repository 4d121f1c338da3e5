import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Activity, openActivityIfThere } from '../activity/activity.ts'
import { percentile } from '../usage/first-byte.ts'
import { findNamed, type GroupSum, readNames, readUsage, type UsageGroup, type UsageQuestion } from '../usage/read-usage.ts'
import { help, JSON_OPTION } from './help.ts'
import { limitOption } from './limit-option.ts'
import { withDatabase } from './open.ts'
import { counted, minute, printResult, second, shortened, table } from './output.ts'
import type { Shell } from './shell.ts'
import { type Since, sinceOption } from './time.ts'

interface Options {
  readonly by: UsageGroup
  readonly since: Since
  readonly until?: Since
  readonly provider?: string
  readonly model?: string
  readonly limit: number
  readonly json?: true
}

const GROUPS: Readonly<Record<string, UsageGroup>> = {
  provider: 'PROVIDER',
  key: 'API_KEY',
  caller: 'CALLER',
  model: 'MODEL',
  outcome: 'OUTCOME',
  hour: 'HOUR',
  day: 'DAY',
}

export function addUsage(program: Command, shell: Shell): void {
  program
    .command('usage')
    .summary('show model calls and the tokens they used')
    .description(
      'Shows model calls and the tokens they used, by provider, key, caller, model, outcome, hour or day. A call without token counts adds none. The range is rounded to whole hours, and to whole UTC days beyond 31 days. Times are UTC.',
    )
    .addOption(new Option('--by <group>', `one of ${Object.keys(GROUPS).join(', ')}`).argParser(groupOption).default('MODEL', 'model'))
    .addOption(
      new Option('--since <when>', 'a duration such as 12h, 7d, or a time such as 2026-03-04T05:06Z')
        .argParser(sinceOption)
        .default(sinceOption('24h'), '24h'),
    )
    .addOption(new Option('--until <when>', 'a duration or a time, as above; now if omitted').argParser(sinceOption))
    .option('--provider <name>', 'only this provider, also a deleted one')
    .option('--model <name>', 'only this model')
    .option('--limit <count>', 'at most this many groups', limitOption, 100)
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway usage --by model --since 7d', 'gateway usage --by caller --since 30d --json'] }))
    .action((options: Options, command: Command) =>
      withDatabase(shell, async ({ database, clock }) => {
        const now = clock()
        const range = { from: options.since(now), until: options.until?.(now) ?? now, now }
        if (range.until <= range.from) command.error('error: --until, or now, must be later than --since', { exitCode: 2 })
        const activity = await openActivityIfThere(database)
        try {
          const sums = activity === null ? [] : await readSums(activity, options, range)
          printResult(shell, options.json === true, sums.slice(0, options.limit), textOf(options, range, sums))
        } finally {
          await activity?.close()
        }
      }),
    )
}

type Range = Pick<UsageQuestion, 'from' | 'until' | 'now'>

/** One more than are shown tells that there are more. */
async function readSums(activity: Activity, { by, provider, model, limit }: Options, range: Range): Promise<Shown[]> {
  const providerIds = provider === undefined ? undefined : await findNamed(activity, provider)
  const sums = await readUsage(activity, { ...range, by, filter: { providerIds, model }, limit: limit + 1 })
  const names = await readNames(activity, idsOf(sums))
  return sums.map((sum) => ({ ...toShown(sum), group: nameOf(sum, names) }))
}

function textOf({ by, limit, until }: Options, range: Range, sums: readonly Shown[]): string {
  const since = `since ${second(range.from)}${until === undefined ? '' : `, until ${second(range.until)}`} UTC`
  if (sums.length === 0) return `No calls ${since}.`
  const more = sums.length > limit ? [`The first ${counted(limit, 'group')}; there are more: see --limit.`] : []
  return [`S${since.slice(1)}:`, '', usageTable(by, sums.slice(0, limit)), ...more].join('\n')
}

type Shown = ReturnType<typeof toShown> & { readonly group: string }

function toShown({ key, at, calls, failed, missingUsage, usage, firstByte }: GroupSum) {
  return { id: key === '' ? null : key, at, calls, failed, missingUsage, usage, medianTimeToFirstByteMs: percentile(firstByte, 50) }
}

function idsOf(sums: readonly GroupSum[]): string[] {
  return sums.flatMap(({ key }) => (key === '' ? [] : [key]))
}

/** As it was last called. */
function nameOf({ key, at }: GroupSum, names: ReadonlyMap<string, string>): string {
  if (at !== null) return minute(at)
  return key === '' ? '(none)' : (names.get(key) ?? key)
}

function usageTable(by: UsageGroup, sums: readonly Shown[]): string {
  const number = (count: number) => count.toLocaleString('en')
  const rows = sums.map(({ group, calls, failed, usage, medianTimeToFirstByteMs: median }) => [
    ...[shortened(group, 32), number(calls), number(failed), number(usage.inputTokens), number(usage.outputTokens)],
    median === null ? '' : `${number(median)} ms`,
  ])
  return table([by.replace('_', ' '), 'CALLS', 'FAILED', 'INPUT', 'OUTPUT', 'FIRST BYTE'], rows)
}

function groupOption(text: string): UsageGroup {
  const group = Object.hasOwn(GROUPS, text) ? GROUPS[text] : undefined
  if (group === undefined) throw new InvalidArgumentError(`It must be one of ${Object.keys(GROUPS).join(', ')}.`)
  return group
}
