import { describe, expect, test } from 'vitest'
import { readModel } from '../../../src/calls/call-model.ts'
import { CallError } from '../../../src/calls/error-codes.ts'

const JSON_TYPE = 'application/json'
const PATH = '/v1/chat/completions'

function outcomeOf(body: string | Buffer, contentType: string | undefined = JSON_TYPE, path = PATH): string {
  try {
    const model = readModel({ path, contentType, contentEncoding: undefined, body: { kind: 'whole', bytes: Buffer.from(body) } })
    return model.kind === 'model' ? `model ${model.name}` : model.kind
  } catch (error) {
    return error instanceof CallError ? error.code : String(error)
  }
}

describe('a name that is too long for a model is refused before it is kept anywhere', () => {
  const form = (value: string) => `--A\r\nContent-Disposition: form-data; name="model"\r\n\r\n${value}\r\n--A--\r\n`

  test.each([
    ['in JSON', (name: string) => outcomeOf(JSON.stringify({ model: name }))],
    ['in a form', (name: string) => outcomeOf(form(name), 'multipart/form-data; boundary=A')],
    ['in the path', (name: string) => outcomeOf('{}', JSON_TYPE, `/v1beta/models/${name}:generateContent`)],
  ])('%s', (_title, ask) => {
    expect(ask('q'.repeat(500))).toBe(`model ${'q'.repeat(500)}`)
    expect(ask('q'.repeat(501))).toBe('model_not_found')
    expect(ask('q'.repeat(3_000_000))).toBe('model_not_found')
  })

  test('as it is when each character of it is escaped', () => {
    const spelled = (count: number) => `{"model":"${'\\u0071'.repeat(count)}"}`
    expect(outcomeOf(spelled(500))).toBe(`model ${'q'.repeat(500)}`)
    expect(outcomeOf(spelled(501))).toBe('model_not_found')
  })
})
