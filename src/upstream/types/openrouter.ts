import type { Probe } from '../probe.ts'
import { notTestable } from '../verdict.ts'

export const openrouter: Probe = {
  info: {
    type: 'OPENROUTER',
    displayName: 'openrouter',
    defaultBaseUrl: null,
    acceptsApiKeys: true,
    documentationUrl: '',
    keyPageUrl: null,
  },
  vendorHost: /^$/,
  async run() {
    return notTestable('Tests of this type follow.')
  },
}
