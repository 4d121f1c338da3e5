import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { expect, test } from 'vitest'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { sized, tell } from './figures.ts'

const ADMIN_TOKEN = 'admin-token-of-one-that-is-sent-documents'
const CREATE_TOKEN = 'mutation { createAccessToken(input: { name: "memory", role: VIEWER }) { ... on CreateAccessTokenPayload { value } } }'
const DOCUMENT_BYTES = 65_536
const GROWTH_BYTES = 50_000_000
const AT_ONCE = 8
const agent = new Agent({ connections: 64 })

/** The memory that the process has now. */
const residentBytes = (pid: number) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

async function post({ url }: GatewayProcess, token: string, query: string, variables = {}): Promise<{ status: number; text: string }> {
  const { statusCode, body } = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
    dispatcher: agent,
  })
  return { status: statusCode, text: await body.text() }
}

/** What differs between two documents of a kind is at their start, so that nothing can take them for the same. */
const KINDS: readonly ((index: number, bytes: number) => string)[] = [
  (index, bytes) => `{ viewer { role } } #${index} `.padEnd(bytes, 'x'),
  // As many tokens as fit: comments count for no limit of graphql-js, but stay with the document.
  (index, bytes) => `{ viewer { role } } #${index}\n`.padEnd(bytes, '#\n'),
  (index, bytes) => `{ a${index}: viewer { role } }`.padEnd(bytes, ' '),
  (index, bytes) => `{ providers(filter: { search: "${index}" }) { nodes { name } } } #`.padEnd(bytes, 'é').slice(0, bytes / 2),
  (index, bytes) => `{ viewer { role } #${index} `.padEnd(bytes, 'x'),
  // As many as there may be.
  (index, bytes) => `{ viewer { role } } #${index}\n${'#\n'.repeat(998)}#`.padEnd(bytes, 'x'),
  (index, bytes) => `{ nothing${index} } #`.padEnd(bytes, 'x'),
]

const GOOD: readonly number[] = [0, 2, 3, 5]

async function sendMany(count: number, send: (index: number) => Promise<unknown>, atOnce: number): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => index).values()
  const worker = async () => {
    for (const index of indexes) await send(index)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

async function withGateway(environment: Record<string, string>, work: (gateway: GatewayProcess, viewer: string) => Promise<void>) {
  const folder = temporaryFolder()
  const gateway = await startedProcess(folder.path, { ADMIN_TOKEN, ...environment })
  try {
    const { text } = await post(gateway, ADMIN_TOKEN, CREATE_TOKEN)
    await work(gateway, JSON.parse(text).data.createAccessToken.value)
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
    expect(gateway.child.exitCode).toBeNull()
  } finally {
    await gateway.stop()
    folder.remove()
  }
}

const DOCUMENTS = sized(2_000, 240)
test(`${DOCUMENTS} distinct documents of 64 kB by a viewer take no more than 50 MB`, async () => {
  await withGateway({}, async (gateway, viewer) => {
    const pid = gateway.child.pid ?? 0
    const seen: Record<number, number> = {}
    let peak = 0
    const send = async (index: number) => {
      const { status, text } = await post(gateway, viewer, KINDS[index % KINDS.length]?.(index, DOCUMENT_BYTES) ?? '')
      // The others are refused, and what is kept of them is kept elsewhere.
      if (GOOD.includes(index % KINDS.length)) expect(text).toContain('"data"')
      seen[status] = (seen[status] ?? 0) + 1
      peak = Math.max(peak, residentBytes(pid))
    }
    // So that a process that works is compared, and not one that was just started.
    await sendMany(200, (index) => post(gateway, viewer, `{ a${index}: viewer { role } }`), AT_ONCE)
    const before = residentBytes(pid)
    await sendMany(DOCUMENTS, send, AT_ONCE)
    const grown = peak - before
    const [beforeMegabytes, grownMegabytes] = [Math.round(before / 1e6), Math.round(grown / 1e6)]
    tell('distinct documents of 64 kB', { documents: DOCUMENTS, beforeMegabytes, grownMegabytes, statuses: seen })
    expect(Object.keys(seen)).toEqual(['200'])
    expect(grown).toBeLessThan(GROWTH_BYTES)
  })
})

const LARGE = sized(300, 60)
test(`${LARGE} documents of 950 kB, and as many variables, leave a heap of 256 MB alive`, async () => {
  await withGateway({ NODE_OPTIONS: '--max-old-space-size=256' }, async (gateway, viewer) => {
    const sendDocument = async (index: number) => (await post(gateway, viewer, KINDS[index % KINDS.length]?.(index, 950_000) ?? '')).status
    const documents = new Set<number>()
    await sendMany(LARGE, async (index) => documents.add(await sendDocument(index)), LARGE)
    const query = 'query ($pad: String) { provider(by: { name: $pad }) { id } }'
    const variables = new Set<number>()
    const sendVariables = async (index: number) => (await post(gateway, viewer, query, { pad: `${index}`.padEnd(950_000, 'x') })).status
    await sendMany(LARGE, async (index) => variables.add(await sendVariables(index)), LARGE)
    tell('documents and variables of 950 kB', { each: LARGE, megabytes: Math.round(residentBytes(gateway.child.pid ?? 0) / 1e6) })
    expect([...documents]).toEqual([413])
    expect([...variables].every((status) => status < 500)).toBe(true)
  })
})
