import { z } from 'zod'
import { isBoundHeader } from '../../destination/destination.ts'
import { isShownPart } from '../../destination/stored-rows.ts'
import { ValidationError } from '../../errors.ts'
import { isCredential } from '../../upstream/client/network-settings.ts'
import { PROVIDER_TYPES } from '../../upstream/vendors/provider-type.ts'
import { PartialFailure } from '../failure.ts'
import { readFile, showPath } from './file-problems.ts'

const text = z.string()

/** Where a secret is: in a variable of the environment of `apply`, or in a file, whose path starts at the providers' file. */
const reference = z.union([z.strictObject({ env: text.min(1) }), z.strictObject({ file: text.min(1) })], {
  error: 'must be { env: NAME } or { file: path }',
})
export type SecretReference = z.infer<typeof reference>

/** A part of a key's credential beside its value, e.g. `azure.clientSecret`. With neither `valueFrom` nor a variable the stored one stays. */
const credential = z
  .strictObject({
    name: text,
    /** Of a part that is no secret: a region of Google's. */
    value: text.optional(),
    masked: text.optional(),
    valueFrom: reference.optional(),
    environmentVariable: text.min(1).optional(),
  })
  .refine((part) => [part.value, part.valueFrom, part.environmentVariable].filter((one) => one !== undefined).length <= 1, {
    error: 'needs one of `value`, `valueFrom` and `environmentVariable` at most',
  })
  .refine(({ name, value }) => value === undefined || isShownPart(name, value), {
    error: 'is a part whose value must not be in the file. Use `valueFrom`',
  })

/** What programs keep, by namespace. */
const extensions = z.record(text, z.record(text, z.json()))

const apiKey = z
  .strictObject({
    id: z.uuid().optional(),
    name: text.optional(),
    /** What `export` shows of a stored key; it says nothing to `apply`. */
    masked: text.optional(),
    valueFrom: reference.optional(),
    environmentVariable: text.min(1).optional(),
    enabled: z.boolean().optional(),
    weight: z.number().optional(),
    endpoint: text.optional(),
    endpointVariable: text.min(1).optional(),
    region: text.optional(),
    roleArn: text.optional(),
    externalId: text.optional(),
    credentialParts: z.array(credential).optional(),
    models: z.array(text).optional(),
    exceptModels: z.array(text).optional(),
    extensions: extensions.optional(),
  })
  .refine((key) => key.valueFrom === undefined || key.environmentVariable === undefined, {
    error: 'has `valueFrom` and `environmentVariable`: keep one of them',
  })
  .refine((key) => key.endpoint === undefined || key.endpointVariable === undefined, {
    error: 'has `endpoint` and `endpointVariable`: keep one of them',
  })
export type FileApiKey = z.infer<typeof apiKey>

const header = z
  .strictObject({ name: text, value: text.optional(), masked: text.optional(), valueFrom: reference.optional() })
  .refine(({ value, masked, valueFrom }) => [value, masked, valueFrom].filter((one) => one !== undefined).length === 1, {
    error: 'needs exactly one of `value`, `valueFrom` and `masked`',
  })
  .refine(({ name, value }) => value === undefined || !isBoundHeader(name) || !isCredential(name, value), {
    error: 'is a header that authenticates: its value must not be in the file. Use `valueFrom`',
  })

const network = z.strictObject({
  extraHeaders: z.array(header).optional(),
  timeoutMs: z.int().optional(),
  maxRetries: z.int().optional(),
  retryBackoffInitialMs: z.int().optional(),
  retryBackoffMaxMs: z.int().optional(),
  insecureSkipVerify: z.boolean().optional(),
  caCertificate: text.optional(),
  allowPrivateNetwork: z.boolean().optional(),
  proxy: z
    .strictObject({
      type: z.enum(['HTTP', 'SOCKS5', 'ENVIRONMENT']),
      url: text.optional(),
      username: text.optional(),
      passwordFrom: reference.optional(),
    })
    .optional(),
})
export type FileNetwork = z.infer<typeof network>

