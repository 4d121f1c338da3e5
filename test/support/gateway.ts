import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../../src/config.ts'
import { createLogger } from '../../src/logger.ts'
import { type Gateway, startGateway } from '../../src/start.ts'
import { cacheEnvironment } from './cache.ts'
import { watchForLeaks } from './leak-watch.ts'
import { everythingStored } from './store.ts'
import { makeTestDatabase, type TestDatabaseOptions } from './test-database.ts'

export type Role = 'CALLER' | 'VIEWER' | 'EDITOR' | 'ADMIN'

/** A top-level error as a client sees it. */
export interface ClientError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: { readonly code: string; readonly requestId: string }
}

export interface GraphQLAnswer<Data> {
  readonly status: number
  readonly headers: Headers
  /** The body as it came. */
  readonly text: string
  readonly body: { readonly data?: Data | null; readonly errors?: readonly ClientError[] }
}

export interface TestGatewayOptions extends TestDatabaseOptions {
  /** Settings besides those that keep the gateway to itself: a free port, its own folder, a known admin token. */
  readonly environment?: Readonly<Record<string, string>>
  /** Takes every line of the log. */
  readonly log?: (line: string) => void
  readonly clock?: () => Date
}

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>

const ADMIN_TOKEN = 'test-admin-token-of-more-than-32-characters'

/**
 * Starts a real gateway in this process, on a port, in a folder and over a database of its own. `close` removes these, and
 * fails when a key that the gateway was sent stands in an answer, a line of its log, or in what it has stored.
 */
export async function startTestGateway(options: TestGatewayOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-test-'))
  const database = await makeTestDatabase(folder, { migrated: true, ...options })
  const { log, clock } = options
  const watch = watchForLeaks(ADMIN_TOKEN)
  const write = (line: string) => {
    watch.logged(line)
    log?.(line)
  }
  const logger = createLogger('trace', { write })

  const start = (environment: Readonly<Record<string, string>> = {}): Promise<Gateway> => {
    const own = { PORT: '0', ...database.environment, ...cacheEnvironment, TEST_NEW_PROVIDERS: 'false', ADMIN_TOKEN, LOG_LEVEL: 'trace' }
    return startGateway(parseConfig({ ...own, ...options.environment, ...environment }), logger, clock)
  }
  const remove = async () => {
    await database.remove()
    await rm(folder, { recursive: true, force: true })
  }
  let started: Gateway = await start().catch(async (error: unknown) => {
    await remove()
    throw error
  })
  let isRunning = true

  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    if (typeof init.body === 'string') watch.sent(init.body)
    const response = await fetch(new URL(path, started.url), init)
    const isEndless = response.headers.get('content-type')?.includes('text/event-stream') ?? false
    if (!isEndless) watch.answered(`${JSON.stringify([...response.headers])}\n${await response.clone().text()}`)
    return response
  }

  /** Sends one operation as JSON; with the admin token unless another one is given, with none for `null`. */
  async function graphql<Data = Record<string, unknown>>(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    token: string | null = ADMIN_TOKEN,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<GraphQLAnswer<Data>> {
    const response = await request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      body: JSON.stringify({ query, variables }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }

  /** The data of an operation that must succeed. */
  async function ask<Data = Record<string, unknown>>(
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    token: string = ADMIN_TOKEN,
  ): Promise<Data> {
    const { body, status, text } = await graphql<Data>(query, variables, token)
    if (body.data == null || body.errors !== undefined)
      throw new Error(`Answer ${status} ${text}\nto ${query}\nwith ${JSON.stringify(variables)}`)
    return body.data
  }

  /** Makes a token through the API, of a caller for every call; returns its GraphQL id and its value. */
  async function createToken(role: Role, expiresAt: Date | null = null): Promise<{ id: string; value: string }> {
    const { createAccessToken: made } = await ask<{ createAccessToken: { token: { id: string }; value: string } }>(
      `mutation ($input: CreateAccessTokenInput!) {
        createAccessToken(input: $input) { ... on CreateAccessTokenPayload { value token { id } } }
      }`,
      {
        input: {
          name: `test ${role.toLowerCase()}`,
          role,
          expiresAt: expiresAt?.toISOString() ?? null,
          ...(role === 'CALLER' ? { calls: {} } : {}),
        },
      },
    )
    return { id: made.token.id, value: made.value }
  }

  const stop = async () => {
    if (isRunning) await started.close()
    isRunning = false
  }

  return {
    get url() {
      return started.url
    },
    /** What the latest start said. */
    get started() {
      return started
    },
    adminToken: ADMIN_TOKEN,
    folder,
    databaseUrl: database.url,
    /** Settings with which another gateway is a replica of this one. */
    shared: database.environment,
    /** The file of the database, where it is one. */
    databaseFile: join(folder, 'gateway.db'),
    keyFile: join(folder, 'encryption.key'),
    graphql,
    ask,
    createToken,
    token: async (role: Role): Promise<string> => (await createToken(role)).value,
    fetch: request,
    stop,
    /** Starts again over the same data, after a stop if it still runs; `environment` replaces settings for this run. */
    restart: async (environment: Readonly<Record<string, string>> = {}): Promise<Gateway> => {
      await stop()
      started = await start(environment)
      isRunning = true
      return started
    },
    close: async () => {
      // Before the stop, so that the write-ahead log is there. A database that is away has nothing to show.
      const stored = await everythingStored({ folder, databaseUrl: database.url }).catch(() => '')
      await stop()
      await remove()
      watch.expectNoLeaks(stored)
    },
  }
}
