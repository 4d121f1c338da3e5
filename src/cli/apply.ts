import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Caller } from '../auth/principal.ts'
import { createProvider } from '../providers/create-provider.ts'
import { deleteProvider } from '../providers/delete-provider.ts'
import type { ProviderDeps } from '../providers/provider-deps.ts'
import { updateProvider } from '../providers/update-provider.ts'
import { type PlanStep, planProviders, providerDeps } from './apply/plan.ts'
import { carryOutRoute, planRoutes, type RouteStep } from './apply/plan-routes.ts'
import { parseProvidersFile } from './apply/providers-file.ts'
import { readAllSecrets, secretReader } from './apply/read-secret.ts'
import { failureOf, PartialFailure } from './failure.ts'
import { help, JSON_OPTION } from './help.ts'
import { type OpenWithKeys, orRecordRefusal, prepareNewDatabase, withKeyring } from './open.ts'
import { counted, printable } from './output.ts'
import { createProgress } from './progress.ts'
import type { Shell } from './shell.ts'

interface Options {
  readonly file: string
  readonly prune?: true
  readonly pruneAll?: true
  readonly dryRun?: true
  readonly json?: true
}

type Step = PlanStep | RouteStep
type Action = Step['action']

const EMPTY_FILE =
  'The file names no provider, so --prune would delete every provider that apply has made. Nothing was changed. If you mean that, give --prune-all.'

const SIGNS: Readonly<Record<Action, string>> = { create: '+', change: '~', delete: '-', keep: '=' }

export function addApply(program: Command, shell: Shell): void {
  program
    .command('apply')
    .summary('make providers and model routes match a file')
    .description(
      'Makes the stored providers and model routes match a file. Shows the plan, then applies it. Omitted fields of a stored provider stay as they are; `apiKeys` and the `targets` of a route are whole sets. Keys are never in the file: `valueFrom: { env: NAME }` or `{ file: path }` says where each one is. A second run changes nothing.',
    )
    .requiredOption('-f, --file <path>', 'the file, in YAML or JSON; `-` for standard input')
    .option('--prune', 'delete providers that apply created and the file no longer names')
    .option('--prune-all', 'like --prune, even if the file names no provider')
    .option('--dry-run', 'show the plan, and change nothing')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: [
          'gateway apply -f providers.yaml --dry-run',
          'gateway apply -f providers.yaml --prune',
          'gateway export | gateway apply -f -',
        ],
        notes: [
          'Each provider is changed completely or not at all. If one is refused, the others are still changed, and the exit code is 1.',
        ],
      }),
    )
    .action((options: Options) => apply(shell, options))
}

async function apply(shell: Shell, options: Options): Promise<void> {
  const { file } = options
  const { providers: wanted, routes } = parseProvidersFile(file === '-' ? await shell.readInput() : readProviders(file), file)
  const prunes = options.prune === true || options.pruneAll === true
  if (prunes && !options.pruneAll && wanted.length === 0) throw new PartialFailure(EMPTY_FILE)
  const read = readAllSecrets(wanted, secretReader(shell, file))
  // A dry run makes nothing, so it needs a database to compare with.
  if (!options.dryRun) await prepareNewDatabase(shell)
  await withKeyring(shell, async (open) => {
    const ofProviders = await planProviders(open, wanted, prunes, read)
    // A file without `routes` says nothing about them.
    const ofRoutes = routes === undefined ? [] : await planRoutes(open, routes, prunes, wanted)
    // Routes may name providers that are made here, and let go of those that are deleted.
    const isLast = ({ action }: PlanStep) => action === 'delete'
    const steps = [...ofProviders.filter((step) => !isLast(step)), ...ofRoutes, ...ofProviders.filter(isLast)]
    if (!options.json) shell.print(`${describePlan(steps)}\n`)
    const todo = steps.filter(({ action }) => action !== 'keep')
    const { failures, leftBehind } = options.dryRun ? NOTHING_DONE : await carryOut(shell, open, todo)
    for (const { name, secrets } of leftBehind) shell.error(`${printable(leftBehindText(name, secrets))}\n`)
    report(shell, options, steps, failures)
    if (failures.length > 0) throw new PartialFailure(failures.map(({ name, message }) => `${name}: ${message}`).join('\n'))
  })
}

