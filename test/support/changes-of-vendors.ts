/** Changes that only some vendors' providers know: endpoints of Azure, regions and roles of AWS. */
import { base, type Kind, key, one, own, updating, VARIABLES, type Victim } from './change-parts.ts'
import { type Change, changed, type Own } from './destination-states.ts'

/** No host of AWS is in it: what is signed for it goes to the recorders, and roles cannot be assumed. */
export const REGION = 'zz-races-1'
const OTHER_REGION = VARIABLES.region.value
const ROLE = 'arn:aws:iam::123456789012:role/races'

/** The public half of an access key, as AWS writes it: a request shows it, and not the other half. */
export const accessKeyOf = ({ number }: Pick<Victim, 'number'>, tag: string) => `AKIA${String(number).padStart(8, '0')}${tag.toUpperCase()}`
export const pairOf = (victim: Pick<Victim, 'number'>, tag: string) => ({
  id: accessKeyOf(victim, tag),
  secret: `secret-of-${accessKeyOf(victim, tag)}`,
})

/** Nothing keeps what is stored. */
type Given = { readonly value: string } | { readonly environmentVariable: string } | null
const part = (name: string, credential: Given) => ({ name, ...(credential === null ? {} : { credential }) })
const keeping = ({ keyId }: Victim, credentialParts: readonly object[], more: object = {}) => ({
  apiKeys: [{ keep: { id: keyId, credentialParts, ...more } }],
})

/** The endpoint as a key of Bifrost's API has it: the mask keeps the value of the key. */
function azureEndpointInBifrost(endpoint: (...of: Parameters<typeof base>) => string): Parameters<typeof one>[1] {
  return (world, victim) => ({
    method: 'PUT',
    path: `/bifrost/api/providers/${victim.name}/keys/${victim.keyUuid}`,
    body: {
      value: maskOf(key(victim, 'first')),
      models: ['*'],
      weight: 1,
      azure_key_config: { endpoint: endpoint(world, victim) },
    },
  })
}
const maskOf = (value: string) => `${value.slice(0, 4)}${'*'.repeat(24)}${value.slice(-4)}`

export const OF_AZURE: Readonly<Record<string, Kind>> = {
  'an admin lets the endpoint of the key come from a variable': one(
    'admin',
    (_world, victim) => updating(victim, keeping(victim, [part('endpoint', { environmentVariable: VARIABLES.endpointOf(victim.number) })])),
    (victim) => ({ firstOwn: { ...own(victim), variable: VARIABLES.endpointOf(victim.number) } }),
  ),
  "an admin gives the key an endpoint of its own in Bifrost's API": one(
    'admin',
    azureEndpointInBifrost((world, victim) => base(world, victim, 'own')),
    (victim) => ({ firstOwn: own(victim) }),
  ),
  'the endpoint of the key is changed in the database': byHand(
    (world, victim) => `endpoint = '${base(world, victim, 'own')}'`,
    (before, victim) => ({ ...before, ...own(victim) }),
  ),
}

/** A column of the key's row. */
function byHand(assignment: (...of: Parameters<typeof base>) => string, ownOf: (before: Own, victim: Victim) => Own): Kind {
  return {
    who: 'hand',
    run: async (world, victim) => {
      await world.byHand(`UPDATE api_keys SET ${assignment(world, victim)} WHERE id = '${victim.keyUuid}'`)
      return true
    },
    passes: (state, victim) => [changed(state, 'hand', { firstOwn: (before) => ownOf(before, victim) })],
  }
}

/** An access key as a key of a provider, for a region and perhaps with a role. */
export function accessKeyParts(pair: { readonly id: string; readonly secret: string } | null, region: Given, role: string | null = null) {
  return [
    part('aws.accessKeyId', pair && { value: pair.id }),
    part('aws.secretAccessKey', pair && { value: pair.secret }),
    part('aws.region', region),
    ...(role === null ? [] : [part('aws.roleArn', { value: role })]),
  ]
}

