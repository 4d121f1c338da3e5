import { inSpan } from '../tracing/span.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import { type CallKind, kindOf } from './call-kind.ts'
import type { CallOutcome } from './call-record.ts'

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

export interface SpannedCall {
  readonly type: ProviderType
  /** At the vendor, without its query. */
  readonly path: string
  readonly model: string | null
}

/** Makes a call in a span of its own, by the names that OpenTelemetry has for calls of models. */
export function inCallSpan(
  { type, path, model }: SpannedCall,
  attempts: () => number,
  work: () => Promise<CallOutcome>,
): Promise<CallOutcome> {
  const kind = kindOf(path)
  const operation = OPERATIONS[kind] ?? kind.toLowerCase()
  const name = model?.slice(0, MAX_MODEL)
  const attributes = {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': VENDORS[type],
    ...(name === undefined ? {} : { 'gen_ai.request.model': name }),
  }
  return inSpan(name === undefined ? operation : `${operation} ${name}`, { kind: 'client', attributes }, async (span) => {
    const outcome = await work()
    span.setAttributes({ 'gateway.call.outcome': outcome, 'gateway.call.attempts': attempts() })
    if (outcome !== 'OK') span.setAttribute('error.type', outcome)
    return outcome
  })
}
