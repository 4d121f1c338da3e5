import { type Config, loadConfig } from './config.ts'
import { StartupError } from './errors.ts'
import { createLogger } from './logger.ts'
import { type Gateway, startGateway } from './start.ts'

/** The process: reads the configuration, starts the gateway, says where it is, and stops it when asked to. */
async function main(): Promise<void> {
  const config = loadConfig()
  const log = createLogger(config.LOG_LEVEL)
  const gateway = await startGateway(config, log)
  process.stderr.write(greeting(gateway, config))

  let stopping = false
  const stop = (signal: string) => {
    // A second signal means that the first one took too long.
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    void gateway.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** What a person who started the gateway wants to know. Goes to standard error, so that the log on standard output stays JSON. */
function greeting({ url, admin, keys, database }: Gateway, config: Config): string {
  const lines = [
    '',
    `  AI provider gateway is ready.`,
    '',
    `  GraphQL      ${url}/graphql${config.GRAPHIQL ? '   (open it in a browser for GraphiQL)' : ''}`,
    ...(config.CONSOLE ? [`  Console      ${url}/console`] : []),
    `  Database     ${database.location}`,
    `  Key file     ${keys.path ?? 'none: the encryption keys are configured'}`,
  ]
  if (keys.created)
    lines.push('', '  The key file was made just now. Back it up, apart from the database: without it the stored API keys are lost.')
  if (admin.kind === 'created')
    lines.push('', `  Admin token  ${admin.token}`, '  It is shown this once. Send it as the header `Authorization: Bearer <token>`.')
  if (admin.kind === 'configured-token-revoked')
    lines.push('', '  The configured ADMIN_TOKEN was revoked by an admin and does not work. Configure another one.')
  return `${lines.join('\n')}\n\n`
}

main().catch((error: unknown) => {
  const message =
    error instanceof StartupError ? error.message : `The gateway could not start: ${error instanceof Error ? error.message : String(error)}`
  process.stderr.write(`${message}\n`)
  process.exit(error instanceof StartupError ? error.exitCode : 1)
})
