import type { Probe } from '../probe.ts'
import { notTestable } from '../verdict.ts'

export const azure: Probe = {
  info: { type: 'AZURE', displayName: 'azure', defaultBaseUrl: null, acceptsApiKeys: true, documentationUrl: '', keyPageUrl: null },
  vendorHost: /^$/,
  async run() {
    return notTestable('Tests of this type follow.')
  },
}
