import type { Secret } from '../crypto/secret.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import { isNamespace, NAMESPACE_RULE } from './extensions.ts'
import { type SealedExtension, sealedExtensionField, sealedExtensionOf } from './secret-binding.ts'

/** A text to seal for a program, in place of the one that is stored under its name; an empty one deletes it. */
export interface SealedExtensionInput extends SealedExtension {
  readonly value: Secret
}

const MAX_TEXTS = 20
const MAX_CHARACTERS = 65_536
const PATH = ['sealedExtensions']

/** The rules that need no knowledge of what is stored. */
export function checkSealedExtensions(inputs: readonly SealedExtensionInput[] = []): ValidationIssue[] {
  if (inputs.length > MAX_TEXTS) return [tooMany()]
  return inputs.flatMap((input, index) => checkOne(input, [...PATH, String(index)], inputs.slice(0, index)))
}

function checkOne(input: SealedExtensionInput, path: readonly string[], earlier: readonly SealedExtensionInput[]): ValidationIssue[] {
  const { namespace, value } = input
  const field = sealedExtensionField(input)
  const text = value.reveal()
  if (!isNamespace(namespace)) return [{ path: [...path, 'namespace'], rule: 'NOT_ALLOWED', message: NAMESPACE_RULE }]
  if (sealedExtensionOf(field) === null)
    return [{ path: [...path, 'name'], rule: 'NOT_ALLOWED', message: 'A name is 1 to 60 letters, digits and underscores.' }]
  if (earlier.some((other) => sealedExtensionField(other) === field))
    return [{ path, rule: 'NOT_ALLOWED', message: 'This text is given twice.' }]
  if (text.length <= MAX_CHARACTERS && text.isWellFormed()) return []
  return [{ path: [...path, 'value'], rule: 'OUT_OF_RANGE', message: `The text must be whole characters, at most ${MAX_CHARACTERS}.` }]
}

/**
 * The sealed texts that change, by field; null for one to delete.
 * @param stored The fields of the provider that are sealed.
 * @throws ValidationError when a provider would have too many.
 */
export function planSealedExtensions(
  inputs: readonly SealedExtensionInput[] = [],
  stored: Iterable<string> = [],
): ReadonlyMap<string, Secret | null> {
  const changes = new Map<string, Secret | null>(
    inputs.map((input) => [sealedExtensionField(input), input.value.reveal() === '' ? null : input.value] as const),
  )
  const kept = [...stored].filter((field) => sealedExtensionOf(field) !== null && !changes.has(field))
  const added = [...changes.values()].filter((value) => value !== null)
  if (kept.length + added.length > MAX_TEXTS) throw new ValidationError([tooMany()])
  return changes
}

function tooMany(): ValidationIssue {
  return { path: PATH, rule: 'OUT_OF_RANGE', message: `A provider has at most ${MAX_TEXTS} sealed texts of programs.` }
}
