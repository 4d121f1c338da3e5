import type { ProviderDefaultsInput } from '../../generated/ziri-documents.ts'

/** What ZIRI knows of vendors where its words differ from the gateway's own (ZIRI contract, section A4). */
const TEMPLATES: ReadonlyMap<string, ProviderDefaultsInput> = new Map([
  ['openai', { displayName: 'OpenAI', baseUrl: 'https://api.openai.com/v1' }],
  ['anthropic', { displayName: 'Anthropic', baseUrl: 'https://api.anthropic.com/v1' }],
  ['google', { displayName: 'Google (Gemini)', baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai' }],
  ['xai', { baseUrl: 'https://api.x.ai/v1' }],
  ['mistral', { baseUrl: 'https://api.mistral.ai/v1' }],
  ['moonshot', { baseUrl: 'https://api.moonshot.ai/v1' }],
  ['deepseek', { baseUrl: 'https://api.deepseek.com' }],
  ['dashscope', { baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1' }],
  ['openrouter', { baseUrl: 'https://openrouter.ai/api/v1' }],
])

/** The template of a name; the gateway's own defaults stand behind it. */
export function templateOf(name: string): ProviderDefaultsInput {
  return TEMPLATES.get(name) ?? {}
}
