import { fromBifrostKey } from '../../api-keys/bifrost-key.ts'
import type { KeyConfigurationInput } from '../../api-keys/key-configuration.ts'
import { builder } from '../builder.ts'

const BifrostSecretInput = builder.inputType('BifrostSecretInput', {
  description: 'A secret part of a vendor configuration. With neither `value` nor `environmentVariable` the stored one stays.',
  fields: (t) => ({
    path: t.string({ required: true, description: 'Where it is, e.g. `azure_key_config.client_secret`.' }),
    value: t.field({ type: 'Secret', description: 'Its value. It is stored sealed.' }),
    environmentVariable: t.string({ description: 'Name of the environment variable of the gateway that holds it.' }),
  }),
})

export const BifrostKeyInput = builder.inputType('BifrostKeyInput', {
  description: 'What only Bifrost knows of a key. It replaces what is stored; secrets that are not listed are deleted.',
  fields: (t) => ({
    settings: t.field({
      type: 'JSON',
      required: true,
      description: "In the words of Bifrost's API: `models`, `blacklisted_models`, `aliases`, vendor configurations without their secrets.",
    }),
    secrets: t.field({ type: [BifrostSecretInput], description: 'The secret parts of the vendor configurations; none when omitted.' }),
  }),
})

/** Turns the input into what commands take. @throws ValidationError for what is no word of Bifrost's. */
export function toConfiguration(input: typeof BifrostKeyInput.$inferInput | null | undefined): KeyConfigurationInput | undefined {
  if (!input) return undefined
  const secrets = (input.secrets ?? []).map(({ path, value, environmentVariable }) => ({
    path,
    value: value ?? undefined,
    environmentVariable: environmentVariable ?? undefined,
  }))
  return fromBifrostKey({ settings: input.settings, secrets })
}