const otherRegion = { value: OTHER_REGION }
const regionOfKey = (victim: Victim) => updating(victim, keeping(victim, accessKeyParts(null, otherRegion)))
const roleOfKey = (victim: Victim) => updating(victim, keeping(victim, accessKeyParts(null, { value: REGION }, ROLE)))

export const OF_BEDROCK_KEYS: Readonly<Record<string, Kind>> = {
  'an admin changes the region': one(
    'admin',
    (_world, victim) => regionOfKey(victim),
    () => ({ firstOwn: { region: OTHER_REGION } }),
  ),
  'an editor changes the region and keeps': one(
    'editor',
    (_world, victim) => regionOfKey(victim),
    () => ({ firstOwn: { region: OTHER_REGION } }),
  ),
  'an editor changes the region with the access key given again': one(
    'editor',
    (_world, victim, tag) => updating(victim, keeping(victim, accessKeyParts(pairOf(victim, tag), otherRegion))),
    (victim, tag) => ({ firstKey: accessKeyOf(victim, tag), firstOwn: { region: OTHER_REGION } }),
  ),
  'an admin lets the region come from a variable': one(
    'admin',
    (_world, victim) => updating(victim, keeping(victim, accessKeyParts(null, { environmentVariable: VARIABLES.region.name }))),
    () => ({ firstOwn: { region: OTHER_REGION, variable: VARIABLES.region.name } }),
  ),
  'an admin gives a role': one(
    'admin',
    (_world, victim) => roleOfKey(victim),
    () => ({ firstOwn: { region: REGION, role: ROLE } }),
  ),
  'an editor gives a role and keeps': one(
    'editor',
    (_world, victim) => roleOfKey(victim),
    () => ({ firstOwn: { region: REGION, role: ROLE } }),
  ),
  'the region of the key is changed in the database': byHand(
    () => `region = '${OTHER_REGION}'`,
    (before) => ({ ...before, region: OTHER_REGION }),
  ),
  'the role of the key is changed in the database': byHand(
    () => `role_arn = '${ROLE}'`,
    (before) => ({ ...before, role: ROLE }),
  ),
}

/** Settings replace the old ones; an access key that is left out stays. */
const settings = (victim: Victim, bedrock: object) => updating(victim, { settings: { bedrock } })
export const pairInSettings = ({ id, secret }: ReturnType<typeof pairOf>) => ({ accessKey: id, accessKeySecret: secret })
const toOtherRegion: Change = { region: OTHER_REGION, role: '' }
const toRole: Change = { region: REGION, role: ROLE }

export const OF_BEDROCK_SETTINGS: Readonly<Record<string, Kind>> = {
  'an admin changes the region': one(
    'admin',
    (_world, victim) => settings(victim, { region: OTHER_REGION }),
    () => toOtherRegion,
  ),
  "an admin changes the region in Coder's API": one(
    'admin',
    (_world, { name }) => ({
      method: 'PATCH',
      path: `/api/v2/ai/providers/${name}`,
      body: { settings: { _type: 'bedrock', _version: 1, region: OTHER_REGION } },
    }),
    () => toOtherRegion,
  ),
  'an editor changes the region and keeps': one(
    'editor',
    (_world, victim) => settings(victim, { region: OTHER_REGION }),
    () => toOtherRegion,
  ),
  'an editor changes the region with the access key given again': one(
    'editor',
    (_world, victim, tag) => settings(victim, { region: OTHER_REGION, ...pairInSettings(pairOf(victim, tag)) }),
    (victim, tag) => ({ ...toOtherRegion, firstKey: accessKeyOf(victim, tag) }),
  ),
  'an admin gives another access key': one(
    'admin',
    (_world, victim, tag) => settings(victim, { region: REGION, ...pairInSettings(pairOf(victim, tag)) }),
    (victim, tag) => ({ region: REGION, role: '', firstKey: accessKeyOf(victim, tag) }),
  ),
  'an admin gives a role': one(
    'admin',
    (_world, victim) => settings(victim, { region: REGION, roleArn: ROLE }),
    () => toRole,
  ),
  'an editor gives a role and keeps': one(
    'editor',
    (_world, victim) => settings(victim, { region: REGION, roleArn: ROLE }),
    () => toRole,
  ),
}
