import { describe, expect, test } from 'vitest'
import { chooseKey } from '../../../src/calls/choose-key.ts'
import { KeyStates } from '../../../src/calls/key-states.ts'
import type { KeyForCall } from '../../../src/calls/provider-for-call.ts'

const MINUTE = 60_000

function keyOf(id: string, more: Partial<KeyForCall> = {}): KeyForCall {
  const open = () => {
    throw new Error('unused')
  }
  return { id, apiKeyId: id, masked: null, edition: '1', enabled: true, weight: 1, models: null, exceptModels: null, open, ...more }
}

/** States with a clock that a test moves. */
function statesAt(start = 0) {
  let now = start
  const states = new KeyStates(() => now)
  return {
    states,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const A = keyOf('a')
const choose = (keys: readonly KeyForCall[], states: KeyStates, more: { model?: string; tried?: string[]; random?: () => number } = {}) => {
  const { model = null, tried = [], random = Math.random } = more
  const choice = chooseKey({ keys, model, states, tried: new Set(tried), random })
  return choice.kind === 'key' ? choice.key.id : choice.kind
}

describe('a key that was refused', () => {
  test('rests no longer when the clock is set back, and shows by the clock until when', () => {
    const { states, pass } = statesAt(100 * MINUTE)
    const use = states.begin(A, null)
    use.rests('REFUSED', 'no', null)
    use.end()
    pass(-50 * MINUTE)
    expect(states.readiness(A, null)).toEqual({ kind: 'resting', state: 'REFUSED', waitMs: MINUTE })
    expect(states.availabilityOf(A).until).toBe(51 * MINUTE)
    pass(MINUTE)
    expect(states.readiness(A, null)).toEqual({ kind: 'probe' })
  })

  test('rests for a minute, and twice as long each time it is refused again, up to an hour', () => {
    const { states, pass } = statesAt()
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const use = states.begin(A, null)
      use.rests('REFUSED', 'no', null)
      use.end()
      expect(states.readiness(A, null)).toEqual({ kind: 'resting', state: 'REFUSED', waitMs: minutes * MINUTE })
      pass(minutes * MINUTE - 1)
      expect(states.readiness(A, null).kind).toBe('resting')
      pass(1)
      expect(states.readiness(A, null).kind).toBe('probe')
    }
  })

  test('by callers who left together is refused once', () => {
    const { states } = statesAt()
    const uses = Array.from({ length: 8 }, () => states.begin(A, null))
    for (const use of uses) {
      use.rests('REFUSED', 'no', null)
      use.end()
    }
    expect(states.readiness(A, null)).toMatchObject({ waitMs: MINUTE })
  })

  test('is tried by one call at a time when its rest is over', () => {
    const { states, pass } = statesAt()
    states.begin(A, null).rests('REFUSED', 'no', null)
    pass(MINUTE)
    const probe = states.begin(A, null)
    expect(states.readiness(A, null)).toMatchObject({ kind: 'resting', waitMs: 1_000 })
    // The probe found nothing out, because its caller left: the next one may.
    probe.end()
    expect(states.readiness(A, null).kind).toBe('probe')
    states.begin(A, null).works()
    expect(states.readiness(A, null).kind).toBe('ready')
  })

  test('is tried by another call when the one that tries it finds nothing out for ten seconds', () => {
    const { states, pass } = statesAt()
    states.begin(A, null).rests('REFUSED', 'no', null)
    pass(MINUTE)
    const slow = states.begin(A, null)
    pass(9_999)
    expect(states.readiness(A, null).kind).toBe('resting')
    pass(1)
    expect(states.readiness(A, null).kind).toBe('probe')
    states.begin(A, null)
    expect(states.readiness(A, null).kind).toBe('resting')
    slow.works()
    expect(states.readiness(A, null).kind).toBe('ready')
  })

  test('is not brought back by a call that began before', () => {
    const { states } = statesAt()
    const early = states.begin(A, null)
    states.begin(A, null).rests('REFUSED', 'no', null)
    early.works()
    expect(states.readiness(A, null).kind).toBe('resting')
  })

  test('is new with another value', () => {
    const { states } = statesAt()
    states.begin(A, null).rests('REFUSED', 'no', null)
    expect(states.readiness(keyOf('a', { edition: '2' }), null).kind).toBe('ready')
  })
})

describe('a key whose rate is limited', () => {
  test('cools for the model that was asked for, and serves others', () => {
    const { states } = statesAt()
    states.begin(A, 'gpt-5').rests('COOLING', 'slow', 7_000)
    expect(states.readiness(A, 'gpt-5')).toEqual({ kind: 'resting', state: 'COOLING', waitMs: 7_000 })
    expect(states.readiness(A, 'gpt-4').kind).toBe('ready')
    expect(states.availabilityOf(A)).toMatchObject({ state: 'COOLING', until: 7_000, reason: 'slow' })
    states.begin(A, 'gpt-4').rests('COOLING', 'slower', 9_000)
    states.begin(A, 'gpt-3').rests('COOLING', 'fast', 1_000)
    expect(states.availabilityOf(A)).toMatchObject({ until: 9_000, reason: 'slower' })
  })

  test('rests on for its model when another one works', () => {
    const { states } = statesAt()
    states.begin(A, 'gpt-5').rests('COOLING', 'slow', 7_000)
    states.begin(A, 'gpt-4').works()
    states.begin(A, null).works()
    expect(states.readiness(A, 'gpt-5').kind).toBe('resting')
  })

  test('is forgotten behind the latest hundred thousand', () => {
    const { states } = statesAt()
    for (let index = 0; index <= 100_000; index += 1) states.begin(keyOf(`${index}`), null).rests('REFUSED', 'no', 1_000)
    expect(states.restingIds()).toHaveLength(100_000)
    expect(states.readiness(keyOf('0'), null).kind).toBe('ready')
  })

  test('of two deadlines the later one counts, and none is longer than an hour', () => {
    const { states } = statesAt()
    const [one, other, third] = [states.begin(A, 'm'), states.begin(A, 'm'), states.begin(A, 'm')]
    one.rests('COOLING', 'slow', 30_000)
    other.rests('COOLING', 'slow', 5_000)
    expect(states.readiness(A, 'm')).toMatchObject({ waitMs: 30_000 })
    third.rests('COOLING', 'slow', 100 * 60 * MINUTE)
    expect(states.readiness(A, 'm')).toMatchObject({ waitMs: 60 * MINUTE })
  })

  test('of many models the latest hundred are remembered', () => {
    const { states } = statesAt()
    for (let index = 0; index < 1_000; index += 1) states.begin(A, `model-${index}`).rests('COOLING', 'slow', 1_000)
    const resting = Array.from({ length: 1_000 }, (_, index) => states.readiness(A, `model-${index}`).kind).filter(
      (kind) => kind === 'resting',
    )
    expect(resting).toHaveLength(100)
  })
})

test('availability counts what is in flight, and says what is disabled', () => {
  const { states } = statesAt()
  const use = states.begin(A, null)
  expect(states.availabilityOf(A)).toEqual({ state: 'READY', until: null, reason: null, inFlight: 1 })
  use.end()
  use.end()
  expect(states.availabilityOf(A).inFlight).toBe(0)
  expect(states.availabilityOf(keyOf('a', { enabled: false })).state).toBe('DISABLED')
})

describe('the choice of a key', () => {
  test('follows the weights', () => {
    const { states } = statesAt()
    const keys = [keyOf('three', { weight: 3 }), keyOf('one', { weight: 1 })]
    const chosen = Array.from({ length: 1_000 }, (_, index) => choose(keys, states, { random: () => index / 1_000 }))
    expect(chosen.filter((id) => id === 'three')).toHaveLength(750)
  })

  test('takes a key of weight 0 when no other is left', () => {
    const { states } = statesAt()
    const keys = [keyOf('spare', { weight: 0 }), A]
    const all = Array.from({ length: 100 }, (_, index) => choose(keys, states, { random: () => index / 100 }))
    expect(new Set(all)).toEqual(new Set(['a']))
    states.begin(A, null).rests('REFUSED', 'no', null)
    expect(choose(keys, states)).toBe('spare')
  })

  test('heeds the lists of models of a key', () => {
    const { states } = statesAt()
    const keys = [keyOf('small', { models: ['*-mini'] }), keyOf('rest', { exceptModels: ['*-mini', 'o1'] })]
    expect(choose(keys, states, { model: 'gpt-5-mini' })).toBe('small')
    expect(choose(keys, states, { model: 'gpt-5' })).toBe('rest')
    expect(choose(keys, states, { model: 'o1' })).toBe('no key for the model')
  })

  test('tells why there is none', () => {
    const { states } = statesAt()
    expect(choose([], states)).toBe('no key')
    expect(choose([keyOf('a', { enabled: false })], states)).toBe('no key')
    expect(choose([A], states, { tried: ['a'] })).toBe('resting')
  })
})
