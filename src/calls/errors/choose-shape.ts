import type { IncomingHttpHeaders } from 'node:http'
import type { ProviderForCall } from '../provider-for-call.ts'
import { anthropicErrors } from './anthropic.ts'
import { awsErrors } from './aws.ts'
import { googleErrors } from './google.ts'
import { flatErrors, numberedErrors, plainErrors } from './native.ts'
import { openaiErrors } from './openai.ts'
import type { ErrorShape } from './shape.ts'

const ANTHROPIC_PATH = /\/messages(?:\/count_tokens)?$/
const OPENAI_MODE = /\/openai(?:\/|$)/
const GOOGLE_PATH = /^\/(?:v\d+[a-z0-9]*\/)?(?:projects\/.*)?(?:publishers\/.*)?models\/[^/]+:[A-Za-z]+$/
const AWS_PATH = /\/model\/[^/]+\/(?:converse|invoke|count-tokens)[a-z-]*$/
/** Paths of OpenAI's API name a version, AWS's do not. */
const VERSIONED_PATH = /\/v\d+\//
/** Ollama's own API and AssemblyAI's. */
const PLAIN_PATH = /^\/(?:api\/[a-z]+$|v2\/upload$|v2\/transcript(?:\/|$)|lemur\/v3\/)/
const COHERE_PATH = /^\/v[12]\/(?:chat|embed|rerank|classify|tokenize|detokenize)$/
/** Vendors of OpenAI's format whose own clients read something else. */
const BY_PRESET: ReadonlyMap<string, ErrorShape> = new Map([
  ['cohere', flatErrors],
  ['mistral', flatErrors],
  ['perplexity', numberedErrors],
])

/** The shape that the SDK which sent the call reads, by what the caller shows alone: a stranger learns nothing of the provider's type. */
export function shapeByPath(path: string, headers: IncomingHttpHeaders): ErrorShape {
  if (ANTHROPIC_PATH.test(path) || headers['anthropic-version'] !== undefined) return anthropicErrors
  if (AWS_PATH.test(path)) return awsErrors
  if (GOOGLE_PATH.test(path) || (headers['x-goog-api-key'] !== undefined && !OPENAI_MODE.test(path))) return googleErrors
  return nativeShape(path)
}

/** The shape for a caller who may know the provider. */
export function shapeByType({ type, preset, endpoint }: Pick<ProviderForCall, 'type' | 'preset' | 'endpoint'>, rest: string): ErrorShape {
  // The base URL says too which API it is: `…/openai` is Google's OpenAI mode.
  const path = `${endpoint?.path ?? ''}${rest}`
  if (ANTHROPIC_PATH.test(path)) return anthropicErrors
  if (OPENAI_MODE.test(path)) return openaiErrors
  switch (type) {
    case 'GOOGLE':
      return googleErrors
    case 'BEDROCK':
      return VERSIONED_PATH.test(path) && !AWS_PATH.test(path) ? openaiErrors : awsErrors
    case 'ANTHROPIC':
      return path.endsWith('/chat/completions') ? openaiErrors : anthropicErrors
    case 'OPENAI_COMPAT':
      return BY_PRESET.get(preset?.name ?? '') ?? nativeShape(rest)
    default:
      return openaiErrors
  }
}

function nativeShape(path: string): ErrorShape {
  if (PLAIN_PATH.test(path)) return plainErrors
  return COHERE_PATH.test(path) ? flatErrors : openaiErrors
}
