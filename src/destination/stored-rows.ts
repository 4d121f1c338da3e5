import { z } from 'zod'

/** The columns of a provider that decide where its secrets go, as they are stored. */
export interface ProviderRow {
  readonly id: string
  readonly type: string
  readonly vendorPreset: string | null
  readonly baseUrl: string
  readonly modelsPath: string | null
  readonly authentication: string
  readonly callHeaders: unknown
  readonly settings: unknown
  readonly network: unknown
}

/** The columns of a key that do. */
export interface KeyRow {
  readonly id: string
  readonly environmentVariable: string | null
  readonly endpoint: string | null
  readonly endpointVariable: string | null
  readonly region: string | null
  readonly roleArn: string | null
  readonly credentialParts: unknown
}

/** For `select`, so that a read has all of them. */
export const PROVIDER_ROW = {
  ...{ id: true, type: true, vendorPreset: true, baseUrl: true, modelsPath: true, authentication: true, callHeaders: true },
  ...{ settings: true, network: true },
} as const
export const KEY_ROW = {
  ...{ id: true, environmentVariable: true, endpoint: true, endpointVariable: true, region: true, roleArn: true, credentialParts: true },
} as const

/** `bound`: whether it belongs to the destination. Decided when it is stored. */
const plainHeader = z.strictObject({ name: z.string(), value: z.string(), bound: z.boolean() })
/** The value is sealed in a table that no read of this one reaches; here is what may be shown of it, and an id that is new with each other value. */
const sealedHeader = z.strictObject({ name: z.string(), masked: z.string(), valueId: z.string() })

/** The column `network` of a provider: complete but for the secrets. */
export const storedNetwork = z.object({
  extraHeaders: z.array(z.union([plainHeader, sealedHeader])),
  timeoutMs: z.int(),
  maxRetries: z.int(),
  retryBackoffInitialMs: z.int(),
  retryBackoffMaxMs: z.int(),
  insecureSkipVerify: z.boolean(),
  caCertificate: z.string().nullable(),
  allowPrivateNetwork: z.boolean(),
  proxy: z
    .object({
      type: z.enum(['HTTP', 'SOCKS5', 'ENVIRONMENT']),
      url: z.string().nullable(),
      username: z.string().nullable(),
      hasPassword: z.boolean(),
    })
    .nullable(),
})

/** How a provider is reached, without the secrets that this takes. */
export type NetworkConfig = z.infer<typeof storedNetwork>

/** The column `settings` of a provider: no secret, and no field that is empty. */
export const storedSettings = z.object({
  bedrock: z.object({
    region: z.string().exactOptional(),
    model: z.string().exactOptional(),
    smallFastModel: z.string().exactOptional(),
    roleArn: z.string().exactOptional(),
    externalId: z.string().exactOptional(),
    protocol: z.string().exactOptional(),
    /** Whether both halves of an access key pair are stored, in a table that no read of this one reaches. */
    hasAccessKey: z.boolean(),
  }),
})
export type BedrockSettings = z.infer<typeof storedSettings>['bedrock']

/** The part that stands in the row as it is, because it is no secret and names the host that the rest goes to: a region of Google's. */
const OPEN_PART = 'vertex.region'
/** All that a host name can have: what else stands there by mistake makes no host, and is masked. */
const HOST_LABEL = /^[a-z0-9-]{1,63}$/

export function isOpenPart(name: string): boolean {
  return name === OPEN_PART
}

export function isShownPart(name: string, text: string): boolean {
  return isOpenPart(name) && HOST_LABEL.test(text)
}

/** The column `credentialParts` of a key: the mask of a part that is stored (an open one as it is), or the variable that holds it. */
const storedParts = z.array(z.object({ name: z.string(), masked: z.string(), environmentVariable: z.string().nullable() }))
export type CredentialPart = z.infer<typeof storedParts>[number]

/** Reads the column `credentialParts`; a key without any has null. */
export function readCredentialParts(column: unknown): readonly CredentialPart[] {
  return column === null || column === undefined ? [] : storedParts.parse(column)
}
