/** What a field that GraphQL names is called here, where the names differ. */
const NETWORK_FIELDS: ReadonlyMap<string, string> = new Map([
  ['extraHeaders', 'extra_headers'],
  ['caCertificate', 'ca_cert_pem'],
])
const LONGEST = 200

/**
 * A path in an input of GraphQL in the words of this dialect.
 * @param parts The paths of the parts of a key's credential, as they were sent.
 */
export function wirePath(path: readonly string[], parts: readonly string[]): string {
  return wordsOf(path, parts).slice(0, LONGEST)
}

function wordsOf(path: readonly string[], parts: readonly string[]): string {
  const [first = '', second = '', third = ''] = path
  if (first === 'network') return second === 'proxy' ? `proxy_config.${third}` : `network_config.${NETWORK_FIELDS.get(second) ?? second}`
  // A variable is named by its field, also where a part names it.
  const list = path.at(-1) === 'environmentVariable' ? -1 : path.indexOf('credentialParts')
  const part = list < 0 ? undefined : parts[Number(path[list + 1])]
  return part ?? path.at(-1) ?? ''
}
