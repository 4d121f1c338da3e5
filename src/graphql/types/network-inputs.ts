import type { NetworkInput } from '../../providers/network-input.ts'
import { builder } from '../builder.ts'
import { ProxyType } from './network.ts'

const HeaderInput = builder.inputType('HeaderInput', {
  description: 'An HTTP header to send with every request to the endpoint.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name. Those that the HTTP client sets itself are refused.' }),
    value: t.field({
      type: 'Secret',
      required: true,
      description: 'Its value. For an authentication header, the mask that the gateway shows keeps the stored value.',
    }),
  }),
})

const ProxyConfigInput = builder.inputType('ProxyConfigInput', {
  description: 'A proxy to use.',
  fields: (t) => ({
    type: t.field({ type: ProxyType, required: true, description: 'Its protocol.' }),
    url: t.string({
      description: 'Where it is, e.g. `http://proxy.example.com:3128` or `socks5://proxy.example.com:1080`; none for ENVIRONMENT.',
    }),
    username: t.string({ description: 'The user name for it.' }),
    password: t.field({
      type: 'Secret',
      description: 'Its password. The stored one stays when this is left out; an empty one deletes it.',
    }),
  }),
})

const KeepableNetworkField = builder.enumType('KeepableNetworkField', {
  description: 'A field of the network configuration whose stored text can stay.',
  values: {
    CA_CERTIFICATE: { description: 'Custom CA certificates.' },
    PROXY_URL: { description: 'Where the proxy is.' },
    PROXY_USERNAME: { description: 'The user name for the proxy.' },
  } as const,
})

export const NetworkConfigInput = builder.inputType('NetworkConfigInput', {
  description:
    'Replaces the stored configuration: a field left out, or `null`, gets its default, unless `keepOthers` is true; an omitted secret keeps its stored value.',
  fields: (t) => ({
    extraHeaders: t.field({ type: [HeaderInput], description: 'Headers to send with every request, at most 50; none unless given.' }),
    timeoutMs: t.int({ description: '1 to 600,000 milliseconds; 30,000 unless given.' }),
    maxRetries: t.int({ description: '0 to 10; 0 unless given.' }),
    retryBackoffInitialMs: t.int({
      description: '0 to 1,000,000 milliseconds; 500 unless given, or `retryBackoffMaxMs` when that is less.',
    }),
    retryBackoffMaxMs: t.int({
      description: '0 to 1,000,000 milliseconds, and at least the first pause; 5,000 unless given, or the first pause when that is more.',
    }),
    insecureSkipVerify: t.boolean({ description: "True skips verification of the upstream's TLS certificate; false by default." }),
    caCertificate: t.string({ description: 'Custom CA certificates in PEM, besides the public ones; none by default.' }),
    allowPrivateNetwork: t.boolean({ description: 'False refuses an endpoint at a private address; true unless given.' }),
    proxy: t.field({ type: ProxyConfigInput, description: 'A proxy to use; none unless given.' }),
    keep: t.field({
      type: [KeepableNetworkField],
      description:
        'Fields whose stored text stays, even if this input has a value for them: for clients that were shown a mask. If nothing is stored, the rule is NOTHING_TO_KEEP.',
    }),
    keepOthers: t.boolean({ description: 'True keeps the stored value of every field that is left out, in place of its default.' }),
  }),
})

/** Turns the input into what commands take. */
export function toNetwork(input: typeof NetworkConfigInput.$inferInput | null | undefined): NetworkInput | undefined {
  if (!input) return undefined
  const { proxy } = input
  return {
    extraHeaders: input.extraHeaders ?? undefined,
    timeoutMs: input.timeoutMs ?? undefined,
    maxRetries: input.maxRetries ?? undefined,
    retryBackoffInitialMs: input.retryBackoffInitialMs ?? undefined,
    retryBackoffMaxMs: input.retryBackoffMaxMs ?? undefined,
    insecureSkipVerify: input.insecureSkipVerify ?? undefined,
    caCertificate: input.caCertificate ?? undefined,
    allowPrivateNetwork: input.allowPrivateNetwork ?? undefined,
    keep: input.keep ?? undefined,
    keepOthers: input.keepOthers ?? undefined,
    proxy: proxy
      ? {
          type: proxy.type,
          url: proxy.url ?? undefined,
          username: proxy.username ?? undefined,
          password: proxy.password ?? undefined,
        }
      : undefined,
  }
}
