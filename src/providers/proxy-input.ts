import type { Secret } from '../crypto/secret.ts'
import type { ValidationIssue } from '../errors.ts'
import { readUrl } from '../read-url.ts'
import type { ProxyType } from '../upstream/client/network-settings.ts'
import { parseBaseUrl } from './base-url.ts'

/** Says what is wrong with a proxy's address, or null: the address policy's part of the rules. */
export type CheckProxy = (url: string, allowPrivateNetwork: boolean) => string | null

/** A proxy to store; an omitted password stays as it is, an empty one clears. */
export interface ProxyInput {
  readonly type: ProxyType
  readonly url: string | undefined
  readonly username: string | undefined
  readonly password: Secret | undefined
}

const MAX_PROXY_URL = 2_048
/** SOCKS5 has one byte for the length of either. */
const MAX_PROXY_CREDENTIAL = 255
const PROXY_SCHEMES: Readonly<Record<ProxyType, readonly string[]>> = { HTTP: ['http', 'https'], SOCKS5: ['socks5'], ENVIRONMENT: [] }

/** The rules for a proxy; `checkUrl` asks the address policy. */
export function checkProxyInput(
  { type, url = '', username = '', password }: ProxyInput,
  checkUrl: (url: string) => string | null,
): ValidationIssue[] {
  const field = (name: string, rule: ValidationIssue['rule'], message: string): ValidationIssue => ({
    path: ['network', 'proxy', name],
    rule,
    message,
  })
  const secret = password?.reveal() ?? ''
  if (type === 'ENVIRONMENT') {
    const given = Object.entries({ url, username, password: secret }).filter(([, value]) => value !== '')
    return given.map(([name]) => field(name, 'NOT_ALLOWED', "The gateway's own environment names this proxy. Leave the field out."))
  }
  const isText = (text: string) => text.length <= MAX_PROXY_CREDENTIAL && /^[\x20-\x7e]*$/.test(text)
  const limits = `at most ${MAX_PROXY_CREDENTIAL} printable ASCII characters`
  return [
    ...checkProxyUrl(type, url, checkUrl),
    ...(isText(username) ? [] : [field('username', 'OUT_OF_RANGE', `The user name must be ${limits}.`)]),
    ...(isText(secret) ? [] : [field('password', 'OUT_OF_RANGE', `The password must be ${limits}.`)]),
    ...(secret !== '' && username === '' ? [field('username', 'REQUIRED', 'A password needs a user name.')] : []),
  ]
}

function checkProxyUrl(type: ProxyType, url: string, checkUrl: (url: string) => string | null): ValidationIssue[] {
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [
    { path: ['network', 'proxy', 'url'], rule, message },
  ]
  const schemes = PROXY_SCHEMES[type]
  const example = `${schemes[0]}://proxy.example.com:${type === 'HTTP' ? 3128 : 1080}`
  if (url === '') return issue('REQUIRED', `The proxy needs a URL, e.g. ${example}.`)
  if (url.length > MAX_PROXY_URL) return issue('OUT_OF_RANGE', `The URL must not be longer than ${MAX_PROXY_URL} characters.`)
  const parts = parseBaseUrl(url)
  const parsed = readUrl(url)
  if (parts === null || parsed === null) return issue('URL_NOT_ABSOLUTE', `The proxy's URL must be an absolute URL, e.g. ${example}.`)
  if (!schemes.includes(parts.scheme))
    return issue('URL_SCHEME', `The proxy's URL must begin with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}.`)
  if (parts.hasUserinfo) return issue('URL_NOT_ALLOWED', "The proxy's URL must not contain credentials. They have fields of their own.")
  const { pathname, search } = parsed
  if (parts.hasFragment || search !== '' || (pathname !== '' && pathname !== '/'))
    return issue('URL_NOT_ALLOWED', `The proxy's URL has nothing behind the port, e.g. ${example}.`)
  const refusal = checkUrl(url)
  return refusal === null ? [] : issue('URL_NOT_ALLOWED', refusal)
}
