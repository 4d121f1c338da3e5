import type { CallContext } from '../client/call-context.ts'
import { isCredential } from '../client/network-settings.ts'
import { performRequest } from '../client/perform-request.ts'
import { send } from '../client/send.ts'
import type { Target } from '../client/target.ts'
import { type AuthorizationRules, authorize } from '../vendors/authorize.ts'
import { type Credential, secretsOf } from '../vendors/credential.ts'
import type { ProbeTest, Sender } from '../vendors/probe.ts'
import { createScrubber, type Scrubber } from '../vendors/scrub.ts'
import { randomHeaders } from './control-request.ts'
import { type Trials, tryKey } from './try-key.ts'
import { tryRefusedCall } from './try-refused-call.ts'

/** What a test is made of. */
export interface TestParts {
  readonly rules: AuthorizationRules
  readonly context: CallContext
  readonly credential: Credential
  readonly isVendorHost: boolean
  readonly modelsTarget: Target | null
}

const NONE: Credential = { kind: 'none' }

/** A test as its probe sees it, and the scrubber that knows every secret that the test has sent. */
export function openTest(parts: TestParts): { probeTest: ProbeTest; scrubber: Scrubber } {
  const { rules, context, credential, isVendorHost, modelsTarget } = parts
  const authenticating = context.network.extraHeaders.filter(({ name, value }) => isCredential(name, value))
  const { scrubber, learn } = growingScrubber([
    ...authenticating.map(({ value }) => value),
    context.network.proxy?.password ?? '',
    ...secretsOf(credential),
  ])
  const prepare: (...sent: Parameters<Sender['send']>) => ReturnType<typeof authorize> = (request, sent = NONE) => {
    learn(secretsOf(sent))
    return authorize(request, sent, rules)
  }
  const trials: Trials = {
    send: async (request, sent) => send(await prepare(request, sent), context),
    sendOnce: async (request, sent) => performRequest(await prepare(request, sent), context),
    randomHeaders: randomHeaders(authenticating),
  }
  const probeTest: ProbeTest = {
    ...trials,
    base: rules.base,
    credential,
    hasCredentialHeader: authenticating.length > 0,
    preset: rules.preset,
    isVendorHost,
    modelsTarget,
    scrubber,
    tryKey: (trial, tried = credential) => tryKey(trials, trial, tried),
    tryRefusedCall: (call) => tryRefusedCall(trials, call, credential),
  }
  return { probeTest, scrubber }
}

/** A scrubber that learns further secrets, such as temporary credentials, when they are used. */
function growingScrubber(secrets: readonly string[]): { scrubber: Scrubber; learn(more: readonly string[]): void } {
  const known = new Set(secrets)
  let current = createScrubber(secrets)
  return {
    scrubber: { quote: (text) => current.quote(text), isClean: (text) => current.isClean(text), hide: (text) => current.hide(text) },
    learn: (more) => {
      const fresh = more.filter((secret) => !known.has(secret))
      if (fresh.length === 0) return
      for (const secret of fresh) known.add(secret)
      current = createScrubber([...known])
    },
  }
}
