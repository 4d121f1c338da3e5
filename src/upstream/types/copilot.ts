import type { Probe } from '../probe.ts'
import { notTestable } from '../verdict.ts'

export const copilot: Probe = {
  info: { type: 'COPILOT', displayName: 'copilot', defaultBaseUrl: null, acceptsApiKeys: true, documentationUrl: '', keyPageUrl: null },
  vendorHost: /^$/,
  async run() {
    return notTestable('Tests of this type follow.')
  },
}
