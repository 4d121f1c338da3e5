import type { ProviderType } from '../generated/documents.ts'

/** A provider that the token of the session may call. */
export interface CallableProvider {
  readonly name: string
  readonly type: ProviderType
  /** Where its calls begin. */
  readonly url: string
}

/** Reads `GET /ai`: all that a token which makes model calls alone may know of providers. @throws Error with words for a person. */
export async function listCallableProviders(fetchAsSession: typeof fetch): Promise<readonly CallableProvider[]> {
  const response = await fetchAsSession(new URL('/ai', location.origin))
  const answer: unknown = await response.json()
  if (!response.ok || !isList(answer)) throw new Error(`The gateway answered ${response.status}.`)
  return answer.data.map(({ name, type, baseUrls }) => ({ name, type, url: callAddressOf(name, Object.values(baseUrls)[0] ?? '') }))
}

/** The common beginning of the base URLs, which end in what each SDK appends. */
function callAddressOf(name: string, baseUrl: string): string {
  const path = `/ai/${encodeURIComponent(name)}`
  return new URL(baseUrl.slice(0, baseUrl.lastIndexOf(path)) + path, location.origin).href
}

interface ListedProvider {
  readonly name: string
  readonly type: ProviderType
  readonly baseUrls: Readonly<Record<string, string>>
}

function isList(answer: unknown): answer is { readonly data: readonly ListedProvider[] } {
  return typeof answer === 'object' && answer !== null && 'data' in answer && Array.isArray(answer.data)
}
