import { readFileSync } from 'node:fs'
import type { CallScope } from '../../src/auth/call-scope.ts'
import { insertToken } from '../../src/auth/create-access-token.ts'
import { generateToken } from '../../src/auth/token.ts'
import { parseKeyring } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'
import type { Role, TestGateway } from './gateway.ts'

const EVERYTHING: CallScope = { providers: null, models: null, requestsPerMinute: null, tokensPerDay: null }

/** Makes a token that may make model calls; everything, unless the scope says less. */
export async function callToken(gateway: TestGateway, scope: Partial<CallScope> = {}, role: Role = 'VIEWER'): Promise<string> {
  const keys = gateway.shared.ENCRYPTION_KEYS ?? readFileSync(gateway.keyFile, 'utf8').trim()
  const database = await openDatabase(gateway.databaseUrl)
  const value = generateToken()
  try {
    const token = { name: 'test caller', role, expiresAt: null, calls: { ...EVERYTHING, ...scope } }
    await database.write((transaction) => insertToken(transaction, parseKeyring(keys), value, token, 'API', new Date()))
    return value
  } finally {
    await database.close()
  }
}
