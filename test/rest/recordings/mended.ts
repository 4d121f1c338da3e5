/** Answers that differ from the recorded ones, because what was recorded was a fault. */
export interface Mended {
  readonly dialect: 'coder' | 'bifrost' | 'ziri' | 'respan'
  /** Of the recording. Each of them must really differ. */
  readonly steps: readonly number[]
  /** What was wrong, and what is right instead. */
  readonly because: string
}

export const MENDED: readonly Mended[] = []
