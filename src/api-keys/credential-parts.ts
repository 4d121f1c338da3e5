import { z } from 'zod'
import { Secret } from '../crypto/secret.ts'
import type { CredentialPart } from '../destination/stored-rows.ts'

/** The parts of a key's credential that stand in columns of their own: they are not secret, and say where the rest goes. */
export const COLUMN_PARTS = {
  endpoint: 'endpoint',
  'aws.region': 'region',
  'aws.roleArn': 'roleArn',
  'aws.externalId': 'externalId',
} as const
type ColumnPart = keyof typeof COLUMN_PARTS

/** The parts that the gateway itself knows. Others have a name that begins with the namespace of whoever keeps them. */
export const SECRET_PARTS = [
  ...['aws.accessKeyId', 'aws.secretAccessKey', 'aws.sessionToken', 'aws.sessionName', 'aws.arn', 'aws.batchRoleArn', 'aws.projectId'],
  ...['azure.clientId', 'azure.clientSecret', 'azure.tenantId'],
  ...['vertex.projectId', 'vertex.projectNumber', 'vertex.region', 'vertex.authCredentials'],
] as const

/** The entry that holds the mask of a key's value in the longer form of parts, for a key that was given with parts. */
export const VALUE_PART = 'value'

export function isColumnPart(name: string): name is ColumnPart {
  return Object.hasOwn(COLUMN_PARTS, name)
}

/** What is sealed of the parts: the values by name, and the variables, so that a row cannot name another one. */
const sealedParts = z.strictObject({ values: z.record(z.string(), z.string()), variables: z.record(z.string(), z.string()) })
export type SealedParts = z.infer<typeof sealedParts>

/** Null when there is nothing to seal. */
export function sealableParts({ values, variables }: SealedParts): Secret | null {
  const isEmpty = Object.keys(values).length === 0 && Object.keys(variables).length === 0
  return isEmpty ? null : new Secret(JSON.stringify({ values, variables }))
}

export function parseSealedParts(secret: Secret | undefined): SealedParts {
  return secret === undefined ? { values: {}, variables: {} } : sealedParts.parse(JSON.parse(secret.reveal()))
}

/** The variables that the row of a key names for its parts. */
export function variablesOf(parts: readonly CredentialPart[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parts.flatMap(({ name, environmentVariable }) => (environmentVariable === null ? [] : [[name, environmentVariable] as const])),
  )
}
