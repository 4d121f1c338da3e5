import { afterAll, beforeAll, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { type CallVendor, chatAnswer, chunkOf, openStream, refusal, startCallVendor, type VendorAnswer } from '../support/call-vendor.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { writerOf } from '../support/providers.ts'
import { type RawAnswer, rawCall } from '../support/raw-call.ts'
import { isLong, sized, tell } from './figures.ts'

const NAMES = ['one', 'two', 'three'] as const
type Name = (typeof NAMES)[number]
/** As many as open a breaker, at least. */
const CALLERS = Math.max(6, sized(16, 6))
const CALLS_OF_EACH = sized(5, 2)
/** How often each trouble comes: in the long run at each vendor, alone and together with another one. */
const TURNS = sized(12, 1)
/** So many failures open a breaker, for so long. */
const FAILURES = 5
const PAUSE_MS = 30_000
const TIMEOUT_MS = 2_000
const HOUR_MS = 3_600_000

/** What befalls a vendor, and what the gateway makes of it. */
interface Trouble {
  readonly name: string
  readonly answer: VendorAnswer | 'away'
  /** For how long nobody calls the vendor then, in milliseconds: the first time, and after a probe that failed. */
  readonly rests: readonly [number, number]
  readonly state: 'BREAKER_OPEN' | 'NO_KEY'
  /** It comes behind the first byte, where no other vendor can help. */
  readonly breaksOff?: true
}

const paused = { rests: [PAUSE_MS, PAUSE_MS], state: 'BREAKER_OPEN' } as const
const TROUBLES: readonly Trouble[] = [
  ...[408, 500, 502, 503, 504, 524, 529].map((status) => ({ name: String(status), answer: refusal(status, {}), ...paused })),
  { name: 'no such model', answer: refusal(404, { error: { code: 'model_not_found' } }), ...paused },
  { name: 'a redirect', answer: refusal(302, {}, { location: 'https://example.com/' }), ...paused },
  { name: 'a cut connection', answer: (request) => void request.socket.destroy(), ...paused },
  { name: 'a timeout', answer: () => {}, ...paused },
  { name: 'nobody there', answer: 'away', ...paused },
  { name: '429', answer: refusal(429, {}, { 'retry-after': '20' }), rests: [20_000, 20_000], state: 'NO_KEY' },
  { name: 'refused keys', answer: refusal(401, {}), rests: [60_000, 120_000], state: 'NO_KEY' },
  { name: 'no credit', answer: refusal(402, {}), rests: [600_000, 1_200_000], state: 'NO_KEY' },
  { name: 'a stream that dies', answer: dyingStream, ...paused, breaksOff: true },
  { name: 'an answer that ends too early', answer: halfAnswer, ...paused, breaksOff: true },
]

function dyingStream(...[, response]: Parameters<VendorAnswer>): void {
  openStream(response)
  response.write(chunkOf('Hello'), () => response.destroy())
}

function halfAnswer(...[, response]: Parameters<VendorAnswer>): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"id":', () => response.destroy())
}

const vendors = new Map<Name, CallVendor>()
let gateway: TestGateway
let token: string
let now = Date.parse('2026-11-30T12:00:00Z')
const figures = { calls: 0, failed: 0, brokenOff: 0, mostCallsOfOneVendorForOneRequest: 0, pauses: 0, probes: 0 }

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback' }, clock: () => new Date(now) })
  for (const name of NAMES) {
    const vendor = await startCallVendor()
    vendors.set(name, vendor)
    // Retries of the provider's own do not count under a route.
    const network = { timeoutMs: TIMEOUT_MS, maxRetries: 3 }
    const apiKeys = [{ credential: { value: `sk-${name}-fixture-aaaa-bbbb` } }]
    await writerOf(gateway).created({ name, type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys, network })
  }
  await createRoute('any', () => 0)
  for (const first of NAMES) await createRoute(first, (name) => (name === first ? 0 : 1))
  token = await callToken(gateway)
})
afterAll(async () => {
  tell('routes while vendors fail in turn', { kinds: TROUBLES.length, ...figures })
  await gateway.close()
  for (const vendor of vendors.values()) await vendor.close()
})

