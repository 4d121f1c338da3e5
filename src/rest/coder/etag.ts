/** The tag of one state of one provider. It names the provider too: a name can be deleted and used again. */
export function etagOf(provider: { readonly uuid: string; readonly version: number }): string {
  return `"${provider.uuid}.${provider.version}"`
}

/** The state that an `If-Match` header asks for, as the inputs of mutations take it. */
export interface Expected {
  readonly expectedVersion?: number
  readonly expectedUuid?: string
}

const OUR_TAG = /^([0-9a-f-]{36})\.(\d{1,9})$/
const NO_STATE: Expected = { expectedVersion: -1 }

/**
 * Reads `If-Match` (RFC 9110, section 13.1.1). Tags that are weak or not ours match nothing. Of several the latest
 * counts: a client that lists states it knows is refused rather than allowed to overwrite one it does not.
 */
export function expectedState(ifMatch: string | undefined): Expected {
  if (ifMatch === undefined || ifMatch.trim() === '*') return {}
  const states = Array.from(ifMatch.matchAll(/(W\/)?"([^"]*)"/g), ([, weak, tag = '']) => (weak ? null : OUR_TAG.exec(tag)))
  return states
    .flatMap((state) => (state?.[1] ? [{ expectedUuid: state[1], expectedVersion: Number(state[2]) }] : []))
    .reduce<Expected>((latest, state) => ((latest.expectedVersion ?? -1) > state.expectedVersion ? latest : state), NO_STATE)
}
