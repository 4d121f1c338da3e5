import { readExtensions } from '../../api-keys/extensions.ts'
import type { ExtensionFields } from '../../providers/provider-input.ts'
import { builder } from '../builder.ts'
import { given } from './given.ts'
import { Provider } from './provider.ts'

export const EXTENSIONS =
  'What programs keep with it: an object by namespace (2 to 20 lowercase letters). In a namespace given, each property replaces the stored one of its name, and `null` deletes it; each at most 64 KiB. No secrets: everyone who reads sees it.'
export const SEALED_EXTENSIONS =
  'Texts that programs keep sealed with it, at most 20. Those that are not named stay. They can be written, never read.'

export const SealedExtensionInput = builder.inputType('SealedExtensionInput', {
  description: 'A text to keep sealed for a program. It replaces the stored one with the same name.',
  fields: (t) => ({
    namespace: t.string({ required: true, description: 'Of the program: 2 to 20 lowercase letters.' }),
    name: t.string({ required: true, description: "The program's name for it: 1 to 60 letters, digits and underscores." }),
    value: t.field({ type: 'Secret', required: true, description: 'The text, at most 65,536 characters; an empty one deletes it.' }),
  }),
})

builder.prismaObjectField(Provider, 'extensions', (t) =>
  t.field({
    type: 'JSON',
    select: { extensions: true },
    resolve: ({ extensions }) => readExtensions(extensions),
    description: 'Data that programs keep with it, by namespace; the gateway does not interpret it. No secrets.',
  }),
)

/** What programs keep, as commands take it. */
export function toExtensions({
  extensions,
  sealedExtensions,
}: {
  readonly extensions?: unknown
  readonly sealedExtensions?: readonly (typeof SealedExtensionInput.$inferInput)[] | null | undefined
}): ExtensionFields {
  return { extensions: given(extensions), sealedExtensions: given(sealedExtensions) }
}
