import type { BifrostKeyFieldsFragment } from '../../generated/bifrost-documents.ts'
import { shortAliases } from './aliases.ts'
import { maskFromOurs } from './mask.ts'
import { type SecretBody, toSecretBody } from './secret.ts'
import { readStoredKey, type StoredKey } from './stored-key.ts'
import { toStatus } from './to-response.ts'
import { CONFIG_NAMES, VENDOR_CONFIGS, type VendorConfig } from './vendor-configs.ts'
import { type DatabaseKeyBody, type KeyBody, key } from './wire-key.ts'

const NEVER = '0001-01-01T00:00:00Z'

const EVERY = '*'

/** A key as Bifrost's API shows it (Bifrost contract, section 2.6). */
export function toKeyBody(stored: BifrostKeyFieldsFragment): KeyBody {
  const own = readStoredKey(stored)
  const settings = own?.settings ?? {}
  const { status = 'unknown', ...description } = toStatus(stored.lastConnectionTest)
  // The configurations are checked against the shapes they are described with, and so is that they hold nothing else.
  return key.parse({
    id: stored.uuid,
    name: stored.name ?? '',
    value: toValue(stored),
    models: stored.models ?? [EVERY],
    blacklisted_models: stored.exceptModels ?? [],
    weight: stored.weight,
    ...(settings.aliases === undefined ? {} : { aliases: shortAliases(settings.aliases) }),
    ...(own === null ? {} : toConfigs(own)),
    enabled: stored.enabled,
    use_for_batch_api: settings.use_for_batch_api ?? false,
    use_anthropic_endpoints: settings.use_anthropic_endpoints ?? false,
    status,
    ...description,
  })
}

/** The same key in the shape of Bifrost's database (Bifrost contract, section 1.4). */
export function toDatabaseKey(stored: BifrostKeyFieldsFragment, provider: string): DatabaseKeyBody {
  const {
    id,
    name,
    value,
    enabled: _,
    use_for_batch_api: __,
    use_anthropic_endpoints: ___,
    status: ____,
    description: _____,
    ...rest
  } = toKeyBody(stored)
  const times = { created_at: NEVER, updated_at: NEVER }
  return { id: 0, name, provider_id: 0, provider, key_id: id, value, ...rest, ...times, config_hash: '', status: '' }
}

function toValue({ masked, environmentVariable, longMask }: BifrostKeyFieldsFragment): SecretBody {
  if (environmentVariable !== null) return toSecretBody('', environmentVariable)
  return toSecretBody(longMask ?? maskFromOurs(masked), null)
}

function toConfigs({ settings, secrets }: StoredKey): Record<string, unknown> {
  const configs = CONFIG_NAMES.flatMap((config) => {
    const plain = settings[config]
    if (plain === undefined) return []
    const given = secrets.filter(({ path }) => path.startsWith(`${config}.`))
    const shown = given.map(({ path, masked, environmentVariable }) => [
      path.slice(config.length + 1),
      toSecretBody(masked, environmentVariable),
    ])
    const order: readonly string[] = [...VENDOR_CONFIGS[config].secrets, ...VENDOR_CONFIGS[config].plain]
    const parts = [...shown, ...openParts(config, plain)].sort(
      ([one], [other]) => order.indexOf(String(one)) - order.indexOf(String(other)),
    )
    return [[config, Object.fromEntries(parts)] as const]
  })
  return Object.fromEntries(configs)
}

/** The parts that are no secrets. Older versions kept some of them here that have the form of secrets. */
function openParts(config: VendorConfig, settings: object): [string, unknown][] {
  const secrets: readonly string[] = VENDOR_CONFIGS[config].secrets
  return Object.entries(settings).map(([name, value]) => [name, secrets.includes(name) ? toSecretBody(String(value), null) : value])
}
