import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Activity, openActivity } from './activity/activity.ts'
import { keepLastUsesClean } from './activity/clean-last-uses.ts'
import { type LastUses, trackLastUses } from './activity/last-uses.ts'
import { checkKeyring, registerKeys } from './api-keys/encryption-keys.ts'
import { type App, createApp } from './app.ts'
import { createRecordRefusal, type Refusal } from './audit/record-refusal.ts'
import { type AdminAccess, ensureAdminToken } from './auth/admin-token.ts'
import { clientAddressOf } from './auth/client-address.ts'
import type { SignInLimits } from './auth/limit-sign-in.ts'
import type { Caller } from './auth/principal.ts'
import { type Backlog, createBacklog } from './backlog.ts'
import { isCallTarget } from './calls/call-path.ts'
import { createCallStatus } from './calls/call-status.ts'
import { createChangeFeed } from './changes/change-feed.ts'
import { type Config, secretVariables, wantsTraces } from './config.ts'
import { createUpstream } from './create-upstream.ts'
import type { Keyring } from './crypto/keyring.ts'
import { type Database, openDatabase } from './database/client.ts'
import { migrate } from './database/migrate.ts'
import { StartupError } from './errors.ts'
import { logUnexpected } from './graphql/client-errors.ts'
import type { GatewayDeps } from './graphql/context.ts'
import { keepTicksFast } from './http/fast-ticks.ts'
import { createListener } from './http/listener.ts'
import { findKeys, type KeySource, readKeyring } from './key-file.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { createMetricsEndpoint, type MetricsEndpoint, metricsListener } from './metrics/metrics-endpoint.ts'
import type { CallOptions } from './mount-calls.ts'
import { type BackgroundTests, createBackgroundTests, NO_BACKGROUND_TESTS } from './providers/background-tests.ts'
import type { TestDeps } from './providers/test-saved-connection.ts'
import { CALL_PREFIXES, FIRST_RELEASE_READERS } from './rest/mounts.ts'
import { startTracing } from './tracing/start-tracing.ts'
import { upgradeStoredData } from './upgrade/upgrade-stored-data.ts'
import type { Outcome } from './upstream/test/outcome.ts'
import { createUsage, type Usage } from './usage/usage.ts'

/** A gateway that answers requests. */
export interface Gateway {
  /** `http://host:port`, with the port it really listens on. */
  readonly url: string
  readonly admin: AdminAccess
  readonly keys: Pick<KeySource, 'path' | 'created'>
  readonly database: Pick<Database, 'location'>
  /** Where `/metrics` is, when it has a port of its own. */
  readonly metricsUrl: string | null
  /** After STOP_DELAY_SECONDS finishes what is in flight, for 20 s at most, model calls for CALL_STOP_GRACE_SECONDS, and closes everything. */
  close(): Promise<void>
}

/** How long requests in flight may take to finish when the process is asked to stop. */
const DRAIN_TIMEOUT_MS = 20_000
/** What was ended may still say so. */
const LAST_WORDS_MS = 2_000
const IDLE_SWEEP_MS = 50

/**
 * Opens the database, proves that the keys belong to it, migrates it, and listens: in this order, so that a wrong
 * configuration changes nothing and never answers a request.
 * @param startLog takes what is told before the port is open.
 * @throws StartupError.
 */
export async function startGateway(
  config: Config,
  log: Logger,
  clock: () => Date = () => new Date(),
  startLog: Logger = log,
): Promise<Gateway> {
  keepTicksFast()
  const tracing = wantsTraces(config) ? await startTracing() : null
  const database = await openDatabase(config.DATABASE_URL)
  try {
    const keys = await findKeys(database, config.ENCRYPTION_KEYS, (message) => startLog.warn(message))
    const keyring = readKeyring(keys)
    await checkKeyring(database, keyring)
    await migrate(database, (message) => startLog.info(message))
    await registerKeys(database, keyring, clock())
    await upgradeStoredData(database, keyring, FIRST_RELEASE_READERS, clock(), (message) => startLog.info(message))
    const activity = await openActivity(database, (message) => startLog.info(message))
    const served = await serve(config, log, clock, { database, activity, keyring }).catch(async (error: unknown) => {
      await activity.close()
      throw error
    })
    // After the port is open: a token made for a start that fails there would have been shown to nobody.
    const admin = await ensureAdminToken(database, keyring, config.ADMIN_TOKEN === '' ? null : config.ADMIN_TOKEN, clock()).catch(
      async (error: unknown) => {
        await served.close()
        throw error
      },
    )
    const close = async () => {
      served.drain()
      await sleep(config.STOP_DELAY_SECONDS * 1_000)
      await served.close()
      // Last, so that it sends the spans of what was in flight.
      await tracing?.close()
    }
    return { ...served, admin, keys, close }
  } catch (error) {
    await database.close()
    throw error
  }
}

