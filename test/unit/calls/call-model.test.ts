import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { readModel, requireModel, requireWhole } from '../../../src/calls/call-model.ts'
import { CallError } from '../../../src/calls/error-codes.ts'
import { createTurns } from '../../../src/http/turns.ts'

const JSON_TYPE = 'application/json'
const PATH = '/v1/chat/completions'

const takeTurn = createTurns()

async function outcomeOf(body: string | Buffer, contentType: string | undefined = JSON_TYPE, path = PATH): Promise<string> {
  try {
    const whole = { kind: 'whole', bytes: Buffer.from(body) } as const
    const model = await readModel({ path, contentType, contentEncoding: undefined, body: whole, takeTurn })
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
  ])('%s', async (_title, ask) => {
    expect(await ask('q'.repeat(500))).toBe(`model ${'q'.repeat(500)}`)
    expect(await ask('q'.repeat(501))).toBe('model_not_found')
    expect(await ask('q'.repeat(3_000_000))).toBe('model_not_found')
  })

  test('as it is when each character of it is escaped', async () => {
    const spelled = (count: number) => `{"model":"${'\\u0071'.repeat(count)}"}`
    expect(await outcomeOf(spelled(500))).toBe(`model ${'q'.repeat(500)}`)
    expect(await outcomeOf(spelled(501))).toBe('model_not_found')
  })
})

describe('a form', () => {
  const TYPE = 'multipart/form-data; boundary=A'
  const part = (headers: string, value: string) => `--A\r\n${headers}\r\n\r\n${value}\r\n`
  const named = (name: string, value: string) => part(`Content-Disposition: form-data; name="${name}"`, value)
  const MODEL = named('model', 'allowed-1')
  const END = '--A--\r\n'
  const read = (body: string, type = TYPE) => outcomeOf(Buffer.from(body, 'latin1'), type)

  test.each([
    ['with one part', MODEL + END],
    ['without the last end of a line', `${MODEL}--A--`],
    ['with a name that is no quoted text', part('Content-Disposition: form-data; name=model', 'allowed-1') + END],
    [
      'with a type and a length of the part',
      part('content-type: text/plain; charset=UTF-8\r\ncontent-disposition: form-data;name="model"', 'allowed-1') + END,
    ],
    [
      'with a file beside it',
      `${part('Content-Disposition: form-data; name="file"; filename="C:\\a \xc3\xa9.mp3"; filename*=utf-8\'\'a\r\nContent-Type: audio/mpeg', '\xff\0--A\r\n-\n')}${MODEL}${END}`,
    ],
    [
      'with what begins as a delimiter within a line',
      `${named('prompt', 'x --A--')}${named('prompt', 'the --AAA of a text')}${MODEL}${END}`,
    ],
    [
      'with another part that is named in a file name',
      part('Content-Disposition: form-data; filename="; name=model "; name="prompt"', 'no') + MODEL + END,
    ],
    [
      'with another header that has a name',
      part('Content-Disposition: form-data; name="prompt"\r\nX-Y: a; name="model"', 'no') + MODEL + END,
    ],
    ['with an empty part', named('prompt', '') + MODEL + END],
  ])('%s has its model read', async (_title, body) => {
    expect(await read(body)).toBe('model allowed-1')
  })

  test.each(['multipart/form-data; boundary="A"', 'Multipart/Form-Data;BOUNDARY=A', 'multipart/form-data; charset=utf-8; boundary=A;'])(
    'of the type %s has its model read',
    async (type) => {
      expect(await read(MODEL + END, type)).toBe('model allowed-1')
    },
  )

  test.each([
    'multipart/form-data; boundary=B; boundary=A',
    'multipart/form-data; boundary=A; Boundary=B',
    'multipart/form-data; x="; boundary=B"; boundary=A; boundary=B',
    'multipart/form-data; x="\\"; boundary=B; y="; boundary=A',
    'multipart/form-data; boundary=A; boundary*=B',
    'multipart/form-data; boundary*0=B; boundary=A',
    'multipart/form-data; boundary = A',
    'multipart/form-data; boundary=A,multipart/form-data; boundary=B',
    'multipart/form-data, boundary=A',
    'multipart/form-data; boundary=A B',
    'multipart/form-data; boundary="A{"',
    'multipart/form-data; boundary="A "',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary',
    'multipart/form-data; charset=utf-7; boundary=A',
    'multipart/mixed; boundary=A',
    'multipart/form-data',
  ])('of the type %s is not guessed at', async (type) => {
    expect(await read(MODEL + END, type)).toBe('unreadable')
  })

  test('takes the boundary of the parameter, and none in the text of another', async () => {
    expect(await read(MODEL + END, 'multipart/form-data; x="; boundary=B"; boundary=A')).toBe('model allowed-1')
    expect(await read(MODEL + END, 'multipart/form-data; x="; boundary=A"; boundary=B')).toBe('unreadable')
  })

  test.each([
    ['a second model', MODEL + named('model', 'secret') + END],
    ['a second model in another case', MODEL + named('Model', 'secret') + END],
    ['a second model with a blank', named(' model', 'secret') + MODEL + END],
  ])('with %s is ambiguous', async (_title, body) => {
    expect(await read(body)).toBe('ambiguous')
  })

  test.each([
    ['named otherwise', named('Model', 'allowed-1') + END],
    ['empty', named('model', '') + END],
    ['nowhere', END],
  ])('whose model is %s has none', async (_title, body) => {
    expect(await read(body)).toBe('none')
  })

  const SECRET = named('model', 'secret')
  test.each([
    [
      'headers of a part that are too long',
      MODEL + part(`X-Y: ${'q'.repeat(5_000)}\r\nContent-Disposition: form-data; name="model"`, 'secret') + END,
    ],
    ['no closing delimiter', MODEL],
    ['a second model and no closing delimiter', `${MODEL}--A\r\nContent-Disposition: form-data; name="model"\r\n\r\nsecret`],
    ['lines that end with a line feed', (MODEL + END).replaceAll('\r\n', '\n')],
    ['a delimiter behind a line feed', `${named('prompt', `x\n${SECRET}`)}${MODEL}${END}`],
    ['a delimiter behind a carriage return', `${named('prompt', `x\r${SECRET}`)}${MODEL}${END}`],
    ['a line that only begins with the delimiter', `${named('prompt', 'x\r\n--AAA')}${MODEL}${END}`],
    ['blanks behind a delimiter', `${MODEL}--A  \r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n${END}`],
    ['a name with a comma', MODEL + part('Content-Disposition: form-data; name=model,x', 'secret') + END],
    ['two names of a part', MODEL + part('Content-Disposition: form-data; name="x"; name="model"', 'secret') + END],
    ['an extended name', MODEL + part("Content-Disposition: form-data; name=x; name*=utf-8''model", 'secret') + END],
    ['a name in pieces', MODEL + part('Content-Disposition: form-data; name=x; name*0=model', 'secret') + END],
    ['an escaped quote', MODEL + part('Content-Disposition: form-data; filename="\\"; name="model"; x="', 'secret') + END],
    [
      'two dispositions',
      MODEL + part('Content-Disposition: form-data; name="x"\r\nContent-Disposition: form-data; name="model"', 'secret') + END,
    ],
    ['a folded header', MODEL + part('Content-Disposition: form-data;\r\n name="model"', 'secret') + END],
    ['a header with a line feed in it', MODEL + part('X-Y: a\nContent-Disposition: form-data; name="model"', 'secret') + END],
    ['a part without a name', MODEL + part('Content-Disposition: form-data', 'secret') + END],
    ['a part without headers', `${MODEL}--A\r\n\r\nsecret\r\n${END}`],
    ['a part of another disposition', MODEL + part('Content-Disposition: attachment; name="model"', 'secret') + END],
    ['a model that is a file', part('Content-Disposition: form-data; name="model"; filename="m"', 'allowed-1') + END],
    ['a model in Base64', part('Content-Disposition: form-data; name="model"\r\nContent-Transfer-Encoding: base64', 'allowed-1') + END],
    [
      'a model in UTF-7',
      part('Content-Disposition: form-data; name="model"\r\nContent-Type: text/plain; charset=utf-7', 'allowed-1') + END,
    ],
    ['a model that is no UTF-8', named('model', 'allowed-1\xff') + END],
    ['a part that says how the others are encoded', named('_charset_', 'utf-7') + MODEL + END],
    ['something in front of it', `\r\n${MODEL}${END}`],
    ['something behind it', `${MODEL}${END}${SECRET}${END}`],
    ['no part at all', ''],
    ['more than 1,000 parts', named('prompt', '').repeat(1_000) + MODEL + END],
    ['delimiters alone', '--A'.repeat(100_000)],
    ['delimiters and blank lines alone', '--A\r\n\r\n'.repeat(100_000)],
  ])('with %s is not guessed at', async (_title, body) => {
    expect(await read(body)).toBe('unreadable')
  })
})

