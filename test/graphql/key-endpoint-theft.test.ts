import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { writerAs } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

/** A key can have an endpoint of its own: the places to which an editor could have what is not theirs sent. */

const VARIABLE = 'KEY_ENDPOINT_TEST'
const FROM_VARIABLE = 'sk-from-a-variable-worth-stealing'
const HEADER = 'header-value-worth-stealing'
const THIEFS = 'sk-a-key-that-the-thief-has-anyway'
const REFUSED = { __typename: 'KeyRequiredForNewEndpointError' }
const KEY_REQUIRED = { __typename: 'KeyRequiredForNewEndpointError' }
const NOT_ALLOWED = { __typename: 'ValidationError', issues: [{ rule: 'NOT_ALLOWED' }] }
const ACCEPTED = { __typename: 'UpdateProviderPayload' }
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: VARIABLE } })
const home = useStarted(() => startRecorder(FROM_VARIABLE, THIEFS))
const thief = useStarted(() => startRecorder(FROM_VARIABLE, THIEFS))
const admin = writerAs(gateway, 'ADMIN')
const editor = writerAs(gateway, 'EDITOR')
beforeAll(() => {
  process.env[VARIABLE] = FROM_VARIABLE
})
afterAll(() => {
  delete process.env[VARIABLE]
})
beforeEach(() => {
  thief.requests.length = 0
})

/** What makes a key go to an endpoint of its own. */
const to = (url: string) => [{ name: 'endpoint', credential: { value: url } }]

/** Everything that the other place was sent, as text. */
const loot = () => JSON.stringify(thief.requests)

describe('a key in an environment variable', () => {
  const withVariable = (key: object = {}, baseUrl = home.origin) =>
    admin.created({ type: 'OPENAI_COMPAT', baseUrl, apiKeys: [{ credential: { environmentVariable: VARIABLE }, ...key }] })

  test('does not follow an editor who names it in another key that has an endpoint of its own', async () => {
    const { id, apiKeys } = await withVariable()
    const add = { credential: { environmentVariable: VARIABLE }, credentialParts: to(thief.origin) }
    const kept = { keep: { id: apiKeys.nodes[0]?.id } }
    for (const changes of [[{ add }], [kept, { add }]]) expect(await editor.update(id, { apiKeys: changes })).toMatchObject(KEY_REQUIRED)
    await editor.test(id)
    expect(loot()).not.toContain(FROM_VARIABLE)
  })

  test('does not follow an editor who names it again in the same key, beside another endpoint', async () => {
    for (const before of [{}, { credentialParts: to(home.origin) }]) {
      const { id, apiKeys } = await withVariable(before)
      const keep = { id: apiKeys.nodes[0]?.id, credential: { environmentVariable: VARIABLE }, credentialParts: to(thief.origin) }
      expect(await editor.update(id, { apiKeys: [{ keep }] })).toMatchObject(KEY_REQUIRED)
      await editor.test(id)
    }
    expect(loot()).not.toContain(FROM_VARIABLE)
  })

  test('does not follow an editor from its own endpoint to that of the provider', async () => {
    const { id } = await withVariable({ credentialParts: to(home.origin) }, thief.origin)
    expect(await editor.update(id, { apiKeys: [{ add: { credential: { environmentVariable: VARIABLE } } }] })).toMatchObject(KEY_REQUIRED)
    await editor.test(id)
    expect(loot()).not.toContain(FROM_VARIABLE)
  })

  test('cannot become another part of a key, such as its endpoint, by an editor', async () => {
    const { id } = await withVariable()
    const credentialParts = [{ name: 'endpoint', credential: { environmentVariable: VARIABLE } }]
    expect(await editor.update(id, { apiKeys: [{ add: { credential: { value: THIEFS }, credentialParts } }] })).toMatchObject(NOT_ALLOWED)
  })

  test('may be named again by an editor where it is sent already', async () => {
    const { id } = await withVariable({ credentialParts: to(home.origin) })
    const add = { credential: { environmentVariable: VARIABLE }, credentialParts: to(home.origin) }
    expect(await editor.update(id, { apiKeys: [{ add }] })).toMatchObject(ACCEPTED)
  })

  test('goes where an admin sends it', async () => {
    const { id } = await withVariable()
    expect(
      await admin.update(id, { apiKeys: [{ add: { credential: { environmentVariable: VARIABLE }, credentialParts: to(thief.origin) } }] }),
    ).toMatchObject(ACCEPTED)
    await admin.test(id)
    expect(thief.keys()).toEqual([FROM_VARIABLE, expect.not.stringContaining(FROM_VARIABLE)])
  })
})

describe('the sealed headers of a provider', () => {
  const withHeader = () =>
    admin.created({
      type: 'OPENAI_COMPAT',
      baseUrl: home.origin,
      network: { extraHeaders: [{ name: 'X-Relay-Token', value: HEADER }] },
      apiKeys: [{ credential: { value: THIEFS } }],
    })

  test("do not follow an editor's own key to its own endpoint", async () => {
    const { id, apiKeys } = await withHeader()
    const key = apiKeys.nodes[0]?.id
    const moved = { credential: { value: THIEFS }, credentialParts: to(thief.origin) }
    for (const changes of [
      [{ add: moved }],
      [{ keep: { id: key, ...moved } }],
      [{ keep: { id: key } }, { add: { ...moved, credential: { value: `${THIEFS}-2` } } }],
    ])
      expect(await editor.update(id, { apiKeys: changes })).toMatchObject(REFUSED)
    await editor.test(id)
    expect(loot()).not.toContain(HEADER)
  })

  test('follow when an editor gives them again, or when an admin says so', async () => {
    const { id } = await withHeader()
    const apiKeys = [{ add: { credential: { value: THIEFS }, credentialParts: to(thief.origin) } }]
    const network = { extraHeaders: [{ name: 'X-Relay-Token', value: 'a-value-of-the-editors-own' }] }
    expect(await editor.update(id, { apiKeys, network })).toMatchObject(ACCEPTED)
    expect(await admin.update((await withHeader()).id, { apiKeys })).toMatchObject(ACCEPTED)
  })
})

describe("a region of Google's that a key brings", () => {
  const region = (value: string) => [{ name: 'vertex.region', credential: { value } }]

  test('is part of the destination: an editor gives the key again to change, add or drop it, and an admin moves it', async () => {
    const { id, apiKeys } = await admin.created({
      ...{ type: 'GOOGLE', baseUrl: '' },
      apiKeys: [{ credential: { value: 'AIza-a-key-worth-stealing-0000000000000' }, credentialParts: region('us-central1') }],
    })
    const keep = (credentialParts: object[]) => ({ apiKeys: [{ keep: { id: apiKeys.nodes[0]?.id, credentialParts } }] })
    for (const parts of [region('europe-west1'), region('evil.example'), region('127.0.0.1:1/'), []])
      expect(await editor.update(id, keep(parts))).toMatchObject(KEY_REQUIRED)
    expect(await editor.update(id, keep([{ name: 'vertex.region' }]))).toMatchObject(ACCEPTED)
    expect(await admin.update(id, keep(region('europe-west1')))).toMatchObject(ACCEPTED)
    const again = { ...keep(region('us-east1')).apiKeys[0]?.keep, credential: { value: 'AIza-of-the-editor-0000000000000000000' } }
    expect(await editor.update(id, { apiKeys: [{ keep: again }] })).toMatchObject(ACCEPTED)
  })
})