const bedrock = z.strictObject({
  region: text.optional(),
  model: text.optional(),
  smallFastModel: text.optional(),
  roleArn: text.optional(),
  externalId: text.optional(),
  protocol: text.optional(),
  accessKeyFrom: reference.optional(),
  accessKeySecretFrom: reference.optional(),
})
export type FileBedrock = z.infer<typeof bedrock>

/** A text that a program keeps sealed. */
const sealedExtension = z.strictObject({ namespace: text, name: text, valueFrom: reference })

const provider = z.strictObject({
  name: text,
  type: text
    .transform((type) => type.toUpperCase())
    .pipe(z.enum(PROVIDER_TYPES))
    .optional(),
  baseUrl: text.optional(),
  displayName: text.optional(),
  icon: text.optional(),
  enabled: z.boolean().optional(),
  /** Has no endpoint and is disabled until it gets one. */
  placeholder: z.boolean().optional(),
  /** Came in through an API that takes more than a file: held to the rules of that one. `export` says so where it must. */
  asStored: z.boolean().optional(),
  modelsPath: text.optional(),
  authentication: text.optional(),
  testAfterWrites: z.enum(['NEVER', 'WITH_KEYS', 'ALWAYS']).optional(),
  callRoutes: z.enum(['STANDARD', 'ALL']).optional(),
  callHeaders: z.array(text).optional(),
  settings: z.strictObject({ bedrock }).optional(),
  network: network.optional(),
  apiKeys: z.array(apiKey).optional(),
  extensions: extensions.optional(),
  sealedExtensions: z.array(sealedExtension).optional(),
})
/** A provider as a file states it: what is left out stays as it is, or gets its default when the provider is new. */
export type FileProvider = z.infer<typeof provider>

const route = z.strictObject({
  name: text,
  description: text.optional(),
  enabled: z.boolean().optional(),
  retryAfterTimeout: z.boolean().optional(),
  targets: z.array(z.strictObject({ provider: text, model: text, weight: z.number().optional(), priority: z.int().optional() })),
})
/** A model route as a file states it: `targets` are all of them. */
export type FileRoute = z.infer<typeof route>

const providersFile = z
  .strictObject(
    { providers: z.array(provider), routes: z.array(route).optional() },
    { error: (issue) => (issue.code === 'invalid_type' ? 'must be `providers:` with a list of providers below it' : undefined) },
  )
  .superRefine(({ providers, routes = [] }, context) => {
    for (const [index, { name }] of routes.entries())
      if (routes.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: 'custom', path: ['routes', index, 'name'], message: 'is the name of an earlier route' })
    for (const [index, { name }] of providers.entries())
      if (providers.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: 'custom', path: ['providers', index, 'name'], message: 'is the name of an earlier provider' })
  })

const MAX_BYTES = 8_388_608

/**
 * Reads a file of providers and model routes, in YAML or JSON.
 * @throws PartialFailure that lists all problems by line, and repeats nothing of the file: there may be a secret in it.
 */
export function parseProvidersFile(content: string, file: string): z.infer<typeof providersFile> {
  if (Buffer.byteLength(content) > MAX_BYTES) throw new PartialFailure(`${file} is larger than ${MAX_BYTES} bytes.`)
  const reading = readFile(content, file, providersFile)
  if ('problems' in reading) throw new PartialFailure(reading.problems.join('\n'))
  return reading.data
}

/** A value or a variable stands beside the other fields of a key in a file, and not in a field of its own. */
function inFile(path: readonly string[]): readonly string[] {
  return path.at(-2) === 'credential' ? path.toSpliced(-2, 1) : path
}

/** The problems of a provider in the words of its rules. */
export function problemsOf(error: unknown): string[] {
  if (error instanceof ValidationError)
    return error.issues.map(({ path, message }) => `${showPath(inFile(path))}: ${ofThisCommand(message)}`)
  return error instanceof Error ? [error.message] : [String(error)]
}

/** The server may have another setting, which a person compares in vain. */
export function ofThisCommand(message: string): string {
  return message.includes('OUTBOUND_ALLOW') ? `${message} This command reads its own environment, not the server's.` : message
}
