import type { Probe } from '../probe.ts'
import { notTestable } from '../verdict.ts'

export const vercel: Probe = {
  info: { type: 'VERCEL', displayName: 'vercel', defaultBaseUrl: null, acceptsApiKeys: true, documentationUrl: '', keyPageUrl: null },
  vendorHost: /^$/,
  async run() {
    return notTestable('Tests of this type follow.')
  },
}
