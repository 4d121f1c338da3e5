import type { Attributes } from '@opentelemetry/api'
import { inSpan, isTracing } from '../tracing/span.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import { type CallKind, kindOf } from './call-kind.ts'
import type { CallOutcome, CallProgress } from './call-record.ts'
import type { ProviderForCall } from './provider-for-call.ts'
import type { Relay } from './relay.ts'

/** OpenTelemetry's names of operations, where it has one. */
const OPERATIONS: Readonly<Partial<Record<CallKind, string>>> = {
  CHAT: 'chat',
  RESPONSES: 'chat',
  MESSAGES: 'chat',
  CONVERSE: 'chat',
  COMPLETIONS: 'text_completion',
  GENERATE_CONTENT: 'generate_content',
  EMBEDDINGS: 'embeddings',
}

/** OpenTelemetry's names of vendors, where it has one. */
const VENDORS: Readonly<Record<ProviderType, string>> = {
  ANTHROPIC: 'anthropic',
  AZURE: 'azure.ai.openai',
  BEDROCK: 'aws.bedrock',
  COPILOT: 'github.copilot',
  GOOGLE: 'gcp.gemini',
  OPENAI: 'openai',
  OPENAI_COMPAT: 'openai_compatible',
  OPENROUTER: 'openrouter',
  VERCEL: 'vercel',
}

/** A model's name is text of the caller. */
const MAX_MODEL = 200

/** OpenTelemetry's names of vendors that are reached as OpenAI-compatible ones, where they differ from ours. */
const PRESETS: Readonly<Record<string, string>> = { mistral: 'mistral_ai', xai: 'x_ai' }

export interface SpannedCall {
  readonly provider: Pick<ProviderForCall, 'type' | 'preset' | 'endpoint'>
  /** At the vendor, without its query. */
  readonly path: string
  readonly model: string | null
}

/** Makes a call in a span of its own, by the names that OpenTelemetry has for calls of models. */
export function inCallSpan(
  { provider, path, model }: SpannedCall,
  progress: Pick<CallProgress, 'attempts' | 'routeName'>,
  answer: Pick<Relay, 'usage' | 'answeredModel'>,
  work: () => Promise<CallOutcome>,
): Promise<CallOutcome> {
  if (!isTracing()) return work()
  const kind = kindOf(path)
  const operation = OPERATIONS[kind] ?? kind.toLowerCase()
  const name = model?.slice(0, MAX_MODEL)
  const attributes: Attributes = { 'gen_ai.operation.name': operation, 'gen_ai.provider.name': vendorOf(provider) }
  if (name !== undefined) attributes['gen_ai.request.model'] = name
  if (progress.routeName !== null) attributes['gateway.call.route'] = progress.routeName
  if (provider.endpoint !== null) {
    attributes['server.address'] = provider.endpoint.hostname
    attributes['server.port'] = provider.endpoint.port
  }
  return inSpan(name === undefined ? operation : `${operation} ${name}`, { kind: 'client', attributes }, async (span) => {
    const outcome = await work()
    span.setAttributes({ 'gateway.call.outcome': outcome, 'gateway.call.attempts': progress.attempts })
    const { usage } = answer.usage()
    const { answeredModel } = answer
    if (answeredModel !== null) span.setAttribute('gen_ai.response.model', answeredModel)
    if (usage !== null)
      span.setAttributes({ 'gen_ai.usage.input_tokens': usage.inputTokens, 'gen_ai.usage.output_tokens': usage.outputTokens })
    if (outcome !== 'OK') span.setAttribute('error.type', outcome)
    return outcome
  })
}

function vendorOf({ type, preset, endpoint }: SpannedCall['provider']): string {
  if (type === 'OPENAI_COMPAT' && preset !== null) return PRESETS[preset.name] ?? preset.name
  return type === 'GOOGLE' && endpoint?.hostname.endsWith('aiplatform.googleapis.com') === true ? 'gcp.vertex_ai' : VENDORS[type]
}
