import { randomUUID } from 'node:crypto'
import type {
  BifrostKeyFieldsFragment,
  CredentialInput,
  CredentialPartInput,
  KeepApiKeyInput,
  NewApiKeyInput,
} from '../../generated/bifrost-documents.ts'
import { nameParts } from './credential-parts.ts'
import type { KeyParts } from './key-parts.ts'
import { type GivenSecret, readSecret } from './secret.ts'
import { hiddenParts, type KeySettings, readStoredKey } from './stored-key.ts'
import { type KeyRequest, parseUuid } from './wire-key.ts'

/** The id that the client has chosen, or a new one. */
export function idOf({ id }: KeyRequest): string {
  return (id ? parseUuid(id) : null) ?? randomUUID()
}

/** A new key; what is left out gets Bifrost's defaults (Bifrost contract, section 2.6). */
export function toNewKey(request: KeyRequest, parts: KeyParts, uuid: string): NewApiKeyInput {
  const value = readSecret(request.value)
  return {
    uuid,
    ...toCredential(value),
    name: request.name || null,
    enabled: request.enabled ?? true,
    weight: request.weight ?? 0,
    ...toConfiguration(request, parts, {}),
  }
}

/**
 * A PUT replaces the whole key, but a mask keeps what it stands for (Bifrost contract, section 3.4), and a name or `enabled` that
 * is left out stays, as does what no answer shows. A name that does not change is not sent: whether it is unique was asked when it was given.
 */
export function toKeptKey(request: KeyRequest, parts: KeyParts, stored: BifrostKeyFieldsFragment): KeepApiKeyInput {
  const value = readSecret(request.value)
  const { replicate_key_config: replicate } = readStoredKey(stored)?.settings ?? {}
  const isSameVariable = value.kind === 'variable' && value.name === stored.environmentVariable
  const hadValue = stored.masked !== '' || stored.environmentVariable !== null
  // The one block that a PUT without it keeps (Bifrost contract, section 3.4).
  const settings = request.replicate_key_config || !replicate ? {} : { replicate_key_config: replicate }
  const { credentialParts, ...configuration } = toConfiguration(request, parts, settings)
  const hidden = hiddenParts(stored).filter((hiddenName) => !credentialParts.some(({ name }) => name === hiddenName))
  return {
    id: stored.id,
    ...(isSameVariable ? {} : toCredential(value)),
    ...(value.kind === 'empty' && hadValue ? { credential: { value: '' } } : {}),
    ...(request.name == null || request.name === (stored.name ?? '') ? {} : { name: request.name }),
    ...(request.enabled == null ? {} : { enabled: request.enabled }),
    weight: request.weight ?? 0,
    ...configuration,
    credentialParts: [...credentialParts, ...hidden.map((name) => ({ name }))],
  }
}

/** Nothing of a secret that is left out, or is the mask of what is stored. */
function toCredential(secret: GivenSecret): { readonly credential?: CredentialInput } {
  if (secret.kind === 'plain') return { credential: { value: secret.value } }
  return secret.kind === 'variable' ? { credential: { environmentVariable: secret.name } } : {}
}

/** All settings of a key in Bifrost's words: what is secret of them is not here. */
export function settingsOf(request: KeyRequest, { plain }: KeyParts, kept: KeySettings = {}) {
  return {
    models: request.models ?? [],
    blacklisted_models: request.blacklisted_models ?? [],
    use_for_batch_api: request.use_for_batch_api ?? false,
    use_anthropic_endpoints: request.use_anthropic_endpoints ?? false,
    ...(Object.keys(request.aliases ?? {}).length > 0 ? { aliases: request.aliases } : {}),
    ...kept,
    ...plain,
  }
}

function toConfiguration(
  request: KeyRequest,
  given: KeyParts,
  kept: KeySettings,
): Pick<NewApiKeyInput, 'models' | 'exceptModels' | 'extensions'> & { readonly credentialParts: CredentialPartInput[] } {
  const { models, blacklisted_models: exceptModels, ...settings } = settingsOf(request, given, kept)
  const located = given.secrets.map(({ path, secret }) => ({
    path,
    ...toCredential(secret),
  }))
  const { parts, paths, shown } = nameParts(located)
  return {
    credentialParts: [...parts],
    ...{ models, exceptModels },
    extensions: { bifrost: { settings, paths, shown: Object.keys(shown).length === 0 ? null : shown } },
  }
}