describe('JSON', () => {
  test.each([
    'application/json; charset=utf-8',
    'application/json;charset=UTF8',
    'application/json;',
    'application/vnd.x+json; charset="us-ascii"',
  ])('of the type %s is read', async (type) => {
    expect(await outcomeOf('{"model":"allowed-1"}', type)).toBe('model allowed-1')
  })

  test.each([
    'application/json; charset=utf-7',
    'application/json; charset=utf-16le',
    'application/json; charset=utf-8; charset=utf-7',
    "application/json; charset*=utf-8''utf-7",
    'application/json; charset',
    'application/json; charset="utf-8\\"',
    'application/json; charset=',
  ])('of the type %s is not guessed at', async (type) => {
    expect(await outcomeOf('{"model":"allowed-1"}', type)).toBe('unreadable')
  })
})

test('a body whose model is not looked for because of its size is refused with that reason', () => {
  expect(() => requireWhole({ kind: 'stream', stream: Readable.from([]), length: 2_000_000, head: null })).toThrow('more than 1 MiB')
})

test.each([
  ['gzip', 'unreadable'],
  ['unknown', 'unreadable'],
  ['Identity', 'model'],
])('what stands in a body of the encoding %s is %s', async (contentEncoding, kind) => {
  const body = { kind: 'whole', bytes: Buffer.from('{"model":"m"}') } as const
  expect((await readModel({ path: PATH, contentType: JSON_TYPE, contentEncoding, body, takeTurn })).kind).toBe(kind)
})

describe('a token that may call some models is refused a body of which a vendor may read another model than that of the path', () => {
  const path = '/v1beta/models/m:generateContent'
  const model = { kind: 'model', name: 'm', source: null } as const
  const ask = (body: Parameters<typeof requireModel>[1]['body']) =>
    requireModel(model, { path, contentType: JSON_TYPE, contentEncoding: undefined, body, takeTurn })

  test('because it is streamed', async () => {
    const stream = { kind: 'stream', stream: Readable.from([]), length: null, head: null } as const
    await expect(ask(stream)).rejects.toMatchObject({ code: 'model_not_allowed' })
  })

  test('because it is no JSON to us', async () => {
    await expect(ask({ kind: 'whole', bytes: Buffer.from("{'model':'other'}") })).rejects.toMatchObject({ code: 'model_not_allowed' })
    expect(await ask({ kind: 'whole', bytes: Buffer.from('{"contents":[]}') })).toBe('m')
  })
})
