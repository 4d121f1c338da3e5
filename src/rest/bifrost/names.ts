import type { ProviderType } from '../../generated/bifrost-documents.ts'
import { type NameAliases, storedName } from '../name-aliases.ts'
import type { BaseProviderType } from './wire-provider.ts'

/** The providers that Bifrost knows by name, in both lines of its profile (Bifrost contract, section 7). */
const STANDARD_NAMES: readonly string[] = [
  ...['openai', 'azure', 'anthropic', 'bedrock', 'cohere', 'vertex', 'vllm', 'mistral', 'ollama', 'groq', 'sgl', 'parasail', 'perplexity'],
  ...['replicate', 'cerebras', 'gemini', 'openrouter', 'elevenlabs', 'huggingface', 'nebius', 'xai', 'runway', 'fireworks'],
  ...['bedrock_mantle', 'deepseek', 'opencode-go', 'opencode-zen', 'runware', 'sarvam', 'wafer'],
]

// A map, since a provider may be called `constructor`, which every object has.
const OWN_TYPES: ReadonlyMap<string, ProviderType> = new Map([
  ['openai', 'OPENAI'],
  ['azure', 'AZURE'],
  ['anthropic', 'ANTHROPIC'],
  ['bedrock', 'BEDROCK'],
  ['bedrock_mantle', 'BEDROCK'],
  ['gemini', 'GOOGLE'],
  ['openrouter', 'OPENROUTER'],
  ['vertex', 'GOOGLE'],
])

const BASE_TYPES: Readonly<Record<BaseProviderType, ProviderType>> = {
  anthropic: 'ANTHROPIC',
  bedrock: 'BEDROCK',
  cohere: 'OPENAI_COMPAT',
  gemini: 'GOOGLE',
  openai: 'OPENAI_COMPAT',
  huggingface: 'OPENAI_COMPAT',
  replicate: 'OPENAI_COMPAT',
}

const SHOWN_BASES: Readonly<Record<ProviderType, BaseProviderType>> = {
  ANTHROPIC: 'anthropic',
  AZURE: 'openai',
  BEDROCK: 'bedrock',
  COPILOT: 'openai',
  GOOGLE: 'gemini',
  OPENAI: 'openai',
  OPENAI_COMPAT: 'openai',
  OPENROUTER: 'openai',
  VERCEL: 'openai',
}

/** The rule for names, as error messages quote it (Bifrost contract, decisions at its top). */
export const NAME_RULE = '^[a-z0-9]+(-[a-z0-9]+)*$'
const NAME_PATTERN = new RegExp(NAME_RULE)

/** The names of Bifrost's menu that break it (Bifrost contract, "underscores"). */
export const NAME_ALIASES: NameAliases = new Map([['bedrock_mantle', 'bedrock-mantle']])

export function isName(text: string): boolean {
  return NAME_PATTERN.test(toStoredName(text))
}

/** The name that GraphQL knows the provider by. */
export function toStoredName(name: string): string {
  return storedName(NAME_ALIASES, name)
}

export function isStandard(name: string): boolean {
  return STANDARD_NAMES.includes(name)
}

/** The type of a new provider: by its name, or by what a custom one is based on. Everything else speaks OpenAI's protocol. */
export function typeOf(name: string, base: BaseProviderType | undefined): ProviderType {
  return base === undefined ? (OWN_TYPES.get(name) ?? 'OPENAI_COMPAT') : BASE_TYPES[base]
}

/** What a provider that was made elsewhere is shown to be based on. */
export function shownBase(type: ProviderType): BaseProviderType {
  return SHOWN_BASES[type]
}
