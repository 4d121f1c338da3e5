import type { Probe } from '../probe.ts'
import { notTestable } from '../verdict.ts'

export const bedrock: Probe = {
  info: { type: 'BEDROCK', displayName: 'bedrock', defaultBaseUrl: null, acceptsApiKeys: true, documentationUrl: '', keyPageUrl: null },
  vendorHost: /^$/,
  async run() {
    return notTestable('Tests of this type follow.')
  },
}
