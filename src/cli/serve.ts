import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { atOnce, createLogger } from '../logger.ts'
import type { Gateway } from '../start.ts'
import { help } from './help.ts'
import type { Shell } from './shell.ts'

export function addServe(program: Command, shell: Shell): void {
  program
    .command('serve')
    .summary('start the gateway')
    .description(
      'Starts the gateway, which runs until SIGTERM, SIGINT or SIGHUP. The log goes to standard output, one JSON object per line; addresses go to standard error.',
    )
    .option('--json', 'print the addresses as one line of JSON')
    .addHelpText('after', help({ examples: ['gateway serve', 'PORT=8080 LOG_LEVEL=warn gateway serve'] }))
    .action((options: { json?: true }) => serve(shell, options.json === true))
}

/** Starts the gateway; the process then lives until a signal ends it. */
async function serve(shell: Shell, json: boolean): Promise<void> {
  const config = shell.loadConfig()
  // V8 lets a heap grow to several times what is in use before it collects: 2,000 large documents took 160 MB that nothing referred to.
  setFlagsFromString('--heap-growing-percent=30')
  const log = createLogger(config.LOG_LEVEL)
  // Loaded here, because only a server needs the GraphQL schema: the other commands start in half of the time.
  const { startGateway } = await import('../start.ts')
  const gateway = await startGateway(config, log, shell.clock, createLogger(config.LOG_LEVEL, atOnce()))
  shell.error(json ? `${JSON.stringify(greetingData(gateway))}\n` : greeting(gateway, config))

  let stopping = false
  const stop = (signal: string) => {
    // A second signal means that the first one took too long.
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    void gateway.close().then(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
}

function greetingData({ url, metricsUrl, admin, keys, database }: Gateway) {
  const adminToken = admin.kind === 'created' ? { adminToken: admin.token } : {}
  return {
    url,
    ...(metricsUrl === null ? {} : { metricsUrl }),
    database: database.location,
    keyFile: keys.path,
    keyFileCreated: keys.created,
    admin: admin.kind,
    ...adminToken,
  }
}

/** What a person who started the gateway wants to know. Goes to standard error, so that the log on standard output stays JSON. */
function greeting({ url, metricsUrl, admin, keys, database }: Gateway, config: Config): string {
  const metrics = metricsUrl ?? (config.METRICS_TOKEN === '' ? null : `${url}/metrics   (with METRICS_TOKEN)`)
  const lines = [
    '',
    `  AI provider gateway is ready.`,
    '',
    `  GraphQL      ${url}/graphql${config.GRAPHIQL ? '   (open it in a browser for GraphiQL)' : ''}`,
    ...(config.CONSOLE ? [`  Console      ${url}/console`, `  Docs         ${url}/docs`] : []),
    ...(config.REST_REFERENCE ? [`  REST         ${url}/docs/rest`] : []),
    ...(metrics === null ? [] : [`  Metrics      ${metrics}`]),
    `  Database     ${database.location}`,
    `  Key file     ${keys.path ?? 'none: the encryption keys are configured'}`,
  ]
  // Also when an earlier start made it and came no further, so that nobody has read this yet.
  const isNewKey = keys.created || (keys.path !== null && admin.kind === 'created')
  if (isNewKey) lines.push('', '  The key file is new. Back it up separately from the database: without it the stored API keys are lost.')
  if (admin.kind === 'created')
    lines.push('', `  Admin token  ${admin.token}`, '  It is shown only once. Send it as the header `Authorization: Bearer <token>`.')
  if (admin.kind === 'configured-token-revoked')
    lines.push('', '  The configured ADMIN_TOKEN does not work: an admin revoked it, or it has expired. Configure another one.')
  return `${lines.join('\n')}\n\n`
}
