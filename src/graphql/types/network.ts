import type { NetworkConfig as Config } from '../../destination/stored-rows.ts'
import { readNetworkConfig, type StoredHeader, type ProxyConfig as StoredProxy } from '../../providers/network-config.ts'
import { builder } from '../builder.ts'
import { Provider } from './provider.ts'

export const ProxyType = builder.enumType('ProxyType', {
  values: {
    HTTP: { description: 'An HTTP proxy, asked for a tunnel with CONNECT.' },
    SOCKS5: { description: 'A SOCKS5 proxy.' },
    ENVIRONMENT: { description: "The proxy that the gateway's own environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`)." },
  } as const,
  description: 'The protocol of a proxy. Expect new values.',
})

const Header = builder.objectRef<StoredHeader>('Header').implement({
  description: 'An HTTP header that is sent with every request to the endpoint. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, as it was given.' }),
    value: t.string({
      resolve: (header) => ('value' in header ? header.value : header.masked),
      description:
        'Its value. One that looks like a credential, by the name or the value, is sealed like an API key: here is its mask, which means the stored value when it is sent back.',
    }),
    isSealed: t.boolean({
      resolve: (header) => 'masked' in header,
      description: 'Whether the value is sealed like an API key, and `value` is its mask.',
    }),
  }),
})

const ProxyConfig = builder.objectRef<StoredProxy>('ProxyConfig').implement({
  description: 'The proxy between the gateway and an upstream. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    type: t.expose('type', { type: ProxyType, description: 'Its protocol.' }),
    url: t.exposeString('url', { nullable: true, description: 'Where it is; `null` for the proxy of the environment.' }),
    username: t.exposeString('username', { nullable: true, description: 'The user name for it; `null` when it needs none.' }),
    hasPassword: t.exposeBoolean('hasPassword', { description: 'Whether a password is stored. It can be written, never read.' }),
  }),
})

const NetworkConfig = builder.objectRef<Config>('NetworkConfig').implement({
  description: 'How the gateway reaches the upstream. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    extraHeaders: t.field({
      type: [Header],
      resolve: ({ extraHeaders }) => extraHeaders,
      description: 'Headers that are sent with every request to the endpoint.',
    }),
    timeoutMs: t.exposeInt('timeoutMs', { description: 'The time for one request, in milliseconds. A connection test is cut at 10,000.' }),
    maxRetries: t.exposeInt('maxRetries', { description: 'How often a request is sent again after a 5xx answer or a reset connection.' }),
    retryBackoffInitialMs: t.exposeInt('retryBackoffInitialMs', {
      description: 'The pause before the first retry, in milliseconds; it doubles with each further one.',
    }),
    retryBackoffMaxMs: t.exposeInt('retryBackoffMaxMs', { description: 'The longest pause between two tries, in milliseconds.' }),
    insecureSkipVerify: t.exposeBoolean('insecureSkipVerify', {
      description: 'Whether to skip TLS verification. Anyone on the network path can then read the keys.',
    }),
    caCertificate: t.exposeString('caCertificate', {
      nullable: true,
      description: 'Custom CA certificates in PEM, besides the public ones; `null`: none.',
    }),
    allowPrivateNetwork: t.exposeBoolean('allowPrivateNetwork', {
      description: 'Whether the endpoint may be at a private address, if the operator allows that too.',
    }),
    proxy: t.field({
      type: ProxyConfig,
      nullable: true,
      resolve: ({ proxy }) => proxy,
      description: 'The proxy on the way; `null` for none.',
    }),
  }),
})

builder.prismaObjectField(Provider, 'network', (t) =>
  t.field({
    type: NetworkConfig,
    select: { network: true },
    resolve: ({ network }) => readNetworkConfig(network),
    description: 'How the gateway reaches the upstream: headers, timeouts, retries, TLS, proxy. The defaults when nothing was ever set.',
  }),
)
