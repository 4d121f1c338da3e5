/**
 * Every pair of changes that have to do with where secrets go, raced against connection tests that wait for their turn and
 * against calls: each request that reaches a server must be one that a state allows which the changes lead to in some order.
 * A sample by default; with `SOAK=long`, as in `npm run test:soak -- destinations`, 2,000 interleavings.
 */
import fc from 'fast-check'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { type Database, openDatabase } from '../../src/database/client.ts'
import { isLong, sized, tell } from '../soak/figures.ts'
import { callToken } from '../support/call-token.ts'
import { draftPathOf, type Family, pathOf, secretOf, VARIABLES, type Victim, type World } from '../support/change-parts.ts'
import { runCommand } from '../support/command-line.ts'
import { KINDS, THEFTS } from '../support/destination-changes.ts'
import { FAMILIES, firstOf } from '../support/destination-families.ts'
import { type Seen, type State, sendable, statesOf } from '../support/destination-states.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { graphql, type Sent } from '../support/interleavings.ts'
import { testDatabaseKind } from '../support/test-database.ts'
import { createAuthority } from '../support/upstream/certificates.ts'
import { type HoldingUpstream, startHoldingUpstream } from '../support/upstream/holding-upstream.ts'
import { startHttpProxy, type TestProxy } from '../support/upstream/proxies.ts'
import { type RecordedRequest, type Recorder, startRecorder } from '../support/upstream/recorder.ts'

const RUNS = sized(2_000, 16)
const AT_ONCE = 8
const ENCRYPTION_KEYS = [generateKeyText(), generateKeyText()]
const NAMES = [...KINDS.keys()]
/** Of each provider that there will be: one for every race. */
const ENDPOINT_VARIABLES = Array.from({ length: RUNS + NAMES.length }, (_, index) => VARIABLES.endpointOf(index + 1))

let gateway: TestGateway
let terminal: Database
let holding: HoldingUpstream
let proxy: TestProxy
let world: World
let fillers: readonly { readonly id: string; readonly token: string }[] = []
const recorders: { origin: 'old' | 'new'; isProxied: boolean; recorder: Recorder }[] = []
const tokens = { admin: '', editor: '', hand: '', caller: '' }
let numbers = 0
let rotations = 0
let changedByHand = 0
let requestsSeen = 0
const done = new Map<string, number>()

beforeAll(async () => {
  holding = await startHoldingUpstream()
  for (const isProxied of [false, true])
    for (const origin of ['old', 'new'] as const) recorders.push({ origin, isProxied, recorder: await startRecorder(answer) })
  const [old, next, oldBehind, newBehind] = recorders.map(({ recorder }) => recorder.port)
  const behind = new Map([
    [old, oldBehind],
    [next, newBehind],
  ])
  proxy = await startHttpProxy({ credentials: null, route: (authority) => behind.get(Number(authority.split(':')[1])) ?? null })
  Object.assign(process.env, { [VARIABLES.key.name]: VARIABLES.key.value, [VARIABLES.region.name]: VARIABLES.region.value })
  const environment = {
    ...{ OUTBOUND_ALLOW: 'loopback', LOGIN_FAILURES_PER_MINUTE: '0', ENCRYPTION_KEYS: ENCRYPTION_KEYS.join() },
    SECRET_ENV_ALLOW: [VARIABLES.key.name, VARIABLES.region.name, ...ENDPOINT_VARIABLES].join(),
  }
  gateway = await startTestGateway({ environment })
  terminal = await openDatabase(gateway.databaseUrl)
  Object.assign(tokens, { admin: gateway.adminToken, editor: await gateway.token('EDITOR'), caller: await callToken(gateway) })
  fillers = await Promise.all([1, 2, 3, 4].map(makeFiller))
  world = {
    origins: { old: `http://127.0.0.1:${old}`, new: `http://127.0.0.1:${next}`, proxy: `http://127.0.0.1:${proxy.port}` },
    send: async (who, sent) => isAccepted(await send(sent, tokens[who])),
    caCertificate: (await createAuthority()).caCertificate,
    apply: async (file) => {
      const settings = { ...gateway.shared, ...environment }
      const { exitCode } = await runCommand(['apply', '-f', '-'], { input: file, environment: settings })
      return exitCode === 0
    },
    byHand: async (statement) => {
      changedByHand += 1
      await terminal.prisma.$executeRawUnsafe(statement)
    },
    rotate: async () => {
      rotations += 1
      const keys = rotations % 2 === 0 ? ENCRYPTION_KEYS : ENCRYPTION_KEYS.toReversed()
      const settings = { ...gateway.shared, ...environment, ENCRYPTION_KEYS: keys.join() }
      const { exitCode, errors } = await runCommand(['keys', 'rotate'], { environment: settings })
      // What was changed in the database, a key and a header of each provider, can be opened no more; and the gateway seals on with its own key.
      const isBehind = exitCode === 0 || errors.startsWith('A gateway keeps sealing with another key.')
      const unreadable = Number(/^(\d+) secrets? cannot be opened/m.exec(errors)?.[1] ?? (isBehind ? 0 : Number.NaN))
      expect({ errors, isExpected: unreadable <= 2 * changedByHand }).toEqual({ errors, isExpected: true })
    },
  }
}, 60_000)
afterAll(async () => {
  await terminal?.close()
  await gateway?.close()
  await proxy?.close()
  await holding?.close()
  for (const { recorder } of recorders) await recorder.close()
})

