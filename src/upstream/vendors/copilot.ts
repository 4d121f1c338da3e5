import { notTestable } from './judgement.ts'
import { bearer } from './openai-api.ts'
import type { Probe } from './probe.ts'

/** GitHub Copilot: every caller brings a GitHub token of their own, so the gateway stores no key that could be tried. */
export const copilot: Probe = {
  info: {
    type: 'COPILOT',
    displayName: 'GitHub Copilot',
    defaultBaseUrl: 'https://api.githubcopilot.com',
    acceptsApiKeys: false,
    documentationUrl: 'https://docs.github.com/en/copilot',
    keyPageUrl: null,
  },
  vendorHost: /^(?:api|api\.[a-z]+)\.githubcopilot\.com$/,
  keyHeaders: bearer,
  async run() {
    return notTestable(
      "GitHub Copilot cannot be tested: it has no stored key. Each caller's own GitHub token is used, which shows only when they call.",
    )
  },
}
