/** The protocols that the gateway knows, as the schema's enum names them. */
export const PROVIDER_TYPES = [
  'ANTHROPIC',
  'AZURE',
  'BEDROCK',
  'COPILOT',
  'GOOGLE',
  'OPENAI',
  'OPENAI_COMPAT',
  'OPENROUTER',
  'VERCEL',
] as const
export type ProviderType = (typeof PROVIDER_TYPES)[number]

/** What the catalogue says of a type. */
export interface ProviderTypeInfo {
  readonly type: ProviderType
  readonly displayName: string
  /** Null when every customer has an endpoint of their own. */
  readonly defaultBaseUrl: string | null
  readonly acceptsApiKeys: boolean
  readonly documentationUrl: string
  /** Where a person makes a new key; null when there is no such page. */
  readonly keyPageUrl: string | null
}