const LIST = { object: 'list', data: [{ id: 'model-one', object: 'model' }] }
/** A test tries a key that nobody has as well, to see whether the vendor looks at keys at all. */
const MADE_UP = /^sk-[0-9a-f]{48}$/

function answer(request: RecordedRequest) {
  return MADE_UP.test(headersOf(request).key) ? { status: 401, body: { error: { message: 'No.' } } } : { status: 200, body: LIST }
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** A connection for each request: one that is kept may be closed by the gateway just when it is used again. */
const dispatcher = new Agent({ pipelining: 0 })

async function send({ method, path, body }: Sent, token: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await request(`${gateway.url}${path}`, { method, headers, dispatcher, ...sent })
  return { status: response.statusCode, text: await response.body.text() }
}

/** Problems of GraphQL come as types that end with "Error". */
const isAccepted = ({ status, text }: Answer) => status < 400 && !/"__typename":"\w*Error"|"errors":/.test(text)

/** Four keys of one provider are tested at once, and twelve of one token: four of these take all sixteen places. */
async function makeFiller(number: number): Promise<{ id: string; token: string }> {
  const apiKeys = [1, 2, 3, 4].map((key) => ({ credential: { value: `sk-filler-${number}-${key}-0123456789` } }))
  const id = (await makeProvider({ name: `filler-${number}`, type: 'OPENAI', baseUrl: `${holding.origin}/v1`, apiKeys })).id
  return { id, token: number === 4 ? tokens.editor : tokens.admin }
}

interface MadeProvider {
  readonly id: string
  readonly uuid: string
  readonly apiKeys: { readonly nodes: readonly { readonly id: string; readonly uuid: string }[] }
}

async function makeProvider(input: object): Promise<MadeProvider> {
  const document = `mutation ($input: CreateProviderInput!) { createProvider(input: $input) { ... on CreateProviderPayload {
    provider { id uuid apiKeys(first: 4) { nodes { id uuid } } } } ... on UserError { message } } }`
  const { text } = await send(graphql(document, { input }), tokens.admin)
  const made: { data?: { createProvider: { provider?: MadeProvider } } } = JSON.parse(text)
  if (made.data?.createProvider.provider === undefined) throw new Error(text)
  return made.data.createProvider.provider
}

async function makeVictim(family: Family): Promise<Victim> {
  numbers += 1
  const number = numbers
  const name = `victim-${number}`
  process.env[VARIABLES.endpointOf(number)] = world.origins.new + pathOf(number, 'own')
  // Every second one of OpenAI has a sealed header and a plain one that belongs to the destination.
  const hasNetwork = family === 'OpenAI' && number % 2 === 0
  const [relay, team] = hasNetwork ? [secretOf('relay', { number }, 'first'), 'team-first'] : ['', '']
  const extraHeaders = [
    { name: 'X-Relay-Token', value: relay },
    { name: 'X-Team', value: team },
  ]
  const { input, state } = firstOf(family, { number, relay, team })
  const { id, uuid, apiKeys } = await makeProvider({
    ...{ name, baseUrl: world.origins.old + pathOf(number), ...input },
    ...(hasNetwork ? { network: { extraHeaders } } : {}),
  })
  const [node] = apiKeys.nodes
  const stored = node && (await terminal.prisma.apiKeySecret.findUnique({ where: { apiKeyId: node.uuid } }))
  const first = { number, name, id, uuid, keyId: node?.id ?? '', keyUuid: node?.uuid ?? '', sealed: stored?.sealed ?? '' }
  return { ...first, family, first: state, relay, team }
}

const TEST = `mutation ($input: TestConnectionInput!) { result: testConnection(input: $input) {
  __typename ... on TestConnectionPayload { tests { status message } } } }`
const testing = (provider: object) => send(graphql(TEST, { input: { saved: { provider } } }), tokens.admin)

async function call({ name, family }: Victim): Promise<Answer> {
  const body = { model: 'model-one', messages: [{ role: 'user', content: 'Hello' }] }
  return send({ method: 'POST', path: `/ai/${name}${FAMILIES[family].callRoute}`, body }, tokens.caller)
}

/** When the waiting tests get their turn: before the changes, at the same time, or when these are done. */
type Timing = 'before' | 'beside' | 'after'
type Race = readonly string[]

/** The tests are no value of the promise itself: it would settle when they end, and nothing would have waited for a turn. */
async function fillAllPlaces(): Promise<{ readonly tests: Promise<unknown> }> {
  const before = holding.count()
  holding.hold()
  const tests = fillers.map(({ id, token }) => send(graphql(TEST, { input: { saved: { provider: { id } } } }), token))
  await holding.request(before + 15)
  return { tests: Promise.all(tests) }
}

async function runRaces(races: readonly Race[], timing: Timing): Promise<void> {
  const victims = await Promise.all(races.map(([name = '']) => makeVictim(KINDS.get(name)?.family ?? 'OpenAI')))
  const filled = await fillAllPlaces()
  const tested = victims.map((victim) => [testing({ id: victim.id }), testing({ name: victim.name })])
  const called = victims.map(call)
  // One answer later the tests that were asked for wait.
  const later = send(graphql('{ __typename }'), tokens.admin).then(() => 'all wait')
  expect(await Promise.race([...tested.flat(), later])).toBe('all wait')
  if (timing === 'before') holding.release()
  const changes = races.map((race, index) => runChanges(race, victims[index]))
  const calls = victims.map(call)
  if (timing === 'beside') holding.release()
  const results = await Promise.all(changes)
  if (timing === 'after') holding.release()
  const answers = await Promise.all(tested.map((each) => Promise.all(each)))
  const ofCalls = await Promise.all(called)
  await Promise.all([...calls, filled.tests])
  for (const [index, victim] of victims.entries())
    await judge(
      victim,
      races[index] ?? [],
      results[index] ?? [],
      [...(answers[index] ?? []), ofCalls[index]].map((one) => one?.text ?? ''),
    )
}

async function runChanges(race: Race, victim: Victim | undefined): Promise<string[]> {
  if (victim === undefined) return []
  const accepted = await Promise.all(race.map((name, index) => KINDS.get(name)?.run(world, victim, tagOf(index)) ?? false))
  return race.map((name, index) => (accepted[index] ? name : ''))
}

const tagOf = (index: number) => `change${index}`

async function judge(victim: Victim, race: Race, accepted: readonly string[], texts: readonly string[]): Promise<void> {
  const steps = accepted.flatMap((name, index) => {
    const kind = KINDS.get(name)
    if (kind === undefined) return []
    done.set(name, (done.get(name) ?? 0) + 1)
    return [(state: State) => kind.passes(state, victim, tagOf(index))]
  })
  expect(draftedKeys(victim).filter((key) => !MADE_UP.test(key) && !key.startsWith(`sk-draft-${victim.number}-`))).toEqual([])
  const { all, ends } = statesOf(victim.first, steps)
  const story = { race, accepted, number: victim.number }
  expect({ ...story, seen: stray(seenOf(victim), all) }).toEqual({ ...story, seen: [] })
  const last = await testing({ name: victim.name })
  const seen = seenOf(victim)
  await call(victim)
  expect({ ...story, seen: stray([...seen, ...seenOf(victim)], ends) }).toEqual({ ...story, seen: [] })
  // Who writes to the database has a reason to be told to store it again; nobody else.
  if (race.some((name) => KINDS.get(name)?.who === 'hand')) return
  const told = [...texts, last.text].filter((text) => /store (?:it|the secret) again/i.test(text))
  expect({ ...story, told }).toEqual({ ...story, told: [] })
  if (ends.every((state) => sendable(state).length > 0)) expect({ ...story, seen: seen.length > 0 }).toEqual({ ...story, seen: true })
}

/** Those requests that no state allows. */
function stray(seen: readonly Seen[], states: readonly State[]): Seen[] {
  const allowed = new Set(states.flatMap(sendable).flatMap((one) => [textOf(one), textOf({ ...one, key: 'made up' })]))
  requestsSeen += seen.length
  return seen.filter((one) => !allowed.has(textOf(one)))
}

const textOf = ({ origin, isProxied, path, keyHeader, key, region, relay, team }: Seen) =>
  JSON.stringify([origin, isProxied, path, keyHeader, key.replace(MADE_UP, 'made up'), region, relay, team])

/** What the servers were sent for this provider since they were last asked. */
function seenOf({ number }: Victim): Seen[] {
  return recorders.flatMap(({ origin, isProxied, recorder }) => {
    const own = recorder.requests.filter(({ path }) => path.startsWith(`/t${number}/`))
    const others = recorder.requests.filter(({ path }) => !path.startsWith(`/t${number}/`))
    recorder.requests.splice(0, recorder.requests.length, ...others)
    return own.map((request) => ({ origin, isProxied, path: request.path, ...headersOf(request) }))
  })
}

/** The keys that tests of drafts have sent. */
function draftedKeys({ number }: Victim): string[] {
  const requests = recorders.flatMap(({ recorder }) => recorder.requests.filter(({ path }) => path.startsWith(`${draftPathOf(number)}/`)))
  return requests.map((request) => headersOf(request).key)
}

const SIGNATURE = /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d+\/([\w-]+)\//

/** Of a signature the key is the public half. */
function headersOf({ headers }: RecordedRequest) {
  const { authorization = '', 'x-own-key': own = '', 'api-key': azure = '' } = headers
  const keyHeader = [authorization && 'authorization', own && 'x-own-key', azure && 'api-key'].filter((name) => name !== '').join()
  const [, accessKey = '', region = ''] = SIGNATURE.exec(authorization) ?? []
  const key = accessKey || authorization.replace('Bearer ', '') + own + azure
  return { keyHeader, key, region, relay: headers['x-relay-token'] ?? '', team: headers['x-team'] ?? '' }
}

/** Every pair of one family once before any comes twice, those of all families side by side; the sample leaves out a kind with itself. */
function pairs(count: number): Race[] {
  const all = Object.keys(FAMILIES)
    .flatMap((family) => pairsOf(NAMES.filter((name) => KINDS.get(name)?.family === family)))
    .sort((one, other) => one.at - other.at)
  return Array.from({ length: count }, (_, index) => all[index % all.length]?.race ?? [])
}

/** `at`: from 0 to 1, where a pair is among those of its family. */
function pairsOf(names: readonly string[]): { readonly race: Race; readonly at: number }[] {
  const races = names.flatMap((one, index) => names.slice(0, index + 1).map((other) => [one, other] as const))
  const apart = ([one, other]: Race) => names.indexOf(one ?? '') - names.indexOf(other ?? '') || names.length
  return races.sort((one, other) => apart(one) - apart(other)).map((race, index) => ({ race, at: index / races.length }))
}

/** Races all, a few providers at once, with another timing each. */
async function raceAll(races: readonly Race[]): Promise<void> {
  const left = [...races]
  const timings = fc.constantFrom<Timing>('before', 'beside', 'after')
  const property = fc.asyncProperty(timings, (timing) => runRaces(left.splice(0, AT_ONCE), timing))
  await fc.assert(property, { numRuns: Math.ceil(races.length / AT_ONCE), endOnFailure: true })
}

describe('a secret goes where it was stored for, or where an admin moved it, and nowhere else', () => {
  test('while tests wait and calls run, with each change alone; and an editor never takes it elsewhere', async () => {
    await raceAll(NAMES.map((name) => [name]))
    expect(NAMES.filter((name) => !done.has(name))).toEqual(THEFTS)
  }, 600_000)

  test(
    `while ${RUNS} pairs of changes race each other`,
    async () => {
      await raceAll(pairs(RUNS))
      const changes = [...done.values()].reduce((sum, count) => sum + count, 0)
      tell(`secrets and destinations on ${testDatabaseKind}`, { interleavings: RUNS, changes, requests: requestsSeen, strays: 0 })
    },
    isLong ? 7_200_000 : 600_000,
  )
})
