import { beforeAll } from 'vitest'
import { callToken } from './call-token.ts'
import { useCallVendor } from './call-vendor.ts'
import { type ProviderView, writerOf } from './providers.ts'
import { type RawCall, rawCall } from './raw-call.ts'
import { useGateway } from './use.ts'

export const VENDOR_KEY = 'sk-faults-fixture-aaaa-bbbb-cccc'
const BODY = '{"model":"gpt-5","messages":[]}'

/** A gateway with one provider, `vendor`, for the tests of a file that call it, and the vendor behind it. */
export function useVendorCalls() {
  const vendor = useCallVendor()
  const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
  const writer = writerOf(gateway)
  const made: { token?: string; provider?: ProviderView } = {}
  beforeAll(async () => {
    const apiKeys = [{ credential: { value: VENDOR_KEY } }]
    made.provider = await writer.created({ name: 'vendor', type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys })
    made.token = await callToken(gateway)
  })
  const chat = (more: Partial<RawCall> = {}): RawCall => ({
    path: '/ai/vendor/v1/chat/completions',
    body: BODY,
    ...more,
    headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json', ...more.headers },
  })
  return {
    ...{ vendor, gateway, writer, chat },
    call: (more: Partial<RawCall> = {}) => rawCall(gateway.url, chat(more)),
    providerId: () => made.provider?.id ?? '',
  }
}

export function errorOf(body: Buffer): { code: string; message: string } {
  return JSON.parse(body.toString()).error
}
