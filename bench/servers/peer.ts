/** What the GraphQL servers that are compared have in common: the gateway's schema, its database and its tokens, without its front door. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { openActivity } from '../../src/activity/activity.ts'
import { trackLastUses } from '../../src/activity/last-uses.ts'
import { authenticate } from '../../src/auth/authenticate.ts'
import { GATEWAY_RULES } from '../../src/auth/caller-rules.ts'
import { digestToken } from '../../src/auth/token.ts'
import { createCallStatus } from '../../src/calls/call-status.ts'
import { createChangeFeed } from '../../src/changes/change-feed.ts'
import { parseConfig, secretVariables } from '../../src/config.ts'
import { createUpstream } from '../../src/create-upstream.ts'
import { parseKeyring } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'
import { PrismaClient } from '../../src/generated/prisma-sqlite/client.ts'
import { AnswerOrigin } from '../../src/graphql/answer-origin.ts'
import type { GatewayContext, GatewayDeps } from '../../src/graphql/context.ts'
import { createLogger } from '../../src/logger.ts'
import { NO_BACKGROUND_TESTS } from '../../src/providers/background-tests.ts'
import { createUsage } from '../../src/usage/usage.ts'

const url = process.env.BENCH_DATABASE_URL ?? ''
/** Prisma over its own adapter, as its documentation has it: the gateway's statements are run by a driver of its own. */
const prisma = new PrismaClient({ adapter: new PrismaLibSql({ url, timeout: 5_000 }) })
const database = { ...(await openDatabase(url)), prisma }
const clock = () => new Date()
const config = parseConfig({ DATABASE_URL: url })
const keyring = parseKeyring(process.env.BENCH_KEYS ?? '')
const activity = await openActivity(database, () => {})
const deps: GatewayDeps = {
  database,
  clock,
  keyring,
  changes: createChangeFeed({ database, keyring }, clock),
  recordRefusal: async () => {},
  readSecretVariable: secretVariables(config),
  lastUses: trackLastUses(activity, () => {}),
  usage: createUsage(activity, { callDays: 90, clock, onError: () => {} }, { settle: () => {} }),
  callStatus: createCallStatus({ database, keyring, clock, readSecretVariable: secretVariables(config) }),
  newProviderTests: NO_BACKGROUND_TESTS,
  publicUrl: '',
  ...createUpstream(config).deps,
}
const log = createLogger('silent')

/** No client of the benchmark leaves. */
const STAYS = new AbortController().signal

/** Signs the caller in and makes the context of the request. No limits of queries: they cost the gateway, not its peers. */
export async function contextOf({ headers }: Pick<IncomingMessage, 'headers'>): Promise<GatewayContext> {
  const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
  const signedIn = await authenticate({ database, keyring }, digestToken(token), clock())
  if (!('principal' in signedIn)) throw new Error('The token is not valid.')
  return {
    principal: signedIn.principal,
    channel: 'graphql',
    rules: GATEWAY_RULES,
    requestId: randomUUID(),
    deps,
    log,
    origin: new AnswerOrigin(),
    left: STAYS,
  }
}
