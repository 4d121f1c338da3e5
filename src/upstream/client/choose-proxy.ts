import ipaddr from 'ipaddr.js'
import { percentDecoded, readUrl } from '../../read-url.ts'
import type { CallContext, ProxyEnvironment } from './call-context.ts'
import { OutboundError } from './outbound-error.ts'
import { bareHostname, type Target } from './target.ts'

export interface ProxyHop {
  readonly protocol: 'http' | 'https' | 'socks5'
  readonly hostname: string
  readonly port: number
  /** Null when the proxy asks for no credentials. */
  readonly credentials: { readonly username: string; readonly password: string } | null
  /** Whether the operator set it for the whole gateway, rather than an editor for one provider. */
  readonly isOperators: boolean
}

const DEFAULT_PORTS = { http: 80, https: 443, socks5: 1080 }

/** The proxy for a call, or null for a direct one. */
export function chooseProxy(target: Target, { network, deps }: CallContext): ProxyHop | null {
  const { proxy } = network
  if (proxy === null) return null
  if (proxy.type === 'ENVIRONMENT') return environmentProxy(target, deps.proxyEnvironment)
  const parsed = parseProxyUrl(proxy.url ?? '', proxy.type)
  if (parsed.kind === 'invalid') throw new OutboundError('UNREACHABLE', `${parsed.issue} Correct it in the provider's network settings.`)
  const credentials = proxy.username === null ? null : { username: proxy.username, password: proxy.password ?? '' }
  return { ...parsed.proxy, credentials }
}

export type ParsedProxy = { readonly kind: 'proxy'; readonly proxy: ProxyHop } | { readonly kind: 'invalid'; readonly issue: string }

/** Reads the proxy address that a user gives for one provider. Credentials have fields of their own. */
function parseProxyUrl(url: string, type: 'HTTP' | 'SOCKS5'): ParsedProxy {
  const read = readProxyUrl(url, type === 'SOCKS5' ? ['socks5'] : ['http', 'https'])
  if (read === null)
    return { kind: 'invalid', issue: `The proxy URL must be like ${type === 'SOCKS5' ? 'socks5://host:1080' : 'http://host:3128'}.` }
  return read.credentials === null
    ? { kind: 'proxy', proxy: { ...read, isOperators: false } }
    : { kind: 'invalid', issue: 'The proxy URL must not contain credentials: they have fields of their own.' }
}

/** As curl does it: one variable for each scheme of the target; the variable's own scheme says what kind of proxy it is. */
function environmentProxy(target: Target, environment: ProxyEnvironment): ProxyHop | null {
  const value = target.isSecure ? environment.httpsProxy : environment.httpProxy
  if (value === null || value.trim() === '' || isExempt(target, environment.noProxy ?? '')) return null
  const read = readEnvironmentUrl(value)
  if (read === null)
    throw new OutboundError('UNREACHABLE', "The proxy in the gateway's environment has no usable address. Ask its operator.")
  return { ...read, isOperators: true }
}

/** Whether a variable of the environment names a proxy that calls can go through. */
export function isProxyAddress(value: string): boolean {
  return value.trim() === '' || readEnvironmentUrl(value) !== null
}

function readEnvironmentUrl(value: string): ReadProxy | null {
  return readProxyUrl(value.includes('://') ? value : `http://${value}`, ['http', 'https', 'socks5'])
}

type ReadProxy = Omit<ProxyHop, 'isOperators'>

function readProxyUrl(text: string, protocols: readonly ProxyHop['protocol'][]): ReadProxy | null {
  // `socks5` is no scheme that the URL parser knows the rules of, and it would take any text for a host's name.
  const scheme = /^(http|https|socks5h?):\/\//i.exec(text.trim())?.[1]?.toLowerCase().replace(/h$/, '')
  const protocol = protocols.find((candidate) => candidate === scheme)
  const url = readUrl(text.trim().replace(/^[a-z0-9]+:/i, 'http:'))
  if (protocol === undefined || url === null) return null
  const hostname = bareHostname(url.hostname)
  const port = url.port === '' ? portFrom(text, protocol) : Number(url.port)
  const credentials = url.username === '' ? null : { username: plain(url.username), password: plain(url.password) }
  return port === 0 ? null : { protocol, hostname, port, credentials }
}

/** The parser drops the port 80 that `http:` implies, but for `socks5://host:80` it was meant. */
function portFrom(text: string, protocol: ProxyHop['protocol']): number {
  return /^[^/]+\/\/[^/?#]*:80(?:[/?#]|$)/.test(text.trim()) ? 80 : DEFAULT_PORTS[protocol]
}

function plain(text: string): string {
  return percentDecoded(text) ?? text
}

/** Whether `NO_PROXY` names the target. `example.com` also covers its subdomains, as in curl and Go. */
function isExempt({ hostname, port }: Target, noProxy: string): boolean {
  return noProxy.split(',').some((word) => {
    const entry = word.trim().toLowerCase()
    if (entry === '') return false
    if (entry === '*' || isInCidr(hostname, entry)) return true
    const [, name = '', entryPort] = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry.replace(/^\[(.*)\]/, '$1')) ?? []
    const isSamePort = entryPort === undefined || Number(entryPort) === port
    return entry === hostname || (isSamePort && (hostname === name || hostname.endsWith(`.${name}`)))
  })
}

function isInCidr(hostname: string, entry: string): boolean {
  if (!ipaddr.isValidCIDR(entry) || !ipaddr.isValid(hostname)) return false
  const address = ipaddr.parse(hostname)
  const range = ipaddr.parseCIDR(entry)
  return address.kind() === range[0].kind() && address.match(range)
}
