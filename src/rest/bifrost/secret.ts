import { z } from 'zod'
import { isMask } from './mask.ts'

/** What a client gave for a secret (Bifrost contract, sections 2.3 and 3.3). */
export type GivenSecret =
  | { readonly kind: 'empty' }
  | { readonly kind: 'plain'; readonly value: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** A reference that this gateway cannot follow. */
  | { readonly kind: 'vault' }
  /** Means the stored value. */
  | { readonly kind: 'mask' }

const EMPTY: GivenSecret = { kind: 'empty' }

/** What the objects of both profiles have. One that has nothing else and names no secret is not its own text. */
const MEMBERS: ReadonlySet<string> = new Set(['value', 'ref', 'type', 'env_var', 'from_env'])

/** A secret going in: a text, an object of either profile, or any other object, which stands for its own JSON text. */
export const secretRequest = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .nullish()
  .meta({
    description: 'A text, `env.NAME`, `{value, ref, type}` or `{value, env_var, from_env}`. The mask that was shown keeps the stored one.',
  })

/** A text that is no secret, going in: as itself, or in the object that some releases wrote it in. A reference cannot be followed there. */
export const openText = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).transform((given, context) => {
    const text = unwrapText(given)
    if (text !== null) return text
    context.addIssue({ code: 'custom', message: 'not a text' })
    return z.NEVER
  }),
])

/** The text in an object of either profile; null for any other object, and for a reference. */
export function unwrapText(given: Readonly<Record<string, unknown>>): string | null {
  const { kind } = readSecret(given)
  return typeof given.value === 'string' && kind !== 'variable' && kind !== 'vault' ? given.value : null
}

/** A secret coming out, in the shape of profile B: always masked. */
export const secret = z
  .strictObject({
    value: z.string().meta({ description: 'The mask, never the value; empty when it is not stored here.' }),
    ref: z.string().exactOptional().meta({ description: 'Where the value is, e.g. `env.OPENAI_API_KEY`.' }),
    type: z.enum(['plain_text', 'env']),
  })
  .meta({ description: 'A masked secret.' })

type SecretRequest = z.output<typeof secretRequest>
export type SecretBody = z.output<typeof secret>

/** Reads a secret in all shapes that both profiles send. */
export function readSecret(given: SecretRequest): GivenSecret {
  if (given === undefined || given === null) return EMPTY
  if (typeof given === 'string') return readText(given)
  const { value, ref, type, env_var: variable, from_env: isVariable } = given
  if (isVariable === true && typeof variable === 'string' && variable !== '') return readReference(variable)
  if (typeof ref === 'string' && ref !== '' && (type === 'env' || type === 'vault')) return readReference(ref)
  if (typeof value === 'string') return readText(value)
  if (value === null || Object.keys(given).every((member) => MEMBERS.has(member))) return EMPTY
  // The key of a service account is an object itself, and clients send it so.
  return { kind: 'plain', value: JSON.stringify(given) }
}

function readText(text: string): GivenSecret {
  if (text === '') return EMPTY
  if (text.startsWith('env.') || text.startsWith('vault.')) return readReference(text)
  return isMask(text) ? { kind: 'mask' } : { kind: 'plain', value: text }
}

function readReference(reference: string): GivenSecret {
  return reference.startsWith('vault.') ? { kind: 'vault' } : { kind: 'variable', name: reference.replace(/^env\./, '') }
}

/** A secret as it is shown. */
export function toSecretBody(masked: string, variable: string | null): SecretBody {
  return variable === null ? { value: masked, type: 'plain_text' } : { value: masked, ref: `env.${variable}`, type: 'env' }
}
