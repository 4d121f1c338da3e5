import { readUrl } from '../../read-url.ts'
import { bareHostname } from '../client/target.ts'

/** How a vendor's key is tried. */
export type PresetProbe =
  /** `GET {base}/models`, as OpenAI has it. */
  | { readonly kind: 'models' }
  /**
   * A free route that needs a key; `path` is from the root of the vendor's host and begins with no slash, `expect` names a field of a good answer
   * (`models`: a list of models; empty: the answer is an array).
   */
  | ({ readonly kind: 'account'; readonly path: string; readonly expect: string } & AccountDetails)
  /** A free route on another host of the same vendor, which is asked only when the base URL is the vendor's own. */
  | { readonly kind: 'elsewhere'; readonly url: string; readonly expect: string }
  /** No free route needs a key: nothing can be said of it, but the public list is shown. */
  | { readonly kind: 'unverifiable' }

interface AccountDetails {
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/** The header that carries the key. */
export type PresetAuthentication = 'bearer' | 'token' | 'raw' | 'xi-api-key'

/** A vendor whose API is OpenAI-like, or is at least reached by one key. */
export interface VendorPreset {
  readonly displayName: string
  readonly keyPageUrl: string | null
  /** Lower case; a provider of this name that comes without a base URL gets the default one. */
  readonly name: string
  /** Where this vendor's API is, or where its server listens when installed with its defaults. */
  readonly defaultBaseUrl: string
  /** The vendor's own hosts; empty for software that people run themselves. */
  readonly hosts: readonly string[]
  readonly needsKey: boolean
  readonly authentication: PresetAuthentication
  readonly probe: PresetProbe
}

type Details = Partial<Pick<VendorPreset, 'hosts' | 'needsKey' | 'authentication' | 'probe'>>

function preset(name: string, displayName: string, defaultBaseUrl: string, keyPageUrl: string | null, details: Details = {}): VendorPreset {
  const hosts = keyPageUrl === null ? [] : [new URL(defaultBaseUrl).hostname]
  const rest = { hosts, needsKey: keyPageUrl !== null, authentication: 'bearer', probe: { kind: 'models' } } as const
  return { name, displayName, defaultBaseUrl, keyPageUrl, ...rest, ...details }
}

const account = (path: string, expect: string, { query = {}, headers = {} }: Partial<AccountDetails> = {}): PresetProbe => ({
  kind: 'account',
  path,
  query,
  expect,
  headers,
})

/** Every vendor that the gateway knows by name, in the order of the alphabet. */
export const VENDOR_PRESETS: readonly VendorPreset[] = [
  preset('ai21', 'AI21', 'https://api.ai21.com/studio/v1', 'https://studio.ai21.com/account/api-key', {
    probe: account('studio/v1/library/files', ''),
  }),
  preset('assemblyai', 'AssemblyAI', 'https://api.assemblyai.com', 'https://www.assemblyai.com/app/api-keys', {
    authentication: 'raw',
    probe: account('v2/transcript', 'transcripts', { query: { limit: '1' } }),
  }),
  preset('cerebras', 'Cerebras', 'https://api.cerebras.ai/v1', 'https://cloud.cerebras.ai'),
  preset('cloudflare', 'Cloudflare', 'https://api.cloudflare.com/client/v4', 'https://dash.cloudflare.com/profile/api-tokens', {
    probe: account('client/v4/user/tokens/verify', 'result'),
  }),
  preset('cohere', 'Cohere', 'https://api.cohere.com', 'https://dashboard.cohere.com/api-keys', {
    hosts: ['api.cohere.com', 'api.cohere.ai'],
    probe: account('v1/models', 'models', { query: { page_size: '1000' } }),
  }),
  preset('dashscope', 'DashScope', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'https://bailian.console.alibabacloud.com', {
    hosts: ['dashscope-intl.aliyuncs.com', 'dashscope.aliyuncs.com', 'dashscope-us.aliyuncs.com'],
  }),
  preset('deepgram', 'Deepgram', 'https://api.deepgram.com', 'https://console.deepgram.com', {
    authentication: 'token',
    probe: account('v1/projects', 'projects'),
  }),
  preset('deepinfra', 'DeepInfra', 'https://api.deepinfra.com/v1/openai', 'https://deepinfra.com/dash/api_keys'),
  preset('deepseek', 'DeepSeek', 'https://api.deepseek.com', 'https://platform.deepseek.com/api_keys'),
  preset('elevenlabs', 'ElevenLabs', 'https://api.elevenlabs.io', 'https://elevenlabs.io/app/settings/api-keys', {
    authentication: 'xi-api-key',
    probe: account('v1/user', 'subscription'),
  }),
  preset('fireworks', 'Fireworks', 'https://api.fireworks.ai/inference/v1', 'https://app.fireworks.ai/settings/users/api-keys'),
  preset('groq', 'Groq', 'https://api.groq.com/openai/v1', 'https://console.groq.com/keys'),
  preset('huggingface', 'Hugging Face', 'https://router.huggingface.co/v1', 'https://huggingface.co/settings/tokens', {
    probe: { kind: 'elsewhere', url: 'https://huggingface.co/api/whoami-v2', expect: 'name' },
  }),
  preset('jina', 'Jina', 'https://api.jina.ai/v1', 'https://jina.ai/api-dashboard', { probe: { kind: 'unverifiable' } }),
  preset('lmstudio', 'LM Studio', 'http://localhost:1234/v1', null),
  preset('minimax', 'MiniMax', 'https://api.minimax.io/v1', 'https://platform.minimax.io/user-center/basic-information/interface-key', {
    probe: account('v1/files/list', 'files', { query: { purpose: 'voice_clone' } }),
  }),
  preset('mistral', 'Mistral', 'https://api.mistral.ai/v1', 'https://console.mistral.ai/api-keys'),
  preset('moonshot', 'Moonshot', 'https://api.moonshot.ai/v1', 'https://platform.moonshot.ai/console/api-keys', {
    hosts: ['api.moonshot.ai', 'api.moonshot.cn'],
  }),
  preset('nebius', 'Nebius', 'https://api.tokenfactory.nebius.com/v1', 'https://tokenfactory.nebius.com', {
    hosts: ['api.tokenfactory.nebius.com', 'api.studio.nebius.ai', 'api.studio.nebius.com'],
  }),
  preset('nvidia', 'NVIDIA', 'https://integrate.api.nvidia.com/v1', 'https://build.nvidia.com/settings/api-keys', {
    probe: { kind: 'elsewhere', url: 'https://api.nvcf.nvidia.com/v2/nvcf/functions', expect: 'functions' },
  }),
  preset('ollama', 'Ollama', 'http://localhost:11434', null, { probe: account('api/tags', 'models') }),
  preset('ollama-cloud', 'Ollama Cloud', 'https://ollama.com', 'https://ollama.com/settings/keys', { probe: { kind: 'unverifiable' } }),
  preset('parasail', 'Parasail', 'https://api.parasail.io/v1', 'https://www.saas.parasail.io/keys'),
  preset('perplexity', 'Perplexity', 'https://api.perplexity.ai', 'https://www.perplexity.ai/settings/api', {
    probe: { kind: 'unverifiable' },
  }),
  preset('replicate', 'Replicate', 'https://api.replicate.com/v1', 'https://replicate.com/account/api-tokens', {
    probe: account('v1/account', 'username'),
  }),
  preset('runway', 'Runway', 'https://api.dev.runwayml.com/v1', 'https://dev.runwayml.com', {
    probe: account('v1/organization', 'tier', { headers: { 'x-runway-version': '2024-11-06' } }),
  }),
  preset('sambanova', 'SambaNova', 'https://api.sambanova.ai/v1', 'https://cloud.sambanova.ai/apis', { probe: { kind: 'unverifiable' } }),
  preset('sarvam', 'Sarvam', 'https://api.sarvam.ai/v1', 'https://dashboard.sarvam.ai', { probe: { kind: 'unverifiable' } }),
  preset('sgl', 'SGLang', 'http://localhost:30000/v1', null),
  preset('together', 'Together', 'https://api.together.xyz/v1', 'https://api.together.ai/settings/api-keys', {
    hosts: ['api.together.xyz', 'api.together.ai'],
  }),
  preset('vllm', 'vLLM', 'http://localhost:8000/v1', null),
  preset('voyage', 'Voyage', 'https://api.voyageai.com/v1', 'https://dashboard.voyageai.com/organization/api-keys', {
    probe: account('v1/files', 'data'),
  }),
  preset('xai', 'xAI', 'https://api.x.ai/v1', 'https://console.x.ai'),
  preset('zai', 'Z.ai', 'https://api.z.ai/api/paas/v4', 'https://z.ai/manage-apikey/apikey-list'),
]

/** The preset of this name, in any letter case; null for an unknown vendor. */
export function presetByName(name: string): VendorPreset | null {
  return VENDOR_PRESETS.find((candidate) => candidate.name === name.toLowerCase()) ?? null
}

/** The preset whose own host a base URL names; null for all other hosts and for text that is no URL. */
export function presetByHost(baseUrl: string): VendorPreset | null {
  const url = readUrl(baseUrl)
  if (url === null) return null
  const hostname = bareHostname(url.hostname)
  return VENDOR_PRESETS.find((candidate) => candidate.hosts.includes(hostname)) ?? null
}
