import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { registerKeys } from '../../../src/api-keys/encryption-keys.ts'
import { readCallScope } from '../../../src/auth/call-scope.ts'
import { insertToken } from '../../../src/auth/create-access-token.ts'
import { presentedToken } from '../../../src/auth/presented-token.ts'
import { renewTokenMacs } from '../../../src/auth/renew-token-macs.ts'
import { digestToken, tokenPrefix } from '../../../src/auth/token.ts'
import { makeTokenMac } from '../../../src/auth/token-mac.ts'
import { generateKeyText, parseKeyring } from '../../../src/crypto/keyring.ts'
import type { Database } from '../../../src/database/client.ts'
import { describeDatabases } from '../../support/databases.ts'

const now = new Date('2026-03-04T05:06:07.089Z')

test('the MAC of a row is the same in every release: with another one no stored token would work after an upgrade', () => {
  const row = {
    id: 'b6f3a6c2-7a51-4a30-9c58-0d1a2b3c4d5e',
    lookupId: 'AAAAAAAAAA',
    secretDigest: '0'.repeat(64),
    name: 'ci',
    role: 'CALLER',
    source: 'API',
    createdAt: now,
    expiresAt: null,
    revokedAt: new Date(0),
    calls: { version: 1, tokensPerDay: null, providers: ['b', 'a'], models: null, requestsPerMinute: 5 },
  } as const
  const keyring = parseKeyring(`base64:${Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7 + 3)).toString('base64')}`)
  expect(makeTokenMac(keyring, { ...row, calls: { ...row.calls, providers: [...row.calls.providers] } })).toEqual({
    mac: 'W8CAiXrgFtP_dYYlmwI5_Aj3H5wE_pTpwoen1d-VXQA',
    kid: 'kjbeCpZWzpyoswoB5e8uHQ',
  })
})

test('the digest of a token of any shape is the same in every release, and what is shown of it is no part of the digest', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const [own, free] = [`gw_AAAAAAAAAA_${'B'.repeat(43)}`, 'a-token-that-an-operator-has-chosen']
  expect(digestToken(own)).toEqual({ lookupId: 'AAAAAAAAAA', secretDigest: sha256('B'.repeat(43)) })
  const chosen = digestToken(free)
  expect(chosen).toEqual({ lookupId: `x${sha256(`lookup:${free}`).slice(0, 32)}`, secretDigest: sha256(free) })
  expect([tokenPrefix(digestToken(own)), tokenPrefix(chosen)]).toEqual(['gw_AAAAAAAAAA', chosen.lookupId.slice(0, 13)])
})

test('a scope with a limit that this release does not know lets no call through', () => {
  const scope = { providers: null, models: ['gpt-*'], requestsPerMinute: null, tokensPerDay: 5 }
  expect(readCallScope({ version: 1, ...scope })).toEqual(scope)
  for (const other of [{ version: 2 }, { dollarsPerDay: 1 }, { tokensPerDay: 0 }, { requestsPerMinute: -1 }, { models: 'gpt-*' }])
    expect(readCallScope({ version: 1, ...scope, ...other })).toBeNull()
})

test('an empty header carries no token, and a wrong one is not made good by another', () => {
  const headers = { authorization: 'Bearer right' }
  expect(presentedToken({ ...headers, 'coder-session-token': ' ' }, ['coder-session-token'])).toBe('right')
  expect(presentedToken({ ...headers, 'coder-session-token': ' wrong ' }, ['coder-session-token'])).toBe('wrong')
  for (const authorization of ['Bearer', 'Bearer ', 'Bearer two words', 'XBearer right', 'right'])
    expect([authorization, presentedToken({ authorization }, [])]).toEqual([authorization, null])
})

describeDatabases('a rotation of tokens', (databases) => {
  const [before, after] = [generateKeyText(), generateKeyText()]
  const [old, both] = [parseKeyring(before), parseKeyring(`${after},${before}`)]

  /** A row, and a database that changes it just before a rotation writes. */
  async function racing(data: Parameters<Database['prisma']['accessToken']['update']>[0]['data'], spoil: object = {}) {
    const database = await databases.open()
    await registerKeys(database, both, now)
    const token = { name: 'test', role: 'VIEWER', expiresAt: null } as const
    const id = await database.write((tx) => insertToken(tx, old, `token-${Math.random()}`, token, 'API', now))
    await database.prisma.accessToken.update({ where: { id }, data: spoil })
    const write: Database['write'] = async (work) => {
      await database.prisma.accessToken.update({ where: { id }, data })
      return database.write(work)
    }
    return { database: { ...database, write }, row: () => database.prisma.accessToken.findUnique({ where: { id } }) }
  }

  test('takes back no revocation that came in between', async () => {
    const { database, row } = await racing({ revokedAt: now, mac: null, kid: null })
    expect(await renewTokenMacs(database, both, true)).toMatchObject({ renewed: 0, dropped: 0, remaining: 0 })
    expect(await row()).toMatchObject({ revokedAt: now, mac: null, kid: null })
  })

  test('drops no row that was made genuine in between', async () => {
    const { database, row } = await racing({ mac: 'another' }, { mac: 'forged' })
    expect(await renewTokenMacs(database, both, true)).toMatchObject({ unverified: 1, dropped: 0 })
    expect(await row()).toMatchObject({ mac: 'another' })
  })
})
