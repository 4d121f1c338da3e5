import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { upstreamResponse } from '../../../src/upstream/client/messages.ts'
import { bodyBegins, bodyEnds, readInSteps } from '../../../src/upstream/client/read-in-steps.ts'
import { listen } from '../../support/upstream/recorder.ts'

const BYTES = 65_536
const STEP_BYTES = 4_096

/** A connection with more to read than some steps. */
async function openFull() {
  const server = await listen(createServer((socket) => void socket.on('error', () => {}).write(Buffer.alloc(BYTES, 'a'))))
  const socket = readInSteps(connect(server.port, '127.0.0.1').on('error', () => {}))
  await once(socket, 'readable')
  await expect.poll(() => socket.readableLength).toBeGreaterThan(3 * STEP_BYTES)
  const close = () => {
    socket.destroy()
    return server.close()
  }
  return { socket, close }
}

const lengthOf = (chunk: unknown) => (Buffer.isBuffer(chunk) ? chunk.length : null)

test('what may be a head is read a step at a time, a body as it came, and the head after it in steps again', async () => {
  const { socket, close } = await openFull()
  expect(lengthOf(socket.read())).toBe(STEP_BYTES)
  expect(lengthOf(socket.read())).toBe(STEP_BYTES)
  bodyBegins(socket)
  socket.unshift(Buffer.alloc(10_000))
  bodyEnds(socket)
  expect(lengthOf(socket.read())).toBe(STEP_BYTES)
  bodyBegins(socket)
  const rest = socket.readableLength
  expect(rest).toBeGreaterThan(STEP_BYTES)
  expect(lengthOf(socket.read())).toBe(rest)
  await close()
})

test('nothing more is read of a connection that was given up', async () => {
  const { socket, close } = await openFull()
  expect(lengthOf(socket.read())).toBe(STEP_BYTES)
  socket.destroy()
  expect(socket.read()).toBe(null)
  await close()
})

test.each([
  ['arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ['arrays with brackets in texts', `${'["]",'.repeat(20_000)}0${']'.repeat(20_000)}`],
  ['arrays behind brackets in a text', `["${']'.repeat(5_000)}",${'['.repeat(2_000)}${']'.repeat(2_001)}`],
  ['arrays behind escaped quotes', `["\\"${']'.repeat(5_000)}\\\\",${'['.repeat(2_000)}${']'.repeat(2_001)}`],
  ['arrays that are not closed', `{"data":${'['.repeat(2_000)}`],
])('a body of nested %s is not parsed', (_name, body) => {
  expect(upstreamResponse(200, {}, body)).toMatchObject({ json: undefined, bodyProblem: 'too long' })
})

test('a long list of models whose names have brackets is parsed', () => {
  const data = Array.from({ length: 50_000 }, (_, index) => ({ id: `[model] "{{{${index}` }))
  expect(upstreamResponse(200, {}, JSON.stringify({ data }))).toMatchObject({ json: { data }, bodyProblem: null })
})
