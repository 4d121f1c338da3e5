/** What a field that GraphQL names is called here, where the names differ. */
const NETWORK_FIELDS: ReadonlyMap<string, string> = new Map([
  ['extraHeaders', 'extra_headers'],
  ['caCertificate', 'ca_cert_pem'],
])
const LONGEST = 200

/** A place in an input of GraphQL in the words of this dialect. */
export function wirePlace(path: readonly string[]): string {
  return wordsOf(path).slice(0, LONGEST)
}

function wordsOf(path: readonly string[]): string {
  const [first = '', second = '', third = ''] = path
  if (first === 'network') return second === 'proxy' ? `proxy_config.${third}` : `network_config.${NETWORK_FIELDS.get(second) ?? second}`
  if (first === 'dialectSettings')
    return second === 'bifrost' && third === 'proxy_ca_cert_pem' ? 'proxy_config.ca_cert_pem' : after(path, 2)
  // What only Bifrost knows of a key is below `bifrost.settings` or `bifrost.secrets`.
  const own = path.indexOf('bifrost')
  return first === 'apiKeys' && own > 0 ? after(path, own + 2) : (path.at(-1) ?? '')
}

function after(path: readonly string[], count: number): string {
  return path.slice(count).join('.') || (path.at(-1) ?? '')
}
