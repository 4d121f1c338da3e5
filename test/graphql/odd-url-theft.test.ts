import { beforeAll, expect, test } from 'vitest'
import { isLong } from '../soak/figures.ts'
import { callToken } from '../support/call-token.ts'
import { uniqueName, writerAs, writerOf } from '../support/providers.ts'
import { oddPaths } from '../support/upstream/odd-base-urls.ts'
import { startRecorder } from '../support/upstream/recorder.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-worth-stealing-0123456789'
let token: string
let caller: string
const answer = () => ({ status: 200, body: { object: 'list', data: [{ id: 'model-one' }] } })
const home = useStarted(() => startRecorder(answer))
const thief = useStarted(() => startRecorder(answer))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const editor = writerAs(gateway, 'EDITOR')
beforeAll(async () => {
  token = await gateway.token('EDITOR')
  caller = await callToken(gateway)
})

const sentHome = () => new Set(home.requests.map(({ path }) => path))

test('no spelling of a base URL takes a stored key off the path that it was stored for, in tests and calls', async () => {
  const name = uniqueName()
  const { id } = await writerOf(gateway).created({
    name,
    type: 'OPENAI',
    baseUrl: `${home.origin}/tenant-a/v1`,
    apiKeys: [{ credential: { value: KEY } }],
  })
  const hosts = [home.origin.replace('127.0.0.1', '127.0.0.1.'), home.origin.replace('127.0.0.1', '127.1'), thief.origin]
  const all = oddPaths(`127.0.0.1:${thief.port}`).flatMap((path) => [`${home.origin}${path}`, `${home.origin}/tenant-a/v1${path}`])
  const own = all.filter((_, index) => isLong || index % 5 === 0)
  for (const baseUrl of [...own, ...hosts.map((origin) => `${origin}/tenant-a/v1`)]) {
    const results = [(await editor.update(id, { baseUrl })).__typename === 'UpdateProviderPayload', (await patched(name, baseUrl)) === 200]
    if (!results.includes(true)) continue
    await editor.test(id)
    await gateway.fetch(`/ai/${name}/v1/chat/completions`, {
      ...{ method: 'POST', body: '{"model":"model-one","messages":[]}' },
      headers: { authorization: `Bearer ${caller}`, 'content-type': 'application/json' },
    })
    const astray = [...sentHome()].filter((path) => !path.startsWith('/tenant-a/v1/'))
    expect({ baseUrl, astray, thief: thief.requests.length }).toEqual({ baseUrl, astray: [], thief: 0 })
  }
  // Of other spellings of the same place some are accepted, and not dialled.
  await editor.updated(id, { baseUrl: `${home.origin}/tenant-a/v1` })
  expect((await editor.test(id)).tests).toMatchObject([{ status: 'OK' }])
  expect(thief.requests).toEqual([])
}, 120_000)

async function patched(name: string, baseUrl: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ base_url: baseUrl })
  return (await gateway.fetch(`/api/v2/ai/providers/${name}`, { method: 'PATCH', headers, body })).status
}
