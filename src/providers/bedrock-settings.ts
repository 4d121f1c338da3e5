import { randomInt } from 'node:crypto'
import { checkSecretValue } from '../api-keys/api-key-input.ts'
import { looksMasked } from '../api-keys/mask.ts'
import type { SealedSecrets } from '../api-keys/provider-secrets.ts'
import type { ProviderSecretField } from '../api-keys/secret-binding.ts'
import { checkText } from '../check-text.ts'
import type { Secret } from '../crypto/secret.ts'
import { type BedrockSettings, storedSettings } from '../destination/stored-rows.ts'
import type { ValidationIssue } from '../errors.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'

/** Reads the column `settings`; null when the provider has none. */
export function readBedrockSettings(column: unknown): BedrockSettings | null {
  return column === null ? null : storedSettings.parse(column).bedrock
}

/** Bedrock settings to store. They replace the stored ones, except that an omitted secret stays; an empty secret clears. */
export interface BedrockSettingsInput {
  readonly region: string | undefined
  readonly model: string | undefined
  readonly smallFastModel: string | undefined
  readonly roleArn: string | undefined
  readonly externalId: string | undefined
  /** How some tools speak to it; the gateway has no use for it. */
  readonly protocol?: string | undefined
  /** Whether `externalId` is taken as it is: from who runs the gateway and restores a provider whose role trusts that id. */
  readonly isExternalIdChosen?: boolean
  readonly accessKey: Secret | undefined
  readonly accessKeySecret: Secret | undefined
}

const SETTINGS_TYPES: readonly ProviderType[] = ['ANTHROPIC', 'BEDROCK']
const ROLE_EXAMPLE = 'e.g. arn:aws:iam::123456789012:role/BedrockRole'
/** What AWS takes. */
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PATH = ['settings', 'bedrock']

/** Whether a provider of this type may have Bedrock settings: Anthropic's models are also served there. */
export function acceptsBedrockSettings(type: ProviderType): boolean {
  return SETTINGS_TYPES.includes(type)
}

/** Whether the settings say anything about how to reach Bedrock. */
export function isConfigured(input: BedrockSettingsInput): boolean {
  return [input.region, input.roleArn, input.accessKey?.reveal(), input.accessKeySecret?.reveal()].some(
    (value) => value !== undefined && value !== '',
  )
}

/** The rules that need no knowledge of what is stored. */
export function checkBedrockSettings(input: BedrockSettingsInput, anyText: boolean): ValidationIssue[] {
  const issues = [...(input.roleArn ? checkRoleArn(input.roleArn) : []), ...checkProtocol(input.protocol)]
  for (const field of ['region', 'model', 'smallFastModel'] as const) issues.push(...checkText(input[field], [...PATH, field], 2_000))
  for (const field of ['accessKey', 'accessKeySecret'] as const) {
    const secret = input[field]
    if (secret !== undefined && secret.reveal() !== '') issues.push(...checkSecretValue(secret, [...PATH, field], anyText))
  }
  return issues
}

/** An external id can be echoed, never chosen: it is what keeps a stranger from using the customer's role. */
export function checkExternalId(
  { externalId: given, isExternalIdChosen }: Pick<BedrockSettingsInput, 'externalId' | 'isExternalIdChosen'>,
  stored: string | undefined,
): ValidationIssue[] {
  if (!given || given === stored) return []
  if (isExternalIdChosen) return EXTERNAL_ID.test(given) ? [] : [externalIdFormat()]
  return [{ path: [...PATH, 'externalId'], rule: 'EXTERNAL_ID_GENERATED', message: 'The gateway generates the external ID. Leave it out.' }]
}

