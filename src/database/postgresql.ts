import { Socket } from 'node:net'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { StartupError } from '../errors.ts'
import { PrismaClient } from '../generated/prisma-postgresql/client.ts'
import { isUnsupported, reasonOf } from './failures.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { CHANNEL, type Listener, listenToPostgresql } from './postgresql-listener.ts'
import { type SessionStart, startSessions } from './postgresql-session.ts'
import { settingsOf } from './postgresql-settings.ts'
import { RAISE_REVISION, SELECT_REVISION } from './revision.ts'

export interface OpenPostgresql {
  readonly prisma: PrismaClient
  readonly location: string
  /** The first statement of each transaction that writes; null when the session has its settings. */
  readonly atBegin: () => string | null
  /** The statement by which a transaction raises the revision, and tells other processes where that is possible. */
  readonly raise: string
  /** Wakes when another process has written; null where nothing tells: some distributed engines, and behind a pooler. */
  readonly listen: ((wake: () => void) => Listener) | null
  readonly currentState: () => Promise<number | null>
  readonly pool: () => PoolStatistics
  /** Transactions that may write at once: half of the connections, so that reads always find one. */
  readonly writers: number
  /** Runs work on connections that wait for as long as a statement takes. */
  withoutTimeouts<T>(work: (prisma: PrismaClient) => Promise<T>): Promise<T>
}

/** Connections of the pool, and statements that wait for one. */
export interface PoolStatistics {
  readonly inUse: number
  readonly idle: number
  readonly waiting: number
}

/** The announcement is sent when the transaction commits, and not at all when it does not. */
const RAISE_AND_ANNOUNCE = `WITH raised AS (${RAISE_REVISION} RETURNING value) SELECT pg_notify('${CHANNEL}', value::text)::text FROM raised`

/** Opens the database that the URL names, and fails when it cannot be reached now. */
export async function openPostgresql(url: string, transactionOptions: { maxWait: number; timeout: number }): Promise<OpenPostgresql> {
  const { config, connections, session, silenceMs, schema, location } = settingsOf(url)
  const connect = (pool: pg.Pool) =>
    new PrismaClient({ adapter: new PrismaPg(pool, { schema, disposeExternalPool: true }), transactionOptions, errorFormat: 'minimal' })
  const sessions = startSessions(session)
  const pool = new pg.Pool({ ...config, stream: () => impatientSocket(silenceMs), onConnect: sessions.onConnect })
  const prisma = connect(pool)
  try {
    const announces = await canAnnounce(prisma)
    if (!sessions.areOurs() && schema !== 'public') await requireSchema(prisma, schema)
    return {
      prisma,
      location,
      atBegin: () => (sessions.areOurs() ? null : sessions.forTransaction),
      raise: announces ? RAISE_AND_ANNOUNCE : RAISE_REVISION,
      currentState: numberStates(prisma, pool, await stateStatement(prisma, sessions)),
      pool: () => ({ inUse: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }),
      writers: Math.max(1, Math.floor(connections / 2)),
      listen: announces && sessions.areOurs() ? (wake) => listenToPostgresql(config, wake) : null,
      withoutTimeouts: async (work) => {
        const { search_path } = session
        const unbounded = startSessions(search_path === undefined ? {} : { search_path })
        const patient = connect(new pg.Pool({ ...config, max: 1, onConnect: unbounded.onConnect }))
        try {
          return await work(patient)
        } finally {
          await patient.$disconnect()
        }
      },
    }
  } catch (error) {
    await prisma.$disconnect()
    if (error instanceof StartupError) throw error
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
function numberStates(prisma: PrismaClient, pool: pg.Pool, statement: string): () => Promise<number | null> {
  let state = 0
  let latest: string | null = null
  pool.on('connect', () => {
    latest = null
  })
  return oneAtATime(async () => {
    const [row] = await prisma.$queryRawUnsafe<{ value: number; server?: string }[]>(statement)
    // Without the row no write raises it.
    if (row === undefined) return null
    const seen = `${row.value} ${row.server ?? ''}`
    if (seen !== latest) state += 1
    latest = seen
    return state
  })
}

/** A pooler may change to another server without a new connection of ours, so the server is asked since when it runs. */
async function stateStatement(prisma: PrismaClient, sessions: SessionStart): Promise<string> {
  if (sessions.areOurs()) return SELECT_REVISION
  try {
    await prisma.$queryRawUnsafe(`SELECT ${SERVER_START}`)
    return SELECT_REVISION.replace('SELECT value', `SELECT value, ${SERVER_START} AS server`)
  } catch (error) {
    if (isUnsupported(error)) return SELECT_REVISION
    throw error
  }
}

const SERVER_START = 'pg_postmaster_start_time()::text'

/** Behind a pooler no session is ours, so the search path can only be the role's. */
async function requireSchema(prisma: PrismaClient, schema: string): Promise<void> {
  const [row] = await prisma.$queryRawUnsafe<{ name: string | null }[]>('SELECT current_schema()::text AS name')
  if (row?.name === schema) return
  throw new StartupError(
    `The connection pooler does not keep the schema "${schema}" that the URL names. Create the schema, and set it for the role: ALTER ROLE <role> SET search_path = "${schema}".`,
  )
}

/**
 * A server that vanishes from the network refuses nothing, and the system would go on waiting for a quarter of an hour.
 * One that works says something before `statement_timeout` is over.
 */
function impatientSocket(silenceMs: number): Socket {
  const socket = new Socket()
  const giveUp = () => socket.destroy(Object.assign(new Error('The database server does not answer.'), { code: 'ETIMEDOUT' }))
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
