import { type ProviderDraft, takesKey, usesBedrock } from './provider-draft.ts'

const ALWAYS = ['name', 'displayName', 'icon', 'enabled', 'baseUrl']
const KEY = ['apiKeys.0.credential.value', 'apiKeys', 'apiKey']
const BEDROCK = [
  'settings',
  ...['region', 'model', 'smallFastModel', 'roleArn', 'accessKey', 'accessKeySecret'].map((field) => `settings.bedrock.${field}`),
]
const NETWORK = [
  ...[
    'timeoutMs',
    'maxRetries',
    'retryBackoffInitialMs',
    'retryBackoffMaxMs',
    'caCertificate',
    'proxy',
    'proxy.url',
    'proxy.username',
    'proxy.password',
  ],
].map((field) => `network.${field}`)

/** The paths in the input that have a field in the form, which shows what is wrong with them. */
export function fieldPaths(draft: ProviderDraft): readonly string[] {
  const headers = draft.network.headers.flatMap((_header, index) =>
    ['name', 'value'].map((part) => `network.extraHeaders.${index}.${part}`),
  )
  return [...ALWAYS, ...(takesKey(draft) ? KEY : []), ...(usesBedrock(draft) ? BEDROCK : []), ...NETWORK, ...headers]
}