/** An access key is of no use without its secret, nor the other way round: after the write both are stored, or none. */
export function checkKeyPair(input: BedrockSettingsInput | undefined, stored: BedrockSettings | null): ValidationIssue[] {
  if (input === undefined) return []
  const has = (secret: Secret | undefined) => (secret === undefined ? (stored?.hasAccessKey ?? false) : secret.reveal() !== '')
  const [hasKey, hasSecret] = [has(input.accessKey), has(input.accessKeySecret)]
  // A half that is a mask is refused as that.
  const isMask = [input.accessKey, input.accessKeySecret].some((secret) => secret !== undefined && looksMasked(secret.reveal()))
  if (hasKey === hasSecret || isMask) return []
  const [missing, given] = hasKey ? ['accessKeySecret', 'accessKey'] : ['accessKey', 'accessKeySecret']
  const message = `Half of an access key pair: \`${given}\` is set, but \`${missing}\` is missing or empty. Give both, or none.`
  return [{ path: [...PATH, `${missing}`], rule: 'NOT_ALLOWED', message }]
}

function externalIdFormat(): ValidationIssue {
  const message = 'An external ID has 2 to 1,224 characters: letters, digits and any of _ + = , . @ : / -.'
  return { path: [...PATH, 'externalId'], rule: 'NOT_ALLOWED', message }
}

/** What storing the input would do: the column `settings`, and the secrets. An omitted secret stays, an empty one goes. */
export function planBedrockSettings(
  input: BedrockSettingsInput,
  stored: BedrockSettings | null,
  sealed: SealedSecrets | null,
): { readonly settings: BedrockSettings; readonly fields: ReadonlyMap<ProviderSecretField, Secret | null> } {
  const fields = new Map<ProviderSecretField, Secret | null>()
  const halves = (['accessKey', 'accessKeySecret'] as const).map((name) => {
    const field = `bedrock.${name}` as const
    const secret = input[name]
    if (secret === undefined) return sealed?.fields.has(field) ?? false
    fields.set(field, secret.reveal() === '' ? null : secret)
    return secret.reveal() !== ''
  })
  return { settings: mergeBedrockSettings(input, stored, halves.every(Boolean)), fields }
}

/** The settings to store: those given, with the stored external id, or a new one when a role is first set. */
export function mergeBedrockSettings(input: BedrockSettingsInput, stored: BedrockSettings | null, hasAccessKey: boolean): BedrockSettings {
  const chosen = input.isExternalIdChosen ? input.externalId : undefined
  const externalId = chosen || (stored?.externalId ?? (input.roleArn ? generateExternalId() : undefined))
  return {
    ...(input.region ? { region: input.region } : {}),
    ...(input.model ? { model: input.model } : {}),
    ...(input.smallFastModel ? { smallFastModel: input.smallFastModel } : {}),
    ...(input.roleArn ? { roleArn: input.roleArn } : {}),
    ...(externalId ? { externalId } : {}),
    ...(input.protocol ? { protocol: input.protocol } : {}),
    hasAccessKey,
  }
}

function checkProtocol(protocol = ''): ValidationIssue[] {
  if (['', 'invoke-model', 'mantle'].includes(protocol)) return []
  const message = `unsupported bedrock protocol ${JSON.stringify(protocol.slice(0, 200))}, must be one of "invoke-model" or "mantle"`
  return [{ path: [...PATH, 'protocol'], rule: 'NOT_ALLOWED', message }]
}

function generateExternalId(): string {
  return Array.from({ length: 26 }, () => BASE32[randomInt(BASE32.length)]).join('')
}

function checkRoleArn(roleArn: string): ValidationIssue[] {
  const issue = (message: string): ValidationIssue[] => [
    { path: [...PATH, 'roleArn'], rule: 'ROLE_ARN_FORMAT', message: `${message}, ${ROLE_EXAMPLE}` },
  ]
  const [prefix, partition, service, , , ...resource] = roleArn.split(':')
  if (prefix !== 'arn' || !partition || resource.length === 0 || roleArn.length > 2_048 || roleArn.includes('\u0000'))
    return issue(`role_arn "${roleArn.slice(0, 200)}" is not a valid ARN`)
  if (service !== 'iam') return issue(`role_arn must be an IAM ARN, but resolved to service "${service}"`)
  const name = resource.join(':')
  if (!/^role\/./.test(name)) return issue(`role_arn must reference an IAM role, but resolved to resource "${name}"`)
  return []
}
