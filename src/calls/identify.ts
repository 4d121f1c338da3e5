import type { IncomingMessage } from 'node:http'
import type { SignedIn, SignIn } from '../auth/sign-in.ts'
import { type CallToken, findCallToken, findTokenBesideCredential, isAwsSignature } from './call-token.ts'
import { CallError } from './error-codes.ts'

export interface IdentifyDeps {
  readonly signIn: SignIn
  /** Where a token may come besides the slots of SDKs. */
  readonly tokenHeaders: readonly string[]
}

/**
 * Finds out who calls.
 * @param bringsCredential whether the provider's callers bring a credential of their own in `Authorization`; asked only where it matters,
 * which is where there is another token too.
 * @throws CallError `invalid_gateway_token`.
 */
export async function identify(
  request: IncomingMessage,
  { signIn, tokenHeaders }: IdentifyDeps,
  bringsCredential: (other: CallToken) => Promise<boolean>,
): Promise<SignedIn> {
  const token = await chooseToken(request, tokenHeaders, bringsCredential)
  if (token === null) throw new CallError('invalid_gateway_token', isAwsSignature(request.headers) ? SIGNED : MISSING)
  const signedIn = await signIn(request, token.value)
  if (!('principal' in signedIn)) throw new CallError('invalid_gateway_token', INVALID)
  return signedIn
}

const MISSING =
  "Send the gateway's access token where your SDK puts its API key, if that is `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`. No other header is read, nor the URL."
const INVALID = 'The access token is not valid. It may be mistyped, expired or revoked: ask an admin for another one.'
const SIGNED =
  "The gateway cannot check a signature made with an AWS key pair: use a token. Set the gateway's access token as the bearer token of your AWS SDK."

async function chooseToken(
  { headers }: IncomingMessage,
  tokenHeaders: readonly string[],
  bringsCredential: (other: CallToken) => Promise<boolean>,
): Promise<CallToken | null> {
  const token = findCallToken(headers, tokenHeaders)
  if (token?.slot !== 'authorization') return token
  const other = findTokenBesideCredential(headers, tokenHeaders)
  return other !== null && (await bringsCredential(other)) ? other : token
}
