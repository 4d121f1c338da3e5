import { CALL_ERRORS } from '../error-codes.ts'
import { openaiErrors } from './openai.ts'
import type { ErrorShape } from './shape.ts'

/** Mistral's and Cohere's clients read the top, where OpenAI's read `error`: both call these vendors. */
export const flatErrors: ErrorShape = {
  error: (content) => {
    const { code, message } = content
    return { body: { ...openaiErrors.error(content).body, object: 'error', message, type: CALL_ERRORS[code].openai, param: null, code } }
  },
  event: openaiErrors.event,
}

/** Perplexity's clients take a number alone for the code, so that ours is the type. */
export const numberedErrors: ErrorShape = {
  error: ({ code, message }) => ({ body: { error: { message, type: code, code: CALL_ERRORS[code].http } } }),
  event: openaiErrors.event,
}

/** Ollama's and AssemblyAI's clients show what `error` is as a text. */
export const plainErrors: ErrorShape = {
  error: ({ message }) => ({ body: { error: message } }),
  event: () => null,
}
