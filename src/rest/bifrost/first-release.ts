import { z } from 'zod'
import type { FirstReleaseReader } from '../../first-release.ts'
import { nameParts } from './credential-parts.ts'

/** What release 0.1.0 kept of keys and providers in Bifrost's words. */

/** Settings, and the path, mask or variable of each part of the credential. */
const firstKey = z.object({
  settings: z.looseObject({ models: z.array(z.string()).optional(), blacklisted_models: z.array(z.string()).optional() }),
  secrets: z.array(z.object({ path: z.string(), masked: z.string(), environmentVariable: z.string().nullable() })),
  maskedValue: z.string().nullable(),
})

const firstProvider = z.looseObject({
  custom_provider_config: z.looseObject({
    is_key_less: z.boolean().optional(),
    allowed_requests: z.record(z.string(), z.boolean()).optional(),
    request_path_overrides: z.record(z.string(), z.string()).optional(),
  }),
})

const EVERY = '*'

export const FIRST_RELEASE: FirstReleaseReader = {
  namespace: 'bifrost',
  readKey: (kept, sealed) => {
    const first = firstKey.safeParse(kept).data
    if (first === undefined) return null
    const { models = [], blacklisted_models: blocked = [], ...settings } = first.settings
    const located = first.secrets.map(({ path, environmentVariable }) => ({
      path,
      credential: environmentVariable === null ? { value: sealed.get(path) ?? '' } : { environmentVariable },
    }))
    const { parts, paths, shown } = nameParts(located)
    return {
      parts,
      models: models.length === 1 && models[0] === EVERY ? null : models,
      exceptModels: blocked.length === 0 ? null : blocked,
      kept: { settings, paths, ...(Object.keys(shown).length === 0 ? {} : { shown }) },
      maskedValue: first.maskedValue,
    }
  },
  readProvider: (kept) => {
    const custom = firstProvider.safeParse(kept).data?.custom_provider_config
    if (custom === undefined) return null
    const isRefused = custom.allowed_requests !== undefined && custom.allowed_requests.list_models !== true
    return {
      modelsPath: custom.request_path_overrides?.list_models || null,
      testAfterWrites: isRefused ? 'NEVER' : custom.is_key_less ? 'ALWAYS' : 'WITH_KEYS',
    }
  },
}
