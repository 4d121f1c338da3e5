/**
 * What differs between the APIs of the gateway: each of them promises its clients something else. A dialect declares its
 * rules once, the router puts them into the context of each request, and the domain asks them, never who is calling.
 */
export interface CallerRules {
  /** What a key may consist of: printable ASCII, or any text without spaces around it. */
  readonly keyCharacters: 'ascii' | 'any'
  /**
   * Which endpoints are stored: `strict` those that the operator allows, without a credential in their query; `lenient` all
   * but those that nobody may call, and a test refuses the rest.
   */
  readonly endpoint: 'strict' | 'lenient'
  /** Whether an endpoint at a private address is refused at save when the provider forbids private addresses. */
  readonly refusesPrivateEndpoint: boolean
  /** Whether a new provider may come without an endpoint: the vendor's takes its place, or it is a placeholder. */
  readonly mayBePlaceholder: boolean
  /** Whether the name of a key is its own among the named keys of all providers. */
  readonly uniqueKeyNames: boolean
  /** Where a new Bedrock provider has its credentials: in its settings, or in each of its keys. */
  readonly bedrockCredentials: 'settings' | 'keys'
  /** Whether a key in an environment variable that is not set is refused as an empty one. */
  readonly refusesUnsetVariable: boolean
  /** Whether keys with text around them, placeholders and half an access key pair are refused: people type and paste here. */
  readonly refusesPastedText: boolean
  /** Whether a write tests a provider without keys: where it does not, such a provider counts as not known, unless it is said to need none. */
  readonly testsWithoutKey: boolean
  /** By the name of a provider: what a field takes that an upsert leaves out or empty, where the vendor's defaults are others. */
  readonly templates: ReadonlyMap<string, ProviderTemplate>
  /** Names of its own menus that break the rule for names, and what they are stored as. */
  readonly nameAliases: ReadonlyMap<string, string>
  /** How many nodes a page has at most. */
  readonly pageLimit: number
  /** Whether the cost of a query is bounded; the operations of dialects are our own. */
  readonly boundsQueries: boolean
}

export interface ProviderTemplate {
  readonly displayName?: string
  readonly baseUrl?: string
}

/** Of GraphQL, and of the gateway's own commands. */
export const GATEWAY_RULES: CallerRules = {
  keyCharacters: 'ascii',
  endpoint: 'strict',
  refusesPrivateEndpoint: true,
  mayBePlaceholder: false,
  uniqueKeyNames: false,
  bedrockCredentials: 'settings',
  refusesUnsetVariable: false,
  refusesPastedText: true,
  testsWithoutKey: true,
  templates: new Map(),
  nameAliases: new Map(),
  pageLimit: 100,
  boundsQueries: true,
}

/** Of what an export writes down: whatever any of the APIs stores can be applied again. */
export const STORED_RULES: CallerRules = {
  ...GATEWAY_RULES,
  keyCharacters: 'any',
  endpoint: 'lenient',
  refusesPrivateEndpoint: false,
  refusesPastedText: false,
}
