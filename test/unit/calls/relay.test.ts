import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { Relay } from '../../../src/calls/relay.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')

/** Begins an answer. What it comes from holds the body that was sent. */
function beginAnswer(relay: Relay): WeakRef<object> {
  const source = { abort: () => {}, pause: () => {}, resume: () => {}, sent: Buffer.alloc(1_048_576) }
  relay.begin(200, ['content-type', 'application/json'], source, [])
  return new WeakRef(source.sent)
}

test('a call that waits to be written down keeps no body in memory', async () => {
  const relay = new Relay(new ServerResponse(new IncomingMessage(new Socket())))
  const sent = beginAnswer(relay)
  relay.write(Buffer.from('{}'))
  relay.end()
  relay.release()
  await nextTurn()
  if (typeof collectGarbage === 'function') collectGarbage()
  expect(sent.deref()).toBeUndefined()
  expect(relay.bytes).toBe(2)
})

test('a vendor that is kept waiting by a caller who does not read is told from one that fails by itself', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const relay = new Relay(response)
  beginAnswer(relay)
  expect(relay.isHeldUp).toBe(false)
  // Nobody takes this much: the socket leads nowhere.
  relay.write(Buffer.alloc(1_048_576))
  expect(relay.isHeldUp).toBe(true)
  response.emit('drain')
  expect(relay.isHeldUp).toBe(false)
})

/** A stream of events that a vendor breaks off behind this text; what was written after it, and whether the connection is cut. */
function brokenOff(sent: string) {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const write = vi.spyOn(response, 'write').mockReturnValue(true)
  const relay = new Relay(response)
  const source = { abort: () => {}, pause: () => {}, resume: () => {} }
  relay.begin(200, ['content-type', 'text/event-stream'], source, [])
  relay.write(Buffer.from(sent))
  relay.breakOff('event: error\n\n')
  return { said: write.mock.calls.slice(1).map(([text]) => text), isCut: () => response.destroyed }
}

test.each([
  ['within a line', 'data: {"a', '\n\n'],
  ['behind a line', 'data: 1\n', '\n'],
  ['behind an event', 'data: 1\n\n', ''],
])('an event that tells of the end is one by itself %s', (_title, sent, between) => {
  expect(brokenOff(sent).said).toEqual([`${between}event: error\n\n`])
})

test('a caller who does not read the end of a broken stream is cut off all the same', () => {
  vi.useFakeTimers()
  try {
    const { isCut } = brokenOff('data: 1\n\n')
    expect(isCut()).toBe(false)
    vi.advanceTimersByTime(5_000)
    expect(isCut()).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})
