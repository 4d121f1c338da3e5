import type { ValidationIssue } from '../errors.ts'
import type { OutboundPolicy } from './address-policy.ts'
import { parseProxyUrl } from './choose-proxy.ts'
import { type Header, headerNameProblem, headerValueProblem, type NetworkSettings, type ProxySettings } from './network-settings.ts'
import { caCertificateProblem } from './start-tls.ts'
import { BLOCKED_MESSAGE, mayBeDialled } from './target.ts'

/** What is wrong with network settings when they are saved. Paths are relative to the settings, e.g. `["proxy", "url"]`. */
export function checkNetwork(network: NetworkSettings, policy: OutboundPolicy): ValidationIssue[] {
  const { timeoutMs, maxRetries, retryBackoffInitialMs, retryBackoffMaxMs, caCertificate, proxy } = network
  return [
    ...wholeNumber('timeoutMs', timeoutMs, 1, 600_000),
    ...wholeNumber('maxRetries', maxRetries, 0, 10),
    ...wholeNumber('retryBackoffInitialMs', retryBackoffInitialMs, 0, 600_000),
    ...wholeNumber('retryBackoffMaxMs', retryBackoffMaxMs, 0, 600_000),
    ...network.extraHeaders.flatMap((header, index) => headerIssues(header, ['extraHeaders', String(index)])),
    ...issue(['caCertificate'], caCertificate === null ? null : caCertificateProblem(caCertificate)),
    ...(proxy === null ? [] : proxyIssues(proxy, network, policy)),
  ]
}

function wholeNumber(name: string, value: number, least: number, most: number): ValidationIssue[] {
  const isGood = Number.isInteger(value) && value >= least && value <= most
  return issue([name], isGood ? null : `${name} must be a whole number from ${least} to ${most}.`)
}

function headerIssues(header: Header, path: readonly string[]): ValidationIssue[] {
  return [...issue([...path, 'name'], headerNameProblem(header.name)), ...issue([...path, 'value'], headerValueProblem(header.value))]
}

function proxyIssues({ type, url }: ProxySettings, network: NetworkSettings, policy: OutboundPolicy): ValidationIssue[] {
  if (type === 'ENVIRONMENT') return issue(['proxy', 'url'], url === null ? null : 'A proxy from the environment has no URL of its own.')
  const parsed = parseProxyUrl(url ?? '', type)
  if (parsed.kind === 'invalid') return issue(['proxy', 'url'], parsed.issue)
  const { hostname, port } = parsed.proxy
  return issue(['proxy', 'url'], mayBeDialled(hostname, port, policy, network.allowPrivateNetwork) ? null : BLOCKED_MESSAGE)
}

function issue(path: readonly string[], message: string | null): ValidationIssue[] {
  return message === null ? [] : [{ path, rule: 'NOT_ALLOWED', message }]
}
