import type { NewApiKeyInput } from '../../generated/bifrost-documents.ts'
import { keyProblem } from './check-key.ts'
import { type KeyParts, readParts, variablesOf } from './key-parts.ts'
import { idOf, toNewKey } from './to-key-input.ts'
import type { KeyRequest } from './wire-key.ts'
import type { AddProviderRequest } from './wire-provider.ts'

/** The keys that come with a new provider. */
export interface NewKeys {
  readonly inputs: NewApiKeyInput[]
  /** What the words of a problem with them depend on. */
  readonly asked: { readonly variables: readonly string[]; readonly keyParts: readonly (readonly string[])[] }
  /** Whether a part of one has no form of its own; then nothing is created. */
  readonly isMalformed: boolean
  /** The first rule that one of them breaks, in Bifrost's words; null when none does. */
  readonly problem: string | null
}

/** Reads them by the same rules as those that come one by one. */
export function readNewKeys(name: string, { keys, custom_provider_config: custom }: AddProviderRequest): NewKeys {
  const read = (keys ?? []).map((request) => ({ request, parts: readParts(request) }))
  const base = custom?.base_provider_type || name
  const problems = custom?.is_key_less && read.length > 0 ? ['Cannot add keys to a keyless provider'] : read.flatMap(problemsOf(base))
  return {
    inputs: read.map(({ request, parts }) => toNewKey(request, parts, idOf(request))),
    asked: {
      variables: read.flatMap(({ request, parts }) => variablesOf(request, parts)),
      keyParts: read.map(({ parts }) => parts.secrets.map(({ path }) => path)),
    },
    isMalformed: read.some(({ parts }) => parts.malformed !== null),
    problem: problems[0] ?? null,
  }
}

function problemsOf(base: string) {
  return ({ request, parts }: { readonly request: KeyRequest; readonly parts: KeyParts }) => keyProblem(request, parts, base, null) ?? []
}
