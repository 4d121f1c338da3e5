import type { Command } from 'commander'
import { stringify } from 'yaml'
import { readSecretReference } from '../config.ts'
import type { BedrockSettings, NetworkConfig } from '../destination/stored-rows.ts'
import type { ApiKey, PrismaClient, Provider } from '../generated/prisma-sqlite/client.ts'
import { readBedrockSettings } from '../providers/bedrock-settings.ts'
import { readDialectSettings } from '../providers/dialect-settings.ts'
import { type ProxyConfig, readNetworkConfig, type StoredHeader } from '../providers/network-config.ts'
import { DEFAULT_NETWORK } from '../upstream/client/network-settings.ts'
import type { FileApiKey, FileBedrock, FileNetwork, FileProvider } from './apply/providers-file.ts'
import { help, JSON_OPTION } from './help.ts'
import { withDatabase } from './open.ts'
import type { Shell } from './shell.ts'

const PAGE = 100

const HEADING = `# Providers of an AI provider gateway. \`gateway apply\` reads this file.
# There are no secrets in it: a key with an \`id\` keeps the value that is stored under it.
`
const TEMPLATE_HEADING = `# Providers of an AI provider gateway. \`gateway apply\` reads this file.
# There are no secrets in it: set the variables that it names to them first.
`

export function addExport(program: Command, shell: Shell): void {
  program
    .command('export')
    .summary('print the providers, as `apply` reads them')
    .description(
      'Prints all providers in YAML, without secrets: of a stored key there is the id and the mask. Applied to the same gateway it changes nothing. For another one, --variables names a variable for each secret.',
    )
    .option('--variables', 'name a variable for each stored secret, e.g. OPENAI_API_KEY')
    .option(...JSON_OPTION)
    .addHelpText('after', help({ examples: ['gateway export > providers.yaml', 'gateway export --variables > providers.yaml'] }))
    .action((options: { variables?: true; json?: true }) =>
      withDatabase(shell, async ({ database: { prisma } }) => {
        const providers = await readProviders(prisma, options.variables ? variableNames() : () => null)
        const heading = options.variables ? TEMPLATE_HEADING : HEADING
        shell.print(options.json ? `${JSON.stringify({ providers }, null, 2)}\n` : `${heading}${stringify({ providers })}`)
      }),
    )
}

async function readProviders(prisma: PrismaClient, nameVariable: NameVariable): Promise<FileProvider[]> {
  const providers: FileProvider[] = []
  for (let last = ''; ; ) {
    const rows = await prisma.provider.findMany({
      where: { deletedAt: null, name: { gt: last } },
      orderBy: { name: 'asc' },
      take: PAGE,
      include: { apiKeys: { orderBy: { number: 'asc' } } },
    })
    providers.push(...rows.map((row) => toFileProvider(row, nameVariable)))
    last = rows.at(-1)?.name ?? ''
    if (rows.length < PAGE) return providers
  }
}

/** Gives each secret a variable of its own, also where two names differ in signs alone. Never one of the gateway's own. */
function variableNames(): NameVariable {
  const taken = new Set<string>()
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

function toFileProvider(row: Provider & { readonly apiKeys: readonly ApiKey[] }, nameVariable: NameVariable): FileProvider {
  const { name, type, baseUrl, displayName, icon, enabled } = row
  const bedrock = readBedrockSettings(row.settings)
  const dialects = readDialectSettings(row.extensions)
  const variable: NameVariable = (...words) => nameVariable(name, ...words)
  const numberOf = (index: number) => (row.apiKeys.length === 1 ? [] : [String(index + 1)])
  const keys = row.apiKeys.map((key, index) => toFileKey(key, variable('api_key', ...numberOf(index))))
  return {
    ...{ name, type, baseUrl },
    ...(displayName === '' ? {} : { displayName }),
    ...(icon === '' ? {} : { icon }),
    enabled,
    ...(bedrock === null ? {} : { settings: { bedrock: toFileBedrock(bedrock, variable) } }),
    ...(row.network === null ? {} : { network: toFileNetwork(readNetworkConfig(row.network), variable) }),
    ...(Object.keys(dialects).length === 0 ? {} : { dialectSettings: dialects }),
    ...(keys.length === 0 ? {} : { apiKeys: keys }),
  }
}

/** The variable that shall hold a secret of the provider, e.g. `OPENAI_EU_API_KEY`; null when none is wanted. */
type NameVariable = (...words: readonly string[]) => { readonly env: string } | null

/** Without the external id: each gateway makes its own. */
function toFileBedrock({ hasAccessKey, externalId: _, ...settings }: BedrockSettings, variable: NameVariable): FileBedrock {
  const [accessKeyFrom, accessKeySecretFrom] = [variable('access_key'), variable('access_key_secret')]
  if (!hasAccessKey || accessKeyFrom === null || accessKeySecretFrom === null) return settings
  return { ...settings, accessKeyFrom, accessKeySecretFrom }
}

function toFileKey(key: ApiKey, valueFrom: { readonly env: string } | null): FileApiKey {
  const { id, name, masked, environmentVariable, enabled, weight } = key
  const rest = { ...(enabled ? {} : { enabled }), ...(weight === 1 ? {} : { weight }) }
  const named = name === null ? {} : { name }
  if (environmentVariable !== null) return { ...named, environmentVariable, ...rest }
  return valueFrom === null ? { ...named, id, masked, ...rest } : { ...named, valueFrom, ...rest }
}

function toFileHeader(header: StoredHeader, variable: NameVariable): NonNullable<FileNetwork['extraHeaders']>[number] {
  if ('value' in header) return { name: header.name, value: header.value }
  const valueFrom = variable(header.name)
  return valueFrom === null ? { name: header.name, masked: header.masked } : { name: header.name, valueFrom }
}

/** What has its default is left out. */
function toFileNetwork(config: NetworkConfig, variable: NameVariable): FileNetwork {
  const { extraHeaders, proxy, caCertificate } = config
  const unusual = <Field extends keyof NetworkConfig & keyof FileNetwork>(field: Field) =>
    config[field] === DEFAULT_NETWORK[field] ? {} : { [field]: config[field] }
  return {
    ...unusual('timeoutMs'),
    ...unusual('maxRetries'),
    ...unusual('retryBackoffInitialMs'),
    ...unusual('retryBackoffMaxMs'),
    ...unusual('insecureSkipVerify'),
    ...unusual('allowPrivateNetwork'),
    ...(extraHeaders.length === 0 ? {} : { extraHeaders: extraHeaders.map((header) => toFileHeader(header, variable)) }),
    ...(caCertificate === null ? {} : { caCertificate }),
    ...(proxy === null ? {} : { proxy: toFileProxy(proxy, variable) }),
  }
}

function toFileProxy({ type, url, username, hasPassword }: ProxyConfig, variable: NameVariable): NonNullable<FileNetwork['proxy']> {
  const passwordFrom = hasPassword ? variable('proxy_password') : null
  return {
    type,
    ...(url === null ? {} : { url }),
    ...(username === null ? {} : { username }),
    ...(passwordFrom === null ? {} : { passwordFrom }),
  }
}
