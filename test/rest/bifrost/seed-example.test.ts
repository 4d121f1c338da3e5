import { describe, expect, it } from 'vitest'
import { bifrostClient } from '../../support/bifrost-client.ts'
import { createAuthority } from '../../support/upstream/certificates.ts'
import { useGateway } from '../../support/use.ts'

const REQUESTS = [
  ...['list_models', 'text_completion', 'text_completion_stream', 'chat_completion', 'chat_completion_stream', 'responses'],
  ...['responses_stream', 'count_tokens', 'embedding', 'speech', 'speech_stream', 'transcription', 'transcription_stream'],
  ...['image_generation', 'image_generation_stream', 'batch_create', 'batch_list', 'batch_retrieve', 'batch_cancel', 'batch_results'],
  ...['file_upload', 'file_list', 'file_retrieve', 'file_delete', 'file_content'],
]

/** The example of the documentation page, as it stands. */
const EXAMPLE = {
  network_config: {
    base_url: '<string>',
    extra_headers: {},
    default_request_timeout_in_seconds: 123,
    max_retries: 123,
    retry_backoff_initial: 123,
    retry_backoff_max: 123,
    insecure_skip_verify: true,
    ca_cert_pem: '<string>',
    allow_private_network: false,
  },
  concurrency_and_buffer_size: { concurrency: 123, buffer_size: 123 },
  proxy_config: { url: '<string>', username: '<string>', password: '<string>', ca_cert_pem: '<string>' },
  send_back_raw_request: true,
  send_back_raw_response: true,
  store_raw_request_response: true,
  custom_provider_config: {
    is_key_less: true,
    allowed_requests: Object.fromEntries(REQUESTS.map((name) => [name, true])),
    request_path_overrides: {},
  },
  status: '<string>',
  description: '<string>',
  config_hash: '<string>',
}

/** The names of providers that the page knows. */
const NAMES = [
  ...['openai', 'azure', 'anthropic', 'bedrock', 'cohere', 'vertex', 'vllm', 'mistral', 'ollama', 'groq', 'sgl', 'parasail'],
  ...['perplexity', 'replicate', 'cerebras', 'gemini', 'openrouter', 'elevenlabs', 'huggingface', 'nebius', 'xai', 'runway', 'fireworks'],
]
const gateway = useGateway()
const client = bifrostClient(gateway)

describe('the example of the documentation page (seed "Get a specific provider")', () => {
  it('has each of the names of providers that the page lists', async () => {
    for (const provider of NAMES) expect((await client.created({ provider })).name).toBe(provider)
    expect((await client.send('GET', '/api/providers')).body.total).toBe(NAMES.length)
  })

  it('is refused as it stands for the first of its placeholders that means nothing', async () => {
    const custom_provider_config = { ...EXAMPLE.custom_provider_config, base_provider_type: 'openai' }
    expect(await client.refused('PUT', '/api/providers/example', EXAMPLE)).toEqual([
      400,
      'Invalid custom provider config: custom provider validation failed: base_provider_type is required',
    ])
    expect(await client.refused('PUT', '/api/providers/example', { ...EXAMPLE, custom_provider_config, proxy_config: null })).toEqual([
      400,
      'Invalid base URL: only https and http schemes are allowed, got: ',
    ])
  })

  it('comes back field by field when its texts are real ones', async () => {
    const pem = (await createAuthority()).caCertificate
    const body = await client.replaced('example', {
      ...EXAMPLE,
      network_config: {
        ...EXAMPLE.network_config,
        base_url: 'http://127.0.0.1:9',
        extra_headers: { 'X-A': 'b' },
        ca_cert_pem: pem,
        allow_private_network: true,
      },
      // Without a type, as it stands there.
      proxy_config: {
        url: 'http://proxy.example.com:3128',
        username: 'proxyuser',
        password: 'proxy-password',
        ca_cert_pem: pem,
      },
      custom_provider_config: { ...EXAMPLE.custom_provider_config, base_provider_type: 'openai', request_path_overrides: { speech: '/s' } },
    })
    // Secrets of a proxy are texts in the example and objects in real answers; of a hash nothing is known here.
    const { config_hash: _, proxy_config: __, ...shown } = EXAMPLE
    expect(missing(shown, body)).toEqual([])
    expect(body).toMatchObject({
      name: 'example',
      network_config: { max_retries: 123, retry_backoff_initial: 123, default_request_timeout_in_seconds: 123 },
      concurrency_and_buffer_size: EXAMPLE.concurrency_and_buffer_size,
      custom_provider_config: { allowed_requests: EXAMPLE.custom_provider_config.allowed_requests, base_provider_type: 'openai' },
      // Not in the example, but in real answers (Bifrost contract, at its top): secrets of a proxy are objects.
      proxy_config: {
        type: 'http',
        password: { value: '<REDACTED>', type: 'plain_text' },
        ca_cert_pem: { value: '<REDACTED>', type: 'plain_text' },
      },
      provider_status: 'active',
      status: 'list_models_failed',
    })
    // What was shown can be sent back as it is, and changes nothing.
    const { name, provider_status: ___, status: ____, description: _____, ...again } = body
    expect({ ...(await client.replaced(name, again)), description: body.description }).toEqual(body)
  })
})

/** The fields of the example that the answer has not, or has with another type. */
function missing(example: object, answer: object, at = ''): string[] {
  return Object.entries(example).flatMap(([name, value]): string[] => {
    const given: unknown = Object.entries(answer).find(([key]) => key === name)?.[1]
    if (typeof given !== typeof value) return [`${at}${name}`]
    return typeof value === 'object' && typeof given === 'object' && given !== null ? missing(value, given, `${at}${name}.`) : []
  })
}
