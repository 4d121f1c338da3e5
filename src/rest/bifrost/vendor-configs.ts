/** The vendor configurations of keys: which parts are secrets, and which are not (Bifrost contract, section 2.6). */
export const VENDOR_CONFIGS = {
  azure_key_config: { secrets: ['endpoint', 'client_id', 'client_secret', 'tenant_id'], plain: ['scopes', 'api_version'] },
  vertex_key_config: { secrets: ['project_id', 'project_number', 'region', 'auth_credentials'], plain: ['force_single_region'] },
  bedrock_key_config: {
    secrets: [
      ...['access_key', 'secret_key', 'session_token', 'region', 'arn'],
      ...['role_arn', 'external_id', 'session_name', 'batch_role_arn', 'project_id'],
    ],
    plain: ['batch_s3_config', 'endpoints'],
  },
  bedrock_mantle_key_config: {
    secrets: ['access_key', 'secret_key', 'session_token', 'region', 'role_arn', 'external_id', 'session_name', 'project_id'],
    plain: ['endpoints'],
  },
  vllm_key_config: { secrets: ['url'], plain: ['model_name'] },
  ollama_key_config: { secrets: ['url'], plain: [] },
  sgl_key_config: { secrets: ['url'], plain: [] },
  replicate_key_config: { secrets: [], plain: ['use_deployments_endpoint'] },
} as const satisfies Record<string, { secrets: readonly string[]; plain: readonly string[] }>

export type VendorConfig = keyof typeof VENDOR_CONFIGS

export const CONFIG_NAMES = Object.keys(VENDOR_CONFIGS).filter((name): name is VendorConfig => name in VENDOR_CONFIGS)

interface RequiredPart {
  readonly path: string
  readonly message: string
}

/** What a key of a (base) provider must have in its configuration, and what is said when it is not there. */
const REQUIRED_PARTS: ReadonlyMap<string, readonly RequiredPart[]> = new Map([
  ['ollama', [{ path: 'ollama_key_config.url', message: 'ollama_key_config.url is required for Ollama keys' }]],
  ['sgl', [{ path: 'sgl_key_config.url', message: 'sgl_key_config.url is required for SGL keys' }]],
  ['azure', [{ path: 'azure_key_config.endpoint', message: 'azure_key_config.endpoint is required for Azure keys' }]],
  ['bedrock', [{ path: 'bedrock_key_config.region', message: 'bedrock_key_config.region is required for Bedrock keys' }]],
  [
    'bedrock_mantle',
    [{ path: 'bedrock_mantle_key_config.region', message: 'bedrock_mantle_key_config.region is required for Bedrock Mantle keys' }],
  ],
  [
    'vllm',
    [
      { path: 'vllm_key_config.url', message: 'vllm_key_config.url is required for VLLM keys' },
      { path: 'vllm_key_config.model_name', message: 'vllm_key_config.model_name is required for VLLM keys' },
    ],
  ],
])

export function requiredParts(base: string): readonly RequiredPart[] {
  return REQUIRED_PARTS.get(base) ?? []
}

/** The (base) providers whose keys may be without a value: their credential is in the configuration, or they need none. */
const WITHOUT_VALUE: readonly string[] = ['vertex', 'bedrock', 'bedrock_mantle', 'vllm', 'azure', 'ollama', 'sgl']

export function mayBeWithoutValue(base: string): boolean {
  return WITHOUT_VALUE.includes(base)
}