/** All routes have the same targets, and so the same breakers; each route but `any` prefers one vendor. */
async function createRoute(name: string, priorityOf: (name: Name) => number): Promise<void> {
  const targets = NAMES.map((provider) => ({ provider: { name: provider }, model: 'gpt-5', priority: priorityOf(provider) }))
  const input = { name, retryAfterTimeout: true, targets }
  await gateway.ask('mutation ($input: CreateModelRouteInput!) { createModelRoute(input: $input) { __typename } }', { input })
}

function vendorOf(name: Name): CallVendor {
  const vendor = vendors.get(name)
  if (vendor === undefined) throw new Error(`There is no vendor ${name}.`)
  return vendor
}

async function stateOf(name: Name): Promise<string | undefined> {
  const { modelRoute } = await gateway.ask<{ modelRoute: { targets: { providerName: string; state: string }[] } }>(
    '{ modelRoute(by: { name: "any" }) { targets { providerName state } } }',
  )
  return modelRoute.targets.find(({ providerName }) => providerName === name)?.state
}

/** Makes one call, and checks what its caller sees of it. */
async function call(route: string): Promise<RawAnswer> {
  figures.calls += 1
  const answer = await rawCall(gateway.url, {
    ...{ path: '/v1/chat/completions', body: JSON.stringify({ model: route, user: `call-${figures.calls}` }) },
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  if (answer.status !== 200) figures.failed += 1
  if (!answer.complete) figures.brokenOff += 1
  return answer
}

async function load(route: string): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = []
  const caller = async () => {
    for (let count = 0; count < CALLS_OF_EACH; count += 1) answers.push(await call(route))
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return answers
}

const wave = (route: string, count = CALLERS) => Promise.all(Array.from({ length: count }, () => call(route)))

/** How often each vendor was called since this was asked last; none may have been called twice for one request. */
function takeCalls(): Readonly<Record<Name, number>> {
  const counts = { one: 0, two: 0, three: 0 }
  for (const name of NAMES) {
    const { requests } = vendorOf(name)
    const perRequest = new Map<string, number>()
    for (const { body } of requests) {
      const { user }: { user: string } = JSON.parse(body.toString())
      perRequest.set(user, (perRequest.get(user) ?? 0) + 1)
    }
    figures.mostCallsOfOneVendorForOneRequest = Math.max(figures.mostCallsOfOneVendorForOneRequest, ...perRequest.values())
    counts[name] = requests.length
    requests.length = 0
  }
  return counts
}

async function begin({ answer }: Trouble, failing: readonly Name[]): Promise<void> {
  for (const name of failing) {
    if (answer === 'away') await vendorOf(name).goAway()
    else vendorOf(name).answerWith(answer)
  }
}

async function end({ answer }: Trouble, failing: readonly Name[]): Promise<void> {
  for (const name of failing) {
    if (answer === 'away') await vendorOf(name).comeBack()
    vendorOf(name).answerWith(chatAnswer)
  }
}

/** Who was not answered well: only those whose answer had begun already, where that is the trouble. */
function unlucky(answers: readonly RawAnswer[], { breaksOff }: Trouble, failing: readonly Name[]): RawAnswer[] {
  return answers.filter(({ status, complete, headers }) => {
    const by = headers['x-gateway-target']?.toString().split('/')[0]
    return status !== 200 || (!complete && !(breaksOff && failing.some((name) => name === by)))
  })
}

/** Who asked the vendor that it prefers in vain, and was answered by another one. */
const triedTwice = (answers: readonly RawAnswer[]) => answers.filter(({ headers }) => headers['x-gateway-attempts'] !== undefined).length

/** The first of `failing` is the one that callers prefer. */
async function failAndRecover(trouble: Trouble, failing: readonly [Name, ...Name[]]): Promise<void> {
  const [preferred] = failing
  const isAway = trouble.answer === 'away'
  await begin(trouble, failing)
  takeCalls()

  // It fails: those whose calls are under way then are all that reach it.
  const first = await load(preferred)
  expect(unlucky(first, trouble, failing)).toEqual([])
  const calls = isAway ? triedTwice(first) : takeCalls()[preferred]
  const needed = trouble.state === 'NO_KEY' ? 1 : FAILURES
  expect(calls).toBeGreaterThanOrEqual(needed)
  expect(calls).toBeLessThan(needed + CALLERS)
  expect(await stateOf(preferred)).toBe(trouble.state)
  figures.pauses += 1

  // It rests: nobody calls it until the very end.
  now += trouble.rests[0] - 1
  expect(unlucky(await load(preferred), trouble, failing)).toEqual([])
  expect(takeCalls()[preferred]).toBe(0)

  // One call finds out that it still fails, and it rests again.
  now += 1
  const second = await wave(preferred)
  expect(unlucky(second, trouble, failing)).toEqual([])
  expect(isAway ? triedTwice(second) : takeCalls()[preferred]).toBe(1)
  expect(await stateOf(preferred)).toBe(trouble.state)
  figures.probes += 1
  now += trouble.rests[1] - 1
  expect(unlucky(await wave(preferred), trouble, failing)).toEqual([])
  expect(takeCalls()[preferred]).toBe(0)

  // It works again: one call finds that out, while all others go elsewhere.
  await end(trouble, failing)
  now += 1
  await findOutThatItWorks(preferred)
  expect(await stateOf(preferred)).toBe('READY')
  expect(unlucky(await load('any'), trouble, [])).toEqual([])
  takeCalls()

  // The others as well, in their own time.
  now += HOUR_MS
  for (const name of NAMES) expect(unlucky(await wave(name), trouble, [])).toEqual([])
  for (const name of NAMES) expect(await stateOf(name)).toBe('READY')
}

async function findOutThatItWorks(preferred: Name): Promise<void> {
  const vendor = vendorOf(preferred)
  let release: () => void = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  vendor.answerWith(async (request, response) => {
    await released
    chatAnswer(request, response)
  })
  const probe = call(preferred)
  await vendor.until(() => vendor.requests.length === 1)
  const others = await wave(preferred, CALLERS - 1)
  expect(others.map(({ status }) => status)).toEqual(Array(CALLERS - 1).fill(200))
  expect(takeCalls()[preferred]).toBe(1)
  vendor.answerWith(chatAnswer)
  release()
  expect((await probe).headers['x-gateway-target']).toBe(`${preferred}/gpt-5`)
  figures.probes += 1
}

const IN_SAMPLE = new Set(['500', 'a cut connection', 'a timeout', 'nobody there', '429', 'refused keys', 'a stream that dies'])
const troubles = TROUBLES.filter(({ name }) => isLong || IN_SAMPLE.has(name))

test.each(troubles)('callers of a route see nothing of $name that another target could have answered', async (trouble) => {
  for (let turn = 0; turn < TURNS; turn += 1) {
    const at = turn + TROUBLES.indexOf(trouble)
    const [preferred, other] = [nameAt(at), nameAt(at + 1 + (at % 2))]
    // Of a call that found nobody there only its answer tells, so that one vendor alone is away.
    const isOfTwo = trouble.answer !== 'away' && at % 2 === 1
    await failAndRecover(trouble, isOfTwo ? [preferred, other] : [preferred])
  }
  expect([figures.failed, figures.mostCallsOfOneVendorForOneRequest]).toEqual([0, 1])
})

/** Vendors take turns. */
function nameAt(index: number): Name {
  return NAMES[index % NAMES.length] ?? 'one'
}
