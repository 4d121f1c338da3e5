import { coderDialect } from '../../src/rest/coder/routes.ts'
import type { ConnectionTestBody, ErrorBody, ProviderBody } from '../../src/rest/coder/wire.ts'
import { type DialectAnswer, dialectSender } from './dialect-client.ts'
import type { TestGateway } from './gateway.ts'

export const PROVIDERS = '/api/v2/ai/providers'

/** Any body of the dialect; which fields it has, the description checks. */
export type CoderBody = Partial<ProviderBody & ErrorBody & ConnectionTestBody>

export type CoderAnswer = DialectAnswer<CoderBody>

/** A client of Coder's API. It refuses every answer that the OpenAPI description does not allow. */
export function coderClient(gateway: TestGateway, ownToken?: string) {
  const send = dialectSender<CoderBody>(gateway, {
    openApi: coderDialect.openApi,
    ownToken,
    credential: (token) => ({ 'coder-session-token': token }),
  })

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