interface Opened {
  readonly database: Database
  readonly activity: Activity
  readonly keyring: Keyring
}

async function serve(
  config: Config,
  log: Logger,
  clock: () => Date,
  { database, activity, keyring }: Opened,
): Promise<Pick<Gateway, 'url' | 'metricsUrl' | 'database' | 'close'> & Pick<App, 'drain'>> {
  const lastUses = trackUses(database, activity, log)
  const backlog = settledAtExit(createBacklog())
  const usage = keepUsage(config, activity, clock, log, backlog)
  const readSecretVariable = secretVariables(config)
  const callStatus = createCallStatus({ database, keyring, readSecretVariable, clock })
  const outbound = createUpstream(config)
  const changes = createChangeFeed({ database, keyring }, clock)
  const { metrics, metricsEndpoint } = measure(config, backlog)
  const deps: Omit<GatewayDeps, 'newProviderTests'> = {
    database,
    keyring,
    clock,
    changes,
    ...{ lastUses, usage, readSecretVariable, callStatus, publicUrl: config.PUBLIC_URL },
    recordRefusal: createRecordRefusal(database, clock, logRefusal(log)),
    ...outbound.deps,
    probe: (request, left) => outbound.deps.probe(request, left).then(counting(metrics)),
  }
  const newProviderTests = testsOfNewProviders(config, deps, log)
  const app = createApp({
    deps: { ...deps, newProviderTests },
    log,
    graphiql: config.GRAPHIQL,
    console: config.CONSOLE,
    restReference: config.REST_REFERENCE,
    rootDialect: config.ROOT_DIALECT,
    signInLimits: signInLimits(config),
    cacheMaxBytes: config.CACHE_MAX_BYTES,
    calls: { ...callOptions(config), outbound: outbound.clientDeps },
    ...{ metrics, backlog },
    metricsEndpoint: config.METRICS_PORT === null ? metricsEndpoint : null,
  })
  const server = createListener(
    (request, response) => void app.handle(request, response),
    ({ url }) => isCallTarget(url ?? '', CALL_PREFIXES),
  )
  const metricsServer = await serveMetrics(metricsEndpoint, config)
  const url = await listen(server, config).catch(async (error: unknown) => {
    await metricsServer?.close()
    throw error
  })
  for (const own of [url, metricsServer?.url ?? url]) outbound.addOwnSocket({ host: config.HOST, port: Number(new URL(own).port) })
  return {
    url,
    metricsUrl: metricsServer === null ? null : `${metricsServer.url}/metrics`,
    ...{ database, drain: app.drain },
    close: async () => {
      // Subscriptions would never finish by themselves.
      await changes.close()
      await closeServer(server, gracesOf(app, config))
      await app.endCalls()
      await newProviderTests.close()
      await metricsServer?.close()
      await Promise.all([lastUses.close(), usage.close()])
      process.off('exit', backlog.settle)
      await activity.close()
      await database.close()
    },
  }
}

/** When tokens and keys were last used, for as long as they are there. */
function trackUses(database: Database, activity: Activity, log: Logger): LastUses {
  const onError = (error: unknown) => error instanceof Error && logUnexpected(error, log)
  const lastUses = trackLastUses(activity, onError)
  const cleaning = keepLastUsesClean(database, activity, onError)
  return { ...lastUses, close: () => cleaning.close().then(lastUses.close) }
}

function keepUsage({ USAGE_DAYS }: Config, activity: Activity, clock: () => Date, log: Logger, backlog: Backlog): Usage {
  const onError = (error: unknown) => error instanceof Error && logUnexpected(error, log)
  return createUsage(activity, { callDays: USAGE_DAYS, clock, onError }, backlog)
}

function testsOfNewProviders({ TEST_NEW_PROVIDERS }: Config, deps: TestDeps, log: Logger): BackgroundTests {
  if (!TEST_NEW_PROVIDERS) return NO_BACKGROUND_TESTS
  return createBackgroundTests(deps, (error) => error instanceof Error && logUnexpected(error, log))
}