/** Says what was done. The plan was shown before, where it is for a person. */
function report(shell: Shell, { json, dryRun }: Options, steps: readonly Step[], failures: Outcome['failures']): void {
  const todo = steps.filter(({ action }) => action !== 'keep')
  if (json) shell.print(`${JSON.stringify({ plan: steps.map(toPlanEntry), applied: !dryRun, failures }, null, 2)}\n`)
  else if (todo.length > 0) {
    const done = `Done: ${todo.length - failures.length} of ${counted(todo.length, 'change')}.`
    shell.print(`\n${dryRun ? 'Nothing was changed: this was a dry run.' : done}\n`)
  }
}

function toPlanEntry(step: Step) {
  const warnings = 'warnings' in step && step.warnings.length > 0 ? { warnings: step.warnings } : {}
  return { name: step.name, action: step.action, changes: step.said, ...warnings }
}

function readProviders(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new PartialFailure(`The file ${file} cannot be read (${code}).`)
  }
}

/** What came of the changes. `leftBehind` names the secrets of a moved provider that could not be read. */
interface Outcome {
  readonly failures: { readonly name: string; readonly message: string }[]
  readonly leftBehind: { readonly name: string; readonly secrets: readonly string[] }[]
}

const NOTHING_DONE: Outcome = { failures: [], leftBehind: [] }

/** One after the other; a refusal does not keep the others from being done. */
async function carryOut(shell: Shell, open: OpenWithKeys, todo: readonly Step[]): Promise<Outcome> {
  const bar = createProgress(shell, { noun: 'change', whenStopped: 'These are done. Run it again for the others.' })
  const { failures, leftBehind }: Outcome = { failures: [], leftBehind: [] }
  const deps = providerDeps(open)
  bar.begin(todo.length)
  for (const [index, step] of todo.entries()) {
    const subjectType = 'kind' in step ? 'model_route' : 'provider'
    const refusal = { operation: `apply ${step.action}`, subjectType, subjectId: 'id' in step ? step.id : '' } as const
    try {
      const secrets = await orRecordRefusal(open, refusal, () => carryOutStep(deps, open.caller, step))
      if (secrets.length > 0) leftBehind.push({ name: step.name, secrets })
    } catch (error) {
      failures.push({ name: step.name, message: failureOf(error).message })
    }
    await bar.at(index + 1)
  }
  bar.end()
  return { failures, leftBehind }
}

/** What was planned for one state of a provider is not done to another one. Returns the names of secrets that cannot be read. */
async function carryOutStep(deps: ProviderDeps, caller: Caller, step: Step): Promise<readonly string[]> {
  if ('kind' in step) await carryOutRoute(deps, caller, step)
  else if (step.action === 'create') await createProvider(deps, caller, step.provider)
  else if (step.action === 'delete') await deleteProvider(deps, caller, { id: step.id }, { id: step.id, version: step.version }, false)
  else if (step.action === 'change') {
    const expected = { id: step.id, version: step.version }
    return (await updateProvider(deps, caller, { id: step.id }, step.changes, expected)).unreadableSecrets
  }
  return []
}

function leftBehindText(name: string, secrets: readonly string[]): string {
  return `${name}: stored secrets that cannot be read were not moved to the new destination (${secrets.join(', ')}). Store them again.`
}

function describePlan(steps: readonly Step[]): string {
  const shown = steps.filter(({ action, said }) => action !== 'keep' || said.length > 0)
  const width = Math.max(0, ...shown.map(({ name }) => name.length))
  const lines = shown.flatMap((step) => {
    const { action, name, said } = step
    const warnings = 'warnings' in step ? step.warnings : []
    const sign = `${SIGNS[action]} ${name.padEnd(width)}  ${action === 'keep' ? 'leave' : action}`
    const [only] = said
    const warned = warnings.map((line) => `    ! ${printable(line)}`)
    if (said.length === 1 && action !== 'change') return [`${sign}  ${printable(only ?? '')}`, ...warned]
    return [sign, ...said.map((line) => `    ${printable(line)}`), ...warned]
  })
  const count = (action: Action) => steps.filter((step) => step.action === action).length
  const sum = `${count('create')} to create, ${count('change')} to change, ${count('delete')} to delete, ${count('keep')} unchanged.`
  return [...lines, ...(lines.length === 0 ? [] : ['']), sum].join('\n')
}
