import type { Secret } from '../crypto/secret.ts'
import type { ValidationIssue } from '../errors.ts'
import { looksMasked } from './mask.ts'

/**
 * Finds keys that were pasted with something around them, or that are no keys: for people who type or paste. What a program
 * sends is what it means, so the dialects do not ask.
 */
export function checkPastedKey(key: Secret | undefined, path: readonly string[]): ValidationIssue[] {
  // A mask is told as what it is, by the rules for every key.
  const message = key === undefined || looksMasked(key.reveal()) ? null : pastedKeyProblem(key.reveal().trim())
  return message === null ? [] : [{ path, rule: 'API_KEY_CHARACTERS', message }]
}

/** What people paste instead of a key, and what to say then. The first that fits counts; none of them repeats the key. */
const PASTED: readonly (readonly [RegExp, string])[] = [
  [
    /"type"\s*:\s*"service_account"|"private_key(?:_id)?"\s*:|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
    "This is a Google service account's JSON file, which holds a private key, not an API key. Create an API key at https://aistudio.google.com/apikey.",
  ],
  [/^[{[]/, 'Give the key alone, without the JSON around it.'],
  [
    /^(?:export\s+|set\s+|\$env:)?\w*(?:key|token|secret|password)\s*=\s*["'\w]/i,
    'Give the key alone, without the name and the `=` before it.',
  ],
  [/^["'`“”‘’«]|["'`“”‘’»]$/, 'Give the key without the quotes around it.'],
  [/^(?:-H\s+)?[a-z][\w-]*\s*:\s+\S/i, 'Give the key alone, without the header name before it.'],
  [/^bearer\b[\s:]*/i, 'Give the key without `Bearer` before it.'],
  [/^(?:token|basic|apikey|api-key)\s+\S/i, 'Give the key alone, without the word before it.'],
  [/^(?:<.*>|\$\{.*\}|\$[A-Z][A-Z0-9_]*|\{\{.*\}\}|%[A-Z0-9_]+%|\[.*\])$/i, 'This is a placeholder. Give the key itself.'],
  [
    /^(?:(?:sk|pk|key)[-_])?(?:(?:paste|your|my|insert|enter|put|replace|change|add)[-_ ].*(?:key|token|secret|here|me)|(?:changeme|replaceme|placeholder|todo))(?:[-_ ]?here)?$/i,
    'This is a placeholder. Give the key itself.',
  ],
  [/^(?:(?:sk|pk|key)[-_])?(?:x{4,}|\.{3,}|…|\?{3,})$/i, 'This is a placeholder. Give the key itself.'],
]

function pastedKeyProblem(key: string): string | null {
  return PASTED.find(([pattern]) => pattern.test(key))?.[1] ?? null
}
