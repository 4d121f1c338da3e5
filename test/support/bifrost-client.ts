import { bifrostDialect } from '../../src/rest/bifrost/routes.ts'
import type { ErrorBody, KeyBody, ModelBody } from '../../src/rest/bifrost/wire-key.ts'
import type { ProviderBody } from '../../src/rest/bifrost/wire-provider.ts'
import { type DialectAnswer, dialectSender, type SendOptions } from './dialect-client.ts'
import type { TestGateway } from './gateway.ts'

type AnyBody = Partial<ProviderBody & Omit<KeyBody, 'models'> & ErrorBody> & {
  readonly providers?: readonly ProviderBody[]
  readonly keys?: readonly KeyBody[]
  readonly models?: readonly (ModelBody | string)[]
  readonly total?: number
}

export type BifrostClient = ReturnType<typeof bifrostClient>
type Fields = Readonly<Record<string, unknown>>

/** A client of Bifrost's API. It refuses every answer that the OpenAPI description does not allow. */
export function bifrostClient(gateway: TestGateway, ownToken?: string) {
  const sendTo = dialectSender<AnyBody & { readonly status_code?: number }>(gateway, {
    prefix: '/bifrost',
    openApi: bifrostDialect.openApi,
    ownToken,
  })
  const send = async (method: string, path: string, options?: SendOptions): Promise<DialectAnswer<AnyBody>> => {
    const answer = await sendTo(method, path, options)
    const { status, headers, body, text } = answer
    const isJson = headers.get('content-type') === 'application/json'
    if (status >= 400 && isJson && body.status_code !== status) throw new Error(`${status} is told as ${text}`)
    return answer
  }
  const accepted = async <Body>(answer: Promise<DialectAnswer<AnyBody>>): Promise<Body> => {
    const { status, text } = await answer
    if (status !== 200) throw new Error(`Refused with ${status}: ${text}`)
    return JSON.parse(text)
  }
  const at = (name: string) => `/api/providers/${name}`
  const keyAt = (name: string, id: string) => `${at(name)}/keys/${id}`
  return {
    send,
    post: (body: unknown) => send('POST', '/api/providers', { body }),
    put: (name: string, body: unknown) => send('PUT', at(name), { body }),
    get: (name: string) => send('GET', at(name)),
    remove: (name: string) => send('DELETE', at(name)),
    postKey: (name: string, body: unknown) => send('POST', `${at(name)}/keys`, { body }),
    putKey: (name: string, id: string, body: unknown) => send('PUT', keyAt(name, id), { body }),
    getKey: (name: string, id: string) => send('GET', keyAt(name, id)),
    created: (fields: Fields = {}) =>
      accepted<ProviderBody>(send('POST', '/api/providers', { body: { provider: uniqueName(), ...fields } })),
    replaced: (name: string, fields: Fields = {}) =>
      accepted<ProviderBody>(send('PUT', at(name), { body: { concurrency_and_buffer_size: SIZES, ...fields } })),
    read: (name: string) => accepted<ProviderBody>(send('GET', at(name))),
    createdKey: (name: string, fields: Fields = {}) =>
      accepted<KeyBody>(send('POST', `${at(name)}/keys`, { body: { value: uniqueKey(), ...fields } })),
    replacedKey: (name: string, id: string, fields: Fields) => accepted<KeyBody>(send('PUT', keyAt(name, id), { body: fields })),
    readKey: (name: string, id: string) => accepted<KeyBody>(send('GET', keyAt(name, id))),
    /** The status and message of a request that must be refused. */
    refused: async (method: string, path: string, body?: unknown): Promise<readonly [number, string | undefined]> => {
      const answer = await send(method, path, body === undefined ? {} : { body })
      return [answer.status, answer.body.error?.message]
    },
  }
}

export const SIZES = { concurrency: 10, buffer_size: 100 }

let counter = 0

export function uniqueName(stem = 'custom'): string {
  counter += 1
  return `${stem}-${counter}`
}

export function uniqueKey(): string {
  counter += 1
  return `sk-test-${String(counter).padStart(24, '0')}`
}

/** A custom provider based on OpenAI at this upstream, keyless or not. */
export function custom(baseUrl: string, isKeyless = false): Fields {
  return { network_config: { base_url: baseUrl }, custom_provider_config: { base_provider_type: 'openai', is_key_less: isKeyless } }
}

/** A provider for keys; it lists no models, so that no key is tried. Returns its name. */
export async function providerForKeys(client: BifrostClient): Promise<string> {
  const unlisted = { base_provider_type: 'openai', allowed_requests: {} }
  return (await client.created({ network_config: { base_url: 'https://x.invalid' }, custom_provider_config: unlisted })).name
}
