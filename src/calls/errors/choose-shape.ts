import type { IncomingHttpHeaders } from 'node:http'
import type { ProviderType } from '../../upstream/vendors/provider-type.ts'
import { anthropicErrors } from './anthropic.ts'
import { awsErrors } from './aws.ts'
import { googleErrors } from './google.ts'
import { openaiErrors } from './openai.ts'
import type { ErrorShape } from './shape.ts'

const ANTHROPIC_PATH = /\/messages(?:\/count_tokens)?$/
const OPENAI_MODE = /\/openai(?:\/|$)/
const GOOGLE_PATH = /^\/(?:v\d+[a-z0-9]*\/)?(?:projects\/.*)?(?:publishers\/.*)?models\/[^/]+:[A-Za-z]+$/
const AWS_PATH = /\/model\/[^/]+\/(?:converse|invoke|count-tokens)[a-z-]*$/

/** The shape that the SDK which sent the call reads, by what the caller shows alone: a stranger learns nothing of the provider's type. */
export function shapeByPath(path: string, headers: IncomingHttpHeaders): ErrorShape {
  if (ANTHROPIC_PATH.test(path) || headers['anthropic-version'] !== undefined) return anthropicErrors
  if (AWS_PATH.test(path)) return awsErrors
  if (GOOGLE_PATH.test(path) || (headers['x-goog-api-key'] !== undefined && !OPENAI_MODE.test(path))) return googleErrors
  return openaiErrors
}

/** The shape for a caller who may know the type of the provider. */
export function shapeByType(type: ProviderType, path: string): ErrorShape {
  if (ANTHROPIC_PATH.test(path)) return anthropicErrors
  if (OPENAI_MODE.test(path)) return openaiErrors
  switch (type) {
    case 'GOOGLE':
      return googleErrors
    case 'BEDROCK':
      return awsErrors
    case 'ANTHROPIC':
      return path.endsWith('/chat/completions') ? openaiErrors : anthropicErrors
    default:
      return openaiErrors
  }
}
