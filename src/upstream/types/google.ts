import type { Probe } from '../probe.ts'
import { notTestable } from '../verdict.ts'

export const google: Probe = {
  info: { type: 'GOOGLE', displayName: 'google', defaultBaseUrl: null, acceptsApiKeys: true, documentationUrl: '', keyPageUrl: null },
  vendorHost: /^$/,
  async run() {
    return notTestable('Tests of this type follow.')
  },
}
