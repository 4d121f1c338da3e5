/** What a careful programmer writes by hand: node:http, prepared SQLite statements, JSON.stringify. The same answers, the same durability. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import Database from 'better-sqlite3'
import { seal } from '../../src/crypto/envelope.ts'
import { parseKeyring } from '../../src/crypto/keyring.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { destinationDigest } from '../../src/destination/destination.ts'
import { isAuthenticated } from './authentication.ts'
import { listen } from './listen.ts'

const database = new Database(process.env.BENCH_DATABASE ?? '')
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.pragma('foreign_keys = ON')
const keyring = parseKeyring(process.env.BENCH_KEYS ?? '')

const KEY_JSON = `(SELECT json_group_array(json_object('id', k.id, 'masked', k.masked, 'created_at', k.created_at))
  FROM (SELECT * FROM api_keys WHERE provider_id = p.id ORDER BY number LIMIT 100) k) AS keys`
const COLUMNS = `p.id, p.type, p.name, p.display_name, p.icon, p.enabled, p.base_url, p.created_at, p.updated_at, ${KEY_JSON}`
const list = database.prepare(`SELECT ${COLUMNS} FROM providers p WHERE deleted_at IS NULL ORDER BY name`)
const page = database.prepare(`SELECT ${COLUMNS} FROM providers p WHERE deleted_at IS NULL ORDER BY name, number LIMIT 20`)
const one = database.prepare(`SELECT ${COLUMNS} FROM providers p WHERE deleted_at IS NULL AND name = ?`)
const insertProvider = database.prepare(
  `INSERT INTO providers (id, name, display_name, sort_name, search_text, type, base_url, created_at, updated_at) VALUES (?, ?, '', ?, ?, ?, ?, ?, ?)`,
)
const insertKey = database.prepare('INSERT INTO api_keys (id, provider_id, masked, created_at) VALUES (?, ?, ?, ?)')
const insertSecret = database.prepare('INSERT INTO api_key_secrets (api_key_id, sealed, kid, fingerprint) VALUES (?, ?, ?, ?)')
const raise = database.prepare('UPDATE revisions SET value = value + 1 WHERE id = 1 RETURNING value')
const insertEvent = database.prepare(
  `INSERT INTO audit_events (id, action, actor_kind, actor_id, actor, channel, subject_type, subject_id, request_id, created_at, revision) VALUES (?, 'provider.created', 'COMMAND_LINE', 'bench', 'bench', 'raw', 'provider', ?, ?, ?, ?)`,
)

interface Row {
  readonly keys: string
  readonly enabled: number
}
const show = (row: unknown) => {
  const { keys, ...provider } = row as Row
  return { ...provider, enabled: provider.enabled === 1, api_keys: JSON.parse(keys) }
}

const create = database.transaction(
  (input: { name: string; type: string; baseUrl: string; apiKeys: { credential: { value: string } }[] }) => {
    const [providerId, now] = [randomUUID(), new Date().toISOString()]
    insertProvider.run(providerId, input.name, input.name, `${input.name} ${input.baseUrl}`, input.type, input.baseUrl, now, now)
    for (const {
      credential: { value },
    } of input.apiKeys) {
      const id = randomUUID()
      const destination = destinationDigest(`${input.type} ${input.baseUrl}`)
      const { sealed, kid } = seal(keyring, new Secret(value), {
        table: 'api_key_secrets',
        column: 'sealed',
        rowId: id,
        providerId,
        destination,
      })
      insertKey.run(id, providerId, `${value.slice(0, 4)}...${value.slice(-4)}`, now)
      insertSecret.run(id, sealed, kid, randomUUID())
    }
    const { value } = raise.get() as { value: number }
    insertEvent.run(randomUUID(), providerId, randomUUID(), now, value)
  },
)

const server = createServer(async (request, response) => {
  if (!isAuthenticated(request)) return void response.writeHead(401).end()
  const body = JSON.stringify(await answer(request))
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
})

async function answer(request: IncomingMessage): Promise<unknown> {
  const path = request.url ?? ''
  if (path === '/api/v2/ai/providers') return list.all().map(show)
  if (path.startsWith('/api/v2/ai/providers/')) return show(one.get(path.slice('/api/v2/ai/providers/'.length)))
  const { variables, query } = JSON.parse(await text(request))
  if (variables.input !== undefined) {
    create.immediate(variables.input)
    return { data: {} }
  }
  if (variables.name !== undefined) return { data: { provider: show(one.get(variables.name)) } }
  return { data: query === '{ __typename }' ? { __typename: 'Query' } : { providers: { nodes: page.all().map(show) } } }
}

listen(server)
