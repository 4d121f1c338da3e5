import { Socket } from 'node:net'
import { PrismaPg } from '@prisma/adapter-pg'
import pg, { type ClientConfig, type PoolConfig } from 'pg'
import { StartupError } from '../errors.ts'
import { PrismaClient } from '../generated/prisma-postgresql/client.ts'
import { isUnsupported, reasonOf } from './failures.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { CHANNEL, type Listener, listenToPostgresql } from './postgresql-listener.ts'
import { RAISE_REVISION, SELECT_REVISION } from './revision.ts'

export interface OpenPostgresql {
  readonly prisma: PrismaClient
  readonly location: string
  /** The last statement of each transaction that writes. */
  readonly beforeCommit: string
  /** Wakes when another process has written; null where the engine cannot tell, as some distributed ones. */
  readonly listen: ((wake: () => void) => Listener) | null
  readonly currentState: () => Promise<number | null>
  readonly pool: () => PoolStatistics
  /** Transactions that may write at once: half of the connections, so that reads always find one. */
  readonly writers: number
  /** Runs work on connections that wait for as long as a statement takes. */
  patiently<T>(work: (prisma: PrismaClient) => Promise<T>): Promise<T>
}

/** Connections of the pool, and statements that wait for one. */
export interface PoolStatistics {
  readonly inUse: number
  readonly idle: number
  readonly waiting: number
}

/** What the network may add to the time of a statement. */
const MARGIN_MS = 5_000

/** Modes that the driver takes for `verify-full`, and warns of at each start. */
const WEAKER_TLS = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&(?!.*uselibpqcompat)|$)/

/** The announcement is sent when the transaction commits, and not at all when it does not. */
const RAISE_AND_ANNOUNCE = `WITH raised AS (${RAISE_REVISION} RETURNING value) SELECT pg_notify('${CHANNEL}', value::text)::text FROM raised`

/** Opens the database that the URL names, and fails when it cannot be reached now. */
export async function openPostgresql(url: string, transactionOptions: { maxWait: number; timeout: number }): Promise<OpenPostgresql> {
  const { config, connections, silenceMs, schema, location } = settingsOf(url)
  const connect = (pool: pg.Pool) =>
    new PrismaClient({ adapter: new PrismaPg(pool, { schema, disposeExternalPool: true }), transactionOptions, errorFormat: 'minimal' })
  const pool = new pg.Pool({ ...config, stream: () => impatientSocket(silenceMs) })
  const prisma = connect(pool)
  try {
    const announces = await canAnnounce(prisma)
    return {
      prisma,
      location,
      beforeCommit: announces ? RAISE_AND_ANNOUNCE : RAISE_REVISION,
      currentState: numberStates(prisma, pool),
      pool: () => ({ inUse: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }),
      writers: Math.max(1, Math.floor(connections / 2)),
      listen: announces ? (wake) => listenToPostgresql(config, wake) : null,
      patiently: async (work) => {
        const patient = connect(new pg.Pool({ ...config, max: 1, statement_timeout: 0, idle_in_transaction_session_timeout: 0 }))
        try {
          return await work(patient)
        } finally {
          await patient.$disconnect()
        }
      },
    }
  } catch (error) {
    await prisma.$disconnect()
    throw new StartupError(
      `The database ${location} cannot be reached (${reasonOf(error)}). Check that it runs and that DATABASE_URL is right.`,
      1,
    )
  }
}

/**
 * One statement at a time answers all requests that wait, so a hundred of them cost what one does. The number is our own:
 * a revision that goes back, in a database restored from a backup, is a new state as well. So is whatever is read over a
 * new connection: a server that took over and lost the last commits may have made others under the same revisions.
 */
function numberStates(prisma: PrismaClient, pool: pg.Pool): () => Promise<number | null> {
  let state = 0
  let latest: number | null = null
  pool.on('connect', () => {
    latest = null
  })
  return oneAtATime(async () => {
    const [row] = await prisma.$queryRawUnsafe<{ value: number }[]>(SELECT_REVISION)
    // Without the row no write raises it.
    if (row === undefined) return null
    if (row.value !== latest) state += 1
    latest = row.value
    return state
  })
}

/**
 * A server that vanishes from the network refuses nothing, and the system would go on waiting for a quarter of an hour.
 * One that works says something before `statement_timeout` is over.
 */
function impatientSocket(silenceMs: number): Socket {
  const socket = new Socket()
  const giveUp = () => socket.destroy(Object.assign(new Error('The database server is silent.'), { code: 'ETIMEDOUT' }))
  return socket.setTimeout(silenceMs, giveUp)
}

/** Engines that speak PostgreSQL's protocol do not all have its notifications. */
async function canAnnounce(prisma: PrismaClient): Promise<boolean> {
  await prisma.$queryRawUnsafe('SELECT 1')
  try {
    await prisma.$queryRawUnsafe(`SELECT pg_notify('${CHANNEL}', '')::text`)
    return true
  } catch (error) {
    if (isUnsupported(error)) return false
    throw error
  }
}

/**
 * The settings of the connection pool. The driver reads those of a connection from the URL itself, where they win over
 * the defaults here: `sslmode`, `sslrootcert`, `statement_timeout` (milliseconds) and so on. Those of the pool have the
 * names that Prisma gave them: `connection_limit`, `pool_timeout` (seconds), `schema`.
 */
function settingsOf(url: string): {
  config: PoolConfig & ClientConfig
  connections: number
  silenceMs: number
  schema: string
  location: string
} {
  if (!URL.canParse(url))
    throw new StartupError('The database URL is not valid. It looks like postgresql://user:password@host:5432/database.')
  const { host, pathname, searchParams } = new URL(url)
  const schema = searchParams.get('schema') ?? 'public'
  const connections = wholeNumber(searchParams, 'connection_limit', 10)
  const config = {
    connectionString: url.replace(WEAKER_TLS, '$1verify-full'),
    max: connections,
    connectionTimeoutMillis: wholeNumber(searchParams, 'pool_timeout', 10) * 1_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: 'ai-provider-gateway',
    ...(schema === 'public' ? {} : { options: `-c search_path="${schema}"` }),
  }
  const statementTimeoutMs = Number(searchParams.get('statement_timeout') ?? config.statement_timeout)
  const silenceMs = statementTimeoutMs > 0 ? statementTimeoutMs + MARGIN_MS : 0
  return { config, connections, silenceMs, schema, location: `postgresql://${host}${pathname}` }
}

function wholeNumber(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name)
  if (text === null) return otherwise
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new StartupError(`The parameter ${name} of the database URL must be a whole number above zero, not "${text}".`)
}
