import { Ajv2020 } from 'ajv/dist/2020.js'
import { coderDialect } from '../../src/rest/coder/routes.ts'
import type { ConnectionTestBody, ErrorBody, ProviderBody } from '../../src/rest/coder/wire.ts'
import type { TestGateway } from './gateway.ts'

export const PROVIDERS = '/api/v2/ai/providers'

/** Any body of the dialect; which fields it has, the description checks. */
export type CoderBody = Partial<ProviderBody & ErrorBody & ConnectionTestBody>

export interface CoderAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: CoderBody
}

export interface SendOptions {
  /** A text goes as it is, anything else as JSON. */
  readonly body?: unknown
  /** Null for none. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** A client of Coder's API. It refuses every answer that the OpenAPI description does not allow. */
export function coderClient(gateway: TestGateway, ownToken?: string) {
  async function send(
    method: string,
    path: string,
    { body, token = ownToken ?? gateway.adminToken, headers = {} }: SendOptions = {},
  ): Promise<CoderAnswer> {
    const response = await gateway.fetch(path, {
      method,
      headers: { ...(token === null ? {} : { 'coder-session-token': token }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    checkAgainstDescription(method, path, response.status, parsed)
    return { status: response.status, headers: response.headers, text, body: text === '' ? {} : JSON.parse(text) }
  }

  const at = (idOrName: string) => `${PROVIDERS}/${encodeURIComponent(idOrName)}`
  const create = (body: unknown) => send('POST', PROVIDERS, { body })
  const patch = (idOrName: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    send('PATCH', at(idOrName), { body, headers })
  const get = (idOrName: string) => send('GET', at(idOrName))

  /** The provider of an answer that must be a success. */
  const accepted = async (answer: Promise<CoderAnswer>): Promise<ProviderBody> => {
    const { status, text } = await answer
    if (status !== 200 && status !== 201) throw new Error(`Refused with ${status}: ${text}`)
    return JSON.parse(text)
  }
  return {
    send,
    create,
    patch,
    get,
    remove: (idOrName: string, headers: Readonly<Record<string, string>> = {}) => send('DELETE', at(idOrName), { headers }),
    test: (idOrName: string) => send('POST', `${at(idOrName)}/test`),
    list: async (): Promise<ProviderBody[]> => JSON.parse((await send('GET', PROVIDERS)).text),
    /** A provider of the type `openai` with what is given in place of the usual. */
    created: (fields: Readonly<Record<string, unknown>> = {}) => accepted(create(newProvider(fields))),
    patched: (idOrName: string, body: unknown) => accepted(patch(idOrName, body)),
    read: (idOrName: string) => accepted(get(idOrName)),
  }
}

let counter = 0

/** The body of a POST that is accepted, under a name of its own. */
export function newProvider(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  counter += 1
  return { type: 'openai', name: `provider-${counter}`, base_url: 'https://api.example.com/v1', ...fields }
}

/** Settings of the discriminated union, with what is given. */
export function bedrock(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { _type: 'bedrock', _version: 1, ...fields }
}

const description = coderDialect.openApi
const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema({ $id: 'openapi', ...description })

/** Throws when the description has no such answer, or another shape for it. Answers outside of it have the shape of errors. */
function checkAgainstDescription(method: string, path: string, status: number, body: unknown): void {
  const operation = findOperation(method, path)
  if (operation === null) {
    checkShape('openapi#/components/schemas/Error', `${method} ${path}`, body)
    return
  }
  const answer = operation.responses[String(status)]
  if (answer === undefined)
    throw new Error(`${method} ${path} answered ${status}, which the description does not have: ${JSON.stringify(body)}`)
  if (answer.content === undefined) {
    if (body !== undefined) throw new Error(`${method} ${path} answered ${status} with a body that the description does not have.`)
    return
  }
  checkShape(`${operation.pointer}/responses/${status}/content/application~1json/schema`, `${method} ${path} ${status}`, body)
}

interface Operation {
  readonly pointer: string
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>
}

function findOperation(method: string, path: string): Operation | null {
  const plain = path.replace(/\?.*$/, '').replace(/\/$/, '')
  for (const [template, item] of Object.entries<object>(description.paths)) {
    if (!new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(plain)) continue
    const found = Object.entries(item).find(([name]) => name === method.toLowerCase())
    if (found === undefined) return null
    const pointer = `openapi#/paths/${encodeURIComponent(template.replaceAll('~', '~0').replaceAll('/', '~1'))}/${found[0]}`
    return { pointer, responses: found[1].responses }
  }
  return null
}

function checkShape(pointer: string, what: string, body: unknown): void {
  const validate = ajv.getSchema(pointer)
  if (validate === undefined) throw new Error(`The description has no schema at ${pointer}.`)
  if (!validate(body)) throw new Error(`${what} does not fit its description: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`)
}
