import { expect, test } from 'vitest'
import { readProviderForCall } from '../../src/calls/provider-for-call.ts'
import { generateKeyText, parseKeyring } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'
import { bifrostClient } from '../support/bifrost-client.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const gateway = useGateway()
const database = useStarted(() => openDatabase(gateway.databaseUrl))

test('what was found out of a key, such as the credentials of a role, is forgotten with each of its parts', async () => {
  const client = bifrostClient(gateway)
  const { name } = await client.created({ provider: 'bedrock' })
  const pair = { access_key: 'AKIAIOSFODNN7EXAMPLE', secret_key: 'a-secret-access-key-0123456789', region: 'us-east-1' }
  const role = { role_arn: 'arn:aws:iam::123456789012:role/gateway', external_id: 'an-external-id' }
  const { id } = await client.createdKey(name, { value: '', bedrock_key_config: { ...pair, ...role } })
  const edition = async () => {
    const deps = { database, keyring: parseKeyring(generateKeyText()), readSecretVariable: () => 'NOT_SET' as const }
    return (await readProviderForCall(deps, name))?.keys[0]?.edition
  }
  const before = await edition()
  expect(before).toBeDefined()
  const other = { ...pair, secret_key: 'another-secret-access-key-0123456789' }
  await client.replacedKey(name, id, { bedrock_key_config: { ...other, ...role } })
  expect(await edition()).not.toBe(before)
})
