export const ALL = '/api/providers'
export const at = (name: string) => `${ALL}/${name}`
export const keysOf = (name: string) => `${at(name)}/keys`
export const keyAt = (name: string, id: string) => `${keysOf(name)}/${id}`
export const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
export const SIZES = { concurrency_and_buffer_size: { concurrency: 10, buffer_size: 100 } }
/** It lists no models, so no key of it is tested. */
export const UNLISTED = { base_provider_type: 'openai', allowed_requests: {} }
export const quiet = (fields: object = {}) => ({
  network_config: { base_url: 'https://x.invalid' },
  custom_provider_config: UNLISTED,
  ...fields,
})
