import { type DialectSettings, type DialectSettingsInput as Input, readDialectSettings } from '../../providers/dialect-settings.ts'
import { builder } from '../builder.ts'
import { Provider } from './provider.ts'

const DialectSettingsType = builder.objectRef<DialectSettings>('DialectSettings').implement({
  description: 'What REST dialects keep with a provider that means nothing to the gateway itself. No secrets.',
  fields: (t) => ({
    bifrost: t.field({
      type: 'JSON',
      nullable: true,
      resolve: ({ bifrost }) => bifrost,
      description:
        "What only Bifrost's data plane uses, in the words of its API: `concurrency_and_buffer_size`, `custom_provider_config`, `openai_config`, the numbers of `network_config` and others; `null` when it keeps nothing.",
    }),
    ziri: t.field({
      type: 'JSON',
      nullable: true,
      resolve: ({ ziri }) => ziri,
      description: "ZIRI's other metadata; `null` when there is none.",
    }),
  }),
})

export const DialectSettingsInput = builder.inputType('DialectSettingsInput', {
  description:
    'What REST dialects keep with a provider. A dialect left out keeps what it has; in an object given, each property replaces the stored one of its name, and `null` deletes it.',
  fields: (t) => ({
    bifrost: t.field({
      type: 'JSON',
      description: "Bifrost's: an object with the properties of its API that `DialectSettings.bifrost` names.",
    }),
    ziri: t.field({ type: 'JSON', description: "ZIRI's other metadata: an object." }),
    respanExtraKwargs: t.field({
      type: 'Secret',
      description:
        "Respan's `extra_kwargs`: an object as JSON text. Replaced as a whole, sealed like a key and never shown; empty deletes it.",
    }),
  }),
})

builder.prismaObjectField(Provider, 'dialectSettings', (t) =>
  t.field({
    type: DialectSettingsType,
    select: { extensions: true },
    resolve: ({ extensions }) => readDialectSettings(extensions),
    description: 'What REST dialects keep with it that means nothing to the gateway itself.',
  }),
)

/** Turns the input into what commands take. */
export function toDialectSettings(input: typeof DialectSettingsInput.$inferInput | null | undefined): Input | undefined {
  if (!input) return undefined
  return { bifrost: input.bifrost ?? undefined, ziri: input.ziri ?? undefined, respanExtraKwargs: input.respanExtraKwargs ?? undefined }
}
