import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { openDatabase } from '../../src/database/client.ts'
import type { TestGateway } from './gateway.ts'

export interface DialectAnswer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** With the fields of every answer of the dialect; which of them are there, the description checks. */
  readonly body: Body
}

export interface SendOptions {
  /** A text goes as it is, anything else as JSON. */
  readonly body?: unknown
  /** Null for none. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

export interface DialectOptions {
  readonly openApi: Description
  /** Stands in front of its paths; none when left out. */
  readonly prefix?: string
  /** The token of its caller; the admin's when left out. */
  readonly ownToken?: string | undefined
  /** How its clients send a token; as `Authorization: Bearer` when left out. */
  readonly credential?: (token: string) => Readonly<Record<string, string>>
}

interface Description {
  readonly paths: Readonly<Record<string, object>>
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Sends requests of a REST dialect, and refuses every answer that its OpenAPI description does not allow. */
export function dialectSender<Body>(gateway: TestGateway, { openApi, prefix = '', ownToken, credential = bearer }: DialectOptions) {
  const { check } = checkersOf(openApi)
  return async (method: string, path: string, options: SendOptions = {}): Promise<DialectAnswer<Body>> => {
    const { body, token = ownToken ?? gateway.adminToken, headers = {} } = options
    const response = await gateway.fetch(`${prefix}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(token === null ? {} : credential(token)), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
    const parsed = isJson ? JSON.parse(text) : null
    if (isJson || text === '') check(method, path, response.status, parsed)
    return { status: response.status, headers: response.headers, text, body: parsed ?? {} }
  }
}

export type DialectClient<Body> = ReturnType<typeof dialectClient<Body>>

/**
 * A client of a REST dialect that says of its bodies that they are JSON. It refuses every request, too, that is accepted though
 * the description does not allow it; and it keeps all texts.
 */
export function dialectClient<Body>(gateway: TestGateway, options: DialectOptions) {
  const { checkAccepted } = checkersOf(options.openApi)
  const sendTo = dialectSender<Body>(gateway, options)
  const texts: string[] = []

  async function send(method: string, path: string, given: SendOptions = {}): Promise<DialectAnswer<Body>> {
    const type = given.body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await sendTo(method, path, { ...given, headers: { ...type, ...given.headers } })
    texts.push(answer.text, JSON.stringify([...answer.headers]))
    if (answer.status < 300) checkAccepted(method, path, given.body)
    return answer
  }

  return {
    send,
    /** Everything that was answered so far. */
    answered: () => texts.join('\n'),
    get: (path: string, options?: SendOptions) => send('GET', path, options),
    post: (path: string, body?: unknown, options?: SendOptions) => send('POST', path, { ...options, body }),
    put: (path: string, body?: unknown, options?: SendOptions) => send('PUT', path, { ...options, body }),
    patch: (path: string, body?: unknown, options?: SendOptions) => send('PATCH', path, { ...options, body }),
    remove: (path: string, options?: SendOptions) => send('DELETE', path, options),
  }
}

/** Everything that a stopped gateway has stored, as one text: the bytes of its files, and the rows of its tables. */
export async function storedText({ folder, databaseUrl }: TestGateway): Promise<string> {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  const database = await openDatabase(databaseUrl)
  const { provider, apiKey, apiKeySecret, providerSecret, connectionTest, auditEvent } = database.prisma
  const rows = await Promise.all([
    provider.findMany(),
    apiKey.findMany(),
    apiKeySecret.findMany(),
    providerSecret.findMany(),
    connectionTest.findMany(),
    auditEvent.findMany(),
  ])
  await database.close()
  return [...files, JSON.stringify(rows)].join('\n')
}

interface Operation {
  readonly pointer: string
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>
}

const knownCheckers = new WeakMap<Description, Checkers>()

/** The checks of a description, which are the same for all its clients. */
function checkersOf(description: Description): Checkers {
  const known = knownCheckers.get(description) ?? makeCheckers(description)
  knownCheckers.set(description, known)
  return known
}

interface Checkers {
  check(method: string, path: string, status: number, body: unknown): void
  checkAccepted(method: string, path: string, body: unknown): void
}

/** Throw when the description has no such answer or request, or another shape for it. Answers outside of it have the shape of errors. */
function makeCheckers(description: Description): Checkers {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema({ $id: 'openapi', ...description })
  const checkShape = (pointer: string, what: string, body: unknown) => {
    const validate = ajv.getSchema(pointer)
    if (validate === undefined) throw new Error(`The description has no schema at ${pointer}.`)
    if (!validate(body)) throw new Error(`${what} does not fit: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`)
  }
  const check = (method: string, path: string, status: number, body: unknown): void => {
    const operation = findOperation(description, method, path)
    const what = `${method} ${path} ${status}`
    if (operation === null) {
      checkShape('openapi#/components/schemas/Error', what, body)
      return
    }
    const answer = operation.responses[String(status)]
    if (answer === undefined) throw new Error(`${what} is not in the description: ${JSON.stringify(body)}`)
    if (answer.content !== undefined) checkShape(`${operation.pointer}/responses/${status}/content/application~1json/schema`, what, body)
    else if (body !== null) throw new Error(`${what} has a body that the description does not have.`)
  }
  const checkAccepted = (method: string, path: string, body: unknown): void => {
    if (body === undefined) return
    const operation = findOperation(description, method, path)
    if (operation?.requestBody === undefined) throw new Error(`${method} ${path} takes a body that the description does not have.`)
    checkShape(
      `${operation.pointer}/requestBody/content/application~1json/schema`,
      `The request ${method} ${path}`,
      typeof body === 'string' ? JSON.parse(body) : body,
    )
  }
  return { check, checkAccepted }
}

function findOperation({ paths }: Description, method: string, path: string): Operation | null {
  const plain = path.replace(/\?.*$/, '').replace(/\/$/, '')
  for (const [template, item] of Object.entries(paths)) {
    const pattern = template
      .replace(/\/$/, '')
      .replace(/\{\w+\}/g, '[^/]+')
      .replaceAll('.', '\\.')
    if (!new RegExp(`^${pattern}$`).test(plain)) continue
    const found = Object.entries(item).find(([name]) => name === method.toLowerCase())
    if (found === undefined) return null
    const pointer = `openapi#/paths/${encodeURIComponent(template.replaceAll('~', '~0').replaceAll('/', '~1'))}/${found[0]}`
    return { pointer, ...found[1] }
  }
  return null
}
