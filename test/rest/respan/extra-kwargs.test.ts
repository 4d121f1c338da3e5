import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openField } from '../../../src/api-keys/provider-secrets.ts'
import { readStoredProvider } from '../../../src/api-keys/read-stored-provider.ts'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { openDatabase } from '../../../src/database/client.ts'
import { uniqueName, writerAs, writerOf } from '../../support/providers.ts'
import { useGateway } from '../../support/use.ts'
import { PATH, respanClient, seenInGraphQL } from './client.ts'

const gateway = useGateway()
const client = respanClient(gateway)

const KWARGS = { base_url: 'https://a.example.com', temperature: 0.5, aws_secret_access_key: 'secret' }

async function made(): Promise<string> {
  const provider_id = uniqueName()
  await client.post(PATH, { provider_id, provider_name: 'Name', api_key: 'key-0123456789-0123456789', extra_kwargs: KWARGS })
  return provider_id
}

/** What is sealed of the extra settings, opened with the key of the gateway. */
async function sealedKwargs(name: string): Promise<unknown> {
  await gateway.stop()
  const database = await openDatabase(gateway.databaseUrl)
  try {
    const keyring = parseKeyring(gateway.shared.ENCRYPTION_KEYS ?? readFileSync(gateway.keyFile, 'utf8').trim())
    const found = await readStoredProvider(database.prisma, { name })
    const text = found && openField(keyring, found.stored.rows, found.stored.sealed, 'respan.extraKwargs')?.reveal()
    return text == null ? null : JSON.parse(text)
  } finally {
    await database.close()
    await gateway.restart()
  }
}

describe('the extra settings', () => {
  it('are sealed as they came, and stay over an upsert without them', async () => {
    const name = await made()
    await client.post(PATH, { provider_id: name, provider_name: 'Other' })
    expect(await sealedKwargs(name)).toEqual(KWARGS)
  })

  it('are replaced as a whole by a PATCH', async () => {
    const name = await made()
    await client.patch(`${PATH}${name}/`, { extra_kwargs: { base_url: KWARGS.base_url, max_tokens: 5 } })
    expect(await sealedKwargs(name)).toEqual({ base_url: KWARGS.base_url, max_tokens: 5 })
  })

  it('are cleared by a PUT without them', async () => {
    const name = await made()
    await client.put(`${PATH}${name}/`, { provider_name: 'Other' })
    expect(await sealedKwargs(name)).toBeNull()
  })

  it('stay whatever becomes of the endpoint: they are sent nowhere', async () => {
    const followed = await made()
    const { id } = await seenInGraphQL(gateway, followed)
    await writerOf(gateway).updated(id, { baseUrl: 'https://b.example.com' })
    expect(await sealedKwargs(followed)).toEqual(KWARGS)
    const kept = await made()
    const editor = await writerAs(gateway, 'EDITOR')
    const other = await seenInGraphQL(gateway, kept)
    await editor.updated(other.id, {
      baseUrl: 'https://b.example.com',
      apiKeys: [{ add: { credential: { value: 'other-key-0123456789' } } }],
    })
    expect(await sealedKwargs(kept)).toEqual(KWARGS)
  })
})