/** Refusals that the audit log leaves out. The words are from closed lists, the ids are of rows and requests. */
function logRefusal(log: Logger): (caller: Caller, refusal: Refusal) => void {
  return ({ principal, requestId }, { operation, code }) =>
    log.info(
      { requestId, tokenId: principal.tokenId },
      `Refused ${operation} with ${code}; the audit log has enough of these for this minute.`,
    )
}

/** Hands an outcome on, once it is counted. */
function counting(metrics: Metrics | null): (outcome: Outcome) => Outcome {
  return (outcome) => {
    metrics?.connectionTested(outcome)
    return outcome
  }
}

/** What waits is written also when the process ends by itself, and before the log hands out its last lines. */
function settledAtExit(backlog: Backlog): Backlog {
  process.prependListener('exit', backlog.settle)
  return backlog
}

/** What is counted, and what tells it; both null when nobody reads it. */
function measure({ METRICS_PORT, METRICS_TOKEN }: Config, backlog: Backlog) {
  const metrics = METRICS_PORT === null && METRICS_TOKEN === '' ? null : createMetrics(backlog)
  return { metrics, metricsEndpoint: metrics === null ? null : createMetricsEndpoint(metrics, METRICS_TOKEN) }
}

/** Opens the port for the metrics; null when they have none of their own. */
async function serveMetrics(
  endpoint: MetricsEndpoint | null,
  { HOST, METRICS_PORT }: Config,
): Promise<{ url: string; close(): Promise<void> } | null> {
  if (endpoint === null || METRICS_PORT === null) return null
  const server = createListener(metricsListener(endpoint))
  const url = await listen(server, { HOST, PORT: METRICS_PORT }, 'METRICS_PORT')
  return { url, close: () => closeServer(server, [{ afterMs: DRAIN_TIMEOUT_MS, end: () => server.closeAllConnections() }]) }
}

async function listen(server: Server, { HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>, setting = 'PORT'): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, { host: HOST, port: PORT, setting })))
    server.listen(PORT, HOST, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : PORT
  return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`
}

function listenError(error: NodeJS.ErrnoException, { host, port, setting }: { host: string; port: number; setting: string }): StartupError {
  const remedy =
    error.code === 'EADDRINUSE'
      ? `Another program listens there: stop it, or set ${setting} to a free port.`
      : error.code === 'EACCES'
        ? `Ports below 1024 need privileges: set ${setting} to a higher one.`
        : 'Set HOST to an address of this machine.'
  return new StartupError(`Cannot listen on ${host} port ${port} (${error.code}). ${remedy}`, 1)
}

function signInLimits(config: Config): SignInLimits {
  return {
    requestsPerMinute: config.RATE_LIMIT_PER_MINUTE,
    failuresPerMinute: config.LOGIN_FAILURES_PER_MINUTE,
    addressOf: clientAddressOf(config.TRUSTED_PROXIES),
  }
}

function callOptions(config: Config): Omit<CallOptions, 'outbound'> {
  return {
    publicUrl: config.PUBLIC_URL,
    maxBodyBytes: config.CALL_MAX_BODY_BYTES,
    bodyMemoryBytes: config.CALL_BODY_MEMORY_BYTES,
    idleMs: config.CALL_IDLE_SECONDS * 1_000,
    limits: { perToken: config.CALLS_PER_TOKEN, perProvider: config.CALLS_PER_PROVIDER },
  }
}

function gracesOf(app: App, { CALL_STOP_GRACE_SECONDS }: Config): Grace[] {
  return [
    { afterMs: DRAIN_TIMEOUT_MS, end: app.endRequests },
    { afterMs: CALL_STOP_GRACE_SECONDS * 1_000, end: app.endCalls },
  ]
}

/** What is ended when a server that closes has waited long enough for it. */
interface Grace {
  readonly afterMs: number
  readonly end: () => void
}

async function closeServer(server: Server, graces: readonly Grace[]): Promise<void> {
  const last = Math.max(...graces.map(({ afterMs }) => afterMs)) + LAST_WORDS_MS
  const timers = [...graces, { afterMs: last, end: () => server.closeAllConnections() }].map(({ afterMs, end }) => setTimeout(end, afterMs))
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
  // Again and again: a connection whose last request was in flight becomes idle later, and a client may keep it for long.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
  await closed
  clearInterval(sweep)
  for (const timer of timers) clearTimeout(timer)
}
