import type { ProviderTemplate } from '../../auth/caller-rules.ts'

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
])
