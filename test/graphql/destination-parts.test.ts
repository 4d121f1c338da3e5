/** Every part of a destination × who changes it × the way: the secrets stay where they were stored for, or go where an admin says. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PARTS } from '../support/destination-fields.ts'
import { ACCESS_KEY, CHANGES, KEY, type Part, type Places, type Subject, updating } from '../support/destination-parts.ts'
import type { Sent } from '../support/interleavings.ts'
import { writerAs, writerOf } from '../support/providers.ts'
import { withStore } from '../support/store.ts'
import { createAuthority } from '../support/upstream/certificates.ts'
import { startHttpProxy } from '../support/upstream/proxies.ts'
import { type RecordedRequest, startRecorder } from '../support/upstream/recorder.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const FROM_VARIABLE = 'sk-part-in-a-variable-0123456789'
const SECRETS = [KEY, ACCESS_KEY, FROM_VARIABLE]
const VARIABLES = { home: 'PARTS_HOME', elsewhere: 'PARTS_ELSEWHERE', key: 'PARTS_KEY', region: 'PARTS_REGION' }
let places: Places
let tokens: { readonly admin: string; readonly editor: string }
const home = useStarted(() => startRecorder(answer))
const elsewhere = useStarted(() => startRecorder(answer))
const proxy = useStarted(() => startHttpProxy({ credentials: null, route: (authority) => Number(authority.split(':')[1]) }))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: Object.values(VARIABLES).join() } })
const admin = writerOf(gateway)
const editor = writerAs(gateway, 'EDITOR')
beforeAll(async () => {
  const { caCertificate } = await createAuthority()
  const proxyUrl = `http://127.0.0.1:${proxy.port}`
  places = { home: home.origin, elsewhere: elsewhere.origin, proxy: proxyUrl, caCertificate, variables: VARIABLES }
  process.env[VARIABLES.home] = home.origin
  process.env[VARIABLES.elsewhere] = elsewhere.origin
  process.env[VARIABLES.key] = FROM_VARIABLE
  process.env[VARIABLES.region] = 'eu-west-1'
  tokens = { admin: gateway.adminToken, editor: await gateway.token('EDITOR') }
})
afterAll(() => {
  for (const name of Object.values(VARIABLES)) delete process.env[name]
})
beforeEach(forget)

/** A test tries a random key too, which is refused. */
function answer(request: RecordedRequest) {
  const isKnown = hasSecret(request)
  return isKnown ? { status: 200, body: { object: 'list', data: [{ id: 'one', object: 'model' }] } } : { status: 401, body: { error: {} } }
}

const hasSecret = (request: RecordedRequest) => SECRETS.some((secret) => JSON.stringify(request).includes(secret))
const arrived = () => ({ home: home.requests.some(hasSecret), elsewhere: elsewhere.requests.some(hasSecret) })

function forget(): void {
  home.requests.length = 0
  elsewhere.requests.length = 0
  proxy.connections.length = 0
}

async function subjectOf({ create }: Part): Promise<Subject> {
  const { name, id, uuid, apiKeys } = await admin.created(create(places))
  const [key] = apiKeys.nodes
  return { name, id, uuid, keyId: key?.id ?? '', keyUuid: key?.uuid ?? '' }
}

/** Problems of GraphQL come as types that end with "Error". */
async function send({ method, path, body }: Sent, token: string): Promise<{ isAccepted: boolean; text: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await gateway.fetch(path, { method, headers, body: JSON.stringify(body) })
  const text = await response.text()
  return { isAccepted: response.status < 400 && !/"__typename":"\w*Error"|"errors":/.test(text), text }
}

/** The secrets of the provider go where they went when it was made. */
async function expectAtHome({ id }: Subject): Promise<void> {
  forget()
  const { tests } = await admin.test(id)
  expect(tests?.map(({ message }) => message).join()).not.toMatch(/store .* again/i)
  expect(arrived()).toEqual({ home: true, elsewhere: false })
  expect(proxy.connections).toEqual([])
}

test('every field that is part of a destination is tried', () => {
  expect(Object.keys(CHANGES).sort()).toEqual([...PARTS].sort())
})

const EVERY_WAY = Object.entries(CHANGES).flatMap(([name, part]) =>
  Object.entries(part.ways).map(([language, change]) => ({ name, part, language, change })),
)

describe.each(EVERY_WAY)('$name in $language', ({ name, part, language, change }) => {
  test('an editor is refused, and the secrets go where they went', async () => {
    const subject = await subjectOf(part)
    const { isAccepted, text } = await send(change(subject, places), tokens.editor)
    expect({ isAccepted, text }).toMatchObject({ isAccepted: false })
    if (language === 'GraphQL' && part.again !== null) expect(text).toContain('KEY_REQUIRED_FOR_NEW_ENDPOINT')
    await expectAtHome(subject)
  })

  test('an admin moves the secrets, which arrive at the new place', async () => {
    const subject = await subjectOf(part)
    const { isAccepted, text } = await send(change(subject, places), tokens.admin)
    expect({ isAccepted, text }).toMatchObject({ isAccepted: true })
    forget()
    const { tests } = await admin.test(subject.id)
    expect(tests?.length).toBeGreaterThan(0)
    expect(tests?.map(({ message }) => message).join()).not.toMatch(/store .* again/i)
    if (part.goes !== null) expect(arrived()).toEqual({ home: part.goes === 'home', elsewhere: part.goes === 'elsewhere' })
    expect(proxy.connections.length > 0).toBe(name === 'network.proxy')
  })
})

const WITH_SECRETS_AGAIN = Object.entries(CHANGES).flatMap(([name, { again, ...part }]) => (again === null ? [] : [{ name, part, again }]))

test.each(WITH_SECRETS_AGAIN)(
  'an editor who gives the secrets again may change $name, and the old ones go nowhere',
  async ({ part, again }) => {
    const subject = await subjectOf({ ...part, again })
    forget()
    expect(await send(updating(subject, again(subject, places)), tokens.editor)).toMatchObject({ isAccepted: true })
    await editor.test(subject.id)
    expect(JSON.stringify([...home.requests, ...elsewhere.requests])).not.toContain(KEY)
  },
)

test.each(Object.entries(CHANGES))('%s changed in the database: the secret does not open, and is sent nowhere', async (_name, part) => {
  const subject = await subjectOf(part)
  await expectAtHome(subject)
  forget()
  await withStore(gateway, async (store) => {
    await part.byHand(store, subject, places)
    await store.$executeRawUnsafe('UPDATE revisions SET value = value + 1')
  })
  const { tests } = await admin.test(subject.id)
  expect(arrived()).toEqual({ home: false, elsewhere: false })
  expect(proxy.connections).toEqual([])
  expect(tests?.map(({ status, message }) => `${status} ${message}`).join()).toMatch(/^NOT_TESTABLE .*store .*again/i)
})
