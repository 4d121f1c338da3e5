/** Changes of keys' own endpoints and of the network, and of what callers may send along. */
import {
  type Kind,
  key,
  network,
  one,
  own,
  ownEndpoint,
  PROXY_USER,
  relay,
  replaced,
  secretOf,
  updating,
  VARIABLES,
} from './change-parts.ts'

export const OF_KEYS_AND_NETWORK: Readonly<Record<string, Kind>> = {
  'an admin gives the key an endpoint of its own': one(
    'admin',
    (world, victim) => updating(victim, { apiKeys: [{ keep: { id: victim.keyId, credentialParts: ownEndpoint(world, victim) } }] }),
    (victim) => ({ firstOwn: own(victim) }),
  ),
  'an editor gives the key an endpoint of its own and keeps it': one(
    'editor',
    (world, victim) => updating(victim, { apiKeys: [{ keep: { id: victim.keyId, credentialParts: ownEndpoint(world, victim) } }] }),
    (victim) => ({ firstOwn: own(victim) }),
  ),
  'an editor gives the key another value and an endpoint of its own': one(
    'editor',
    (world, victim, tag) => {
      const keep = { id: victim.keyId, credential: { value: key(victim, tag) }, credentialParts: ownEndpoint(world, victim) }
      const again = relay(victim, tag)
      return updating(victim, { apiKeys: [{ keep }], ...(again === undefined ? {} : { network: network(victim, { relay: again }) }) })
    },
    (victim, tag) => {
      const again = relay(victim, tag)
      const given = again === undefined ? {} : { ...replaced(victim), relay: again }
      return { firstKey: key(victim, tag), firstOwn: own(victim), ...given }
    },
  ),
  'an admin gives CA certificates': one(
    'admin',
    ({ caCertificate }, victim) => updating(victim, { network: network(victim, { ca: caCertificate }) }),
    (victim) => ({ ...replaced(victim), ca: 'given' }),
  ),
  'an editor gives CA certificates': one(
    'editor',
    ({ caCertificate }, victim) => updating(victim, { network: network(victim, { ca: caCertificate }) }),
    (victim) => ({ ...replaced(victim), ca: 'given' }),
  ),
  'an admin puts a proxy with a password in between': one(
    'admin',
    ({ origins }, victim, tag) =>
      updating(victim, { network: network(victim, { proxy: origins.proxy, password: secretOf('password', victim, tag) }) }),
    (victim, tag) => ({
      ...{ ...replaced(victim), isProxied: true, proxyUser: PROXY_USER },
      password: secretOf('password', victim, tag),
    }),
  ),
  'an admin skips the check of certificates': one(
    'admin',
    (_world, victim) => updating(victim, { network: network(victim, { isUnverified: true }) }),
    (victim) => ({ ...replaced(victim), isUnverified: true }),
  ),
  'an editor skips the check of certificates': one(
    'editor',
    (_world, victim) => updating(victim, { network: network(victim, { isUnverified: true }) }),
    (victim) => ({ ...replaced(victim), isUnverified: true }),
  ),
  'an admin lets callers steer': one(
    'admin',
    (_world, victim) => updating(victim, { callHeaders: ['X-Steers'] }),
    () => ({ callHeader: 'x-steers' }),
  ),
  'an editor lets callers steer': one(
    'editor',
    (_world, victim) => updating(victim, { callHeaders: ['X-Steers'] }),
    () => ({ callHeader: 'x-steers' }),
  ),
  'an admin lets the key come from a variable': one(
    'admin',
    (_world, victim) =>
      updating(victim, { apiKeys: [{ keep: { id: victim.keyId, credential: { environmentVariable: VARIABLES.key.name } } }] }),
    () => ({ firstKey: VARIABLES.key.value }),
  ),
}
