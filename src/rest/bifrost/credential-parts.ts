import type { CredentialInput } from '../../generated/bifrost-documents.ts'

/** The secret parts of the vendor configurations (Bifrost contract, section 2.6), and what the gateway calls them. */
const NEUTRAL_NAMES: Readonly<Record<string, string>> = {
  'azure_key_config.endpoint': 'endpoint',
  'azure_key_config.client_id': 'azure.clientId',
  'azure_key_config.client_secret': 'azure.clientSecret',
  'azure_key_config.tenant_id': 'azure.tenantId',
  'vertex_key_config.project_id': 'vertex.projectId',
  'vertex_key_config.project_number': 'vertex.projectNumber',
  'vertex_key_config.region': 'vertex.region',
  'vertex_key_config.auth_credentials': 'vertex.authCredentials',
  ...awsNames('bedrock_key_config'),
  'bedrock_key_config.arn': 'aws.arn',
  'bedrock_key_config.batch_role_arn': 'aws.batchRoleArn',
  ...awsNames('bedrock_mantle_key_config'),
  'vllm_key_config.url': 'endpoint',
  'ollama_key_config.url': 'endpoint',
  'sgl_key_config.url': 'endpoint',
}

function awsNames(config: string): Record<string, string> {
  return {
    [`${config}.access_key`]: 'aws.accessKeyId',
    [`${config}.secret_key`]: 'aws.secretAccessKey',
    [`${config}.session_token`]: 'aws.sessionToken',
    [`${config}.region`]: 'aws.region',
    [`${config}.role_arn`]: 'aws.roleArn',
    [`${config}.external_id`]: 'aws.externalId',
    [`${config}.session_name`]: 'aws.sessionName',
    [`${config}.project_id`]: 'aws.projectId',
  }
}

/** Parts that Bifrost shows as they are, in the form of secrets (Bifrost contract, section 3.2). */
const SHOWN_PATHS: readonly string[] = [
  'azure_key_config.endpoint',
  'bedrock_key_config.project_id',
  'bedrock_mantle_key_config.project_id',
]

/** Parts that the gateway keeps in the open, so that they need not be kept beside. */
export const OPEN_NAMES: readonly string[] = ['endpoint', 'aws.region', 'aws.roleArn', 'aws.externalId']

export function isShown(path: string): boolean {
  return SHOWN_PATHS.includes(path)
}

/** Whether a part of this name can be the one at this path. */
export function isNameOf(name: string, path: string): boolean {
  return Object.hasOwn(NEUTRAL_NAMES, path) && (NEUTRAL_NAMES[path] === name || name === ownName(path))
}

/** A part in a vendor configuration; without a credential the stored one stays. */
export interface PartAtPath {
  readonly path: string
  readonly credential?: CredentialInput
}

/** The parts of a key by the gateway's names, and what Bifrost needs to show them at their paths again. */
export interface NamedParts {
  readonly parts: readonly { readonly name: string; readonly credential?: CredentialInput }[]
  readonly paths: Readonly<Record<string, string>>
  /** Sealed parts that are shown as they are. */
  readonly shown: Readonly<Record<string, string>>
}

/** Of two configurations in one key the first has the name; the other's parts mean nothing to the gateway. */
export function nameParts(located: readonly PartAtPath[]): NamedParts {
  const paths: Record<string, string> = {}
  const shown: Record<string, string> = {}
  const parts = located.map(({ path, ...given }) => {
    const neutral = NEUTRAL_NAMES[path] ?? ownName(path)
    const name = Object.hasOwn(paths, neutral) ? ownName(path) : neutral
    paths[name] = path
    const value = given.credential?.value
    if (value !== undefined && isShown(path) && !OPEN_NAMES.includes(name)) shown[name] = value
    return { name, ...given }
  })
  return { parts, paths, shown }
}

function ownName(path: string): string {
  return `bifrost.${path}`
}
