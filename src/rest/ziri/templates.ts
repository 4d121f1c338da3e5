import type { ProviderTemplate } from '../../auth/caller-rules.ts'
import type { NameAliases } from '../name-aliases.ts'

/** The names of ZIRI's menu that break the rule for names. */
export const NAME_ALIASES: NameAliases = new Map([['vertex_ai', 'vertex-ai']])

/** What ZIRI knows of vendors where its words differ from the gateway's own (ZIRI contract, section A4). */
export const TEMPLATES: ReadonlyMap<string, ProviderTemplate> = new Map([
  ['openai', { displayName: 'OpenAI', baseUrl: 'https://api.openai.com/v1' }],
  ['anthropic', { displayName: 'Anthropic', baseUrl: 'https://api.anthropic.com/v1' }],
  ['google', { displayName: 'Google (Gemini)', baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai' }],
  ['xai', { baseUrl: 'https://api.x.ai/v1' }],
  ['mistral', { baseUrl: 'https://api.mistral.ai/v1' }],
  ['moonshot', { baseUrl: 'https://api.moonshot.ai/v1' }],
  ['deepseek', { baseUrl: 'https://api.deepseek.com' }],
  ['dashscope', { baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1' }],
  ['openrouter', { baseUrl: 'https://openrouter.ai/api/v1' }],
  // The base URL of ZIRI's own is a pattern, with a project and a model to fill in.
  ['vertex-ai', { displayName: 'Vertex AI (Google Cloud)' }],
])
