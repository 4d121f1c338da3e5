/** Says in the gateway's words what release 0.1.0 kept for a dialect, in the dialect's own. */
export interface FirstReleaseReader {
  readonly namespace: string
  /** @param sealed What was sealed of the key, by the dialect's names. Null for what 0.1.0 has not kept. */
  readKey(kept: unknown, sealed: ReadonlyMap<string, string>): FirstKey | null
  readProvider(kept: unknown): FirstRoute | null
}

interface FirstPart {
  readonly name: string
  readonly credential?: { readonly value?: string; readonly environmentVariable?: string }
}

interface FirstKey {
  readonly parts: readonly FirstPart[]
  readonly models: readonly string[] | null
  readonly exceptModels: readonly string[] | null
  /** What the dialect itself still keeps of it. */
  readonly kept: Readonly<Record<string, unknown>>
  readonly maskedValue: string | null
}

interface FirstRoute {
  readonly modelsPath: string | null
  readonly testAfterWrites: 'NEVER' | 'WITH_KEYS' | 'ALWAYS'
}
