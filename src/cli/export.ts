import type { Command } from 'commander'
import { stringify } from 'yaml'
import { variablesOf } from '../api-keys/credential-parts.ts'
import { readSecretReference } from '../config.ts'
import { createUpstream } from '../create-upstream.ts'
import { readCredentialParts } from '../destination/stored-rows.ts'
import type { PrismaClient } from '../generated/prisma-sqlite/client.ts'
import { readRoutes, toFileRoute } from './apply/plan-routes.ts'
import type { FileProvider } from './apply/providers-file.ts'
import { exportCheck } from './export/check-export.ts'
import { EXPORTED, type ExportedRow, type NameVariable, toFileProvider } from './export/to-file-provider.ts'
import { help, JSON_OPTION } from './help.ts'
import { type Open, withDatabase } from './open.ts'
import { printable } from './output.ts'
import { pagesOf } from './pages.ts'
import type { Shell } from './shell.ts'

/** Providers that are read at once, each with all of its keys. */
const PAGE = 100

const HEADING = `# Providers of an AI provider gateway. \`gateway apply\` reads this file.
# There are no secrets in it: a key with an \`id\` keeps the value that is stored under it.
`
const TEMPLATE_HEADING = `# Providers of an AI provider gateway. \`gateway apply\` reads this file.
# There are no secrets in it: set the variables that it names to them first.
`

interface Options {
  readonly variables?: true
  readonly json?: true
}

export function addExport(program: Command, shell: Shell): void {
  program
    .command('export')
    .summary('print providers and model routes for `apply`')
    .description(
      'Prints all providers and model routes as YAML, with the id and the mask of each stored key. Applied to the same gateway, the file changes nothing. For another gateway, --variables names a variable for each secret.',
    )
    .option('--variables', 'name a variable for each stored secret, e.g. OPENAI_API_KEY')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway export > providers.yaml', 'gateway export --variables > providers.yaml'] }))
    .action((options: Options) => withDatabase(shell, (open) => exportProviders(shell, open, options)))
}

async function exportProviders(shell: Shell, open: Open, { variables, json }: Options): Promise<void> {
  const { config, database, caller } = open
  const rows: ExportedRow[] = []
  for await (const row of readProviders(database.prisma)) rows.push(row)
  const nameVariable = variables ? variableNames(rows) : () => null
  const check = exportCheck(createUpstream(config).deps, caller)
  const providers: FileProvider[] = []
  for (const row of rows) {
    const { asStored, notes } = await check(row)
    for (const note of notes) shell.error(`${row.name}: ${printable(note)}\n`)
    providers.push({ ...toFileProvider(row, nameVariable), ...(asStored ? { asStored } : {}) })
  }
  const routes = (await readRoutes(open)).flatMap((route) => toFileRoute(route) ?? [])
  const exported = { providers, ...(routes.length === 0 ? {} : { routes }) }
  const heading = variables ? TEMPLATE_HEADING : HEADING
  shell.print(json ? `${JSON.stringify(exported, null, 2)}\n` : `${heading}${stringify(exported)}`)
}

async function* readProviders(prisma: PrismaClient): AsyncGenerator<ExportedRow> {
  const read = (last: ExportedRow | undefined, take: number) =>
    prisma.provider.findMany({
      where: { deletedAt: null, name: { gt: last?.name ?? '' } },
      ...{ orderBy: { name: 'asc' }, take, include: EXPORTED },
    })
  for await (const page of pagesOf(read, PAGE)) yield* page
}

/** Gives each secret a variable of its own, also where two names differ in signs alone. Never one of the gateway's own, nor one that a key names. */
function variableNames(rows: readonly ExportedRow[]): NameVariable {
  const named = rows.flatMap(({ apiKeys }) =>
    apiKeys.flatMap(({ environmentVariable, endpointVariable, credentialParts }) => [
      ...[environmentVariable, endpointVariable],
      ...Object.values(variablesOf(readCredentialParts(credentialParts))),
    ]),
  )
  const taken = new Set(named)
  return (...words) => {
    const name = words
      .join('_')
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]/g, '_')
      .replace(/^(?=\d)/, '_')
    let env = name
    for (let number = 2; taken.has(env) || readSecretReference(env, {}) === 'OWN_SECRET'; number++) env = `${name}_${number}`
    taken.add(env)
    return { env }
  }
}
