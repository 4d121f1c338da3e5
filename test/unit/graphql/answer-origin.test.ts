import { describe, expect, test } from 'vitest'
import { GATEWAY_RULES } from '../../../src/auth/caller-rules.ts'
import { KeyStates } from '../../../src/calls/key-states.ts'
import { generateKeyText, parseKeyring } from '../../../src/crypto/keyring.ts'
import { AnswerOrigin } from '../../../src/graphql/answer-origin.ts'
import { createContext, type GatewayContext } from '../../../src/graphql/context.ts'
import { createLogger } from '../../../src/logger.ts'
import { NO_BACKGROUND_TESTS } from '../../../src/providers/background-tests.ts'
import { Breakers } from '../../../src/routes/breaker.ts'
import { describeDatabases } from '../../support/databases.ts'

describeDatabases('what an answer was made from', (databases) => {
  const contextOf = async (): Promise<{ context: GatewayContext; origin: AnswerOrigin }> => {
    const origin = new AnswerOrigin()
    origin.ranQuery()
    const deps: GatewayContext['deps'] = {
      database: await databases.open(),
      keyring: parseKeyring(generateKeyText()),
      clock: () => new Date(),
      checkEndpoint: () => null,
      checkProxy: () => null,
      endpointWarning: () => null,
      readSecretVariable: () => 'NOT_SET',
      probe: () => Promise.reject(new Error('unused')),
      admitTest: () => null,
      runTests: () => Promise.reject(new Error('unused')),
      isTesting: () => false,
      changes: {
        subscribe: () => Promise.reject(new Error('unused')),
        statistics: () => ({ subscriptions: 0, ageSeconds: 0 }),
        close: async () => {},
      },
      recordRefusal: () => Promise.reject(new Error('unused')),
      callStatus: {
        find: async () => null,
        states: new KeyStates(Date.now),
        breakers: new Breakers(Date.now),
        targetState: async () => 'READY',
        isCallable: async () => false,
        countKeys: async () => [],
        availabilityOf: () => ({ state: 'READY', until: null, reason: null, inFlight: 0 }),
      },
      newProviderTests: NO_BACKGROUND_TESTS,
      publicUrl: '',
      usage: {
        record: () => {},
        written: () => Promise.reject(new Error('unused')),
        hasTokensLeft: async () => true,
        dropped: () => 0,
        close: async () => {},
      },
      lastUses: { record: () => {}, find: async () => null, flush: async () => {}, close: async () => {} },
    }
    const principal = { kind: 'TOKEN', tokenId: 'id', tokenName: 'name', role: 'VIEWER', calls: null } as const
    const left = new AbortController().signal
    const given = {
      left,
      principal,
      channel: 'graphql',
      rules: GATEWAY_RULES,
      requestId: 'request',
      deps,
      log: createLogger('silent'),
      origin,
    } as const
    return { context: createContext(given), origin }
  }

  test('the role and reads of the database leave it reproducible', async () => {
    const { context, origin } = await contextOf()
    expect(context.principal.role).toBe('VIEWER')
    expect(await context.deps.database.prisma.provider.count()).toBe(0)
    expect(context.deps.publicUrl).toBe('')
    expect(origin.isReproducible).toBe(true)
  })

  const uses: Record<string, (context: GatewayContext) => unknown> = {
    'who it is that asks': ({ principal }) => principal.tokenId,
    'the name of the token': ({ principal }) => principal.tokenName,
    'the time': ({ deps }) => deps.clock(),
    'the environment': ({ deps }) => deps.readSecretVariable('NAME'),
    'the policy of endpoints': ({ deps }) => deps.checkEndpoint('', GATEWAY_RULES, true),
    'the keyring': ({ deps }) => deps.keyring,
    'an upstream': ({ deps }) => deps.probe,
    'the calls that it may make': ({ principal }) => principal.calls,
    'how calls go': ({ deps }) => deps.callStatus,
    'the last use': ({ deps }) => deps.lastUses,
    'the feed of changes': ({ deps }) => deps.changes,
    'a write': ({ deps }) => deps.database.write(async () => {}),
    'the state of the connection': ({ deps }) => deps.database.ping(1_000),
  }
  test.each(Object.entries(uses))('%s does not', async (_title, use) => {
    const { context, origin } = await contextOf()
    await use(context)
    expect(origin.isReproducible).toBe(false)
  })
})

describe('an answer', () => {
  test('that no query was run for is not reproducible', () => {
    expect(new AnswerOrigin().isReproducible).toBe(false)
  })
})
