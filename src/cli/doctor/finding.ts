/** What one check found. `advice` is null when all is well; else it says what is wrong and what to do. */
export interface Finding {
  readonly check: string
  readonly found: string
  readonly advice: string | null
}

export const fine = (check: string, found: string): Finding => ({ check, found, advice: null })

export const ailing = (check: string, advice: string): Finding => ({ check, found: '', advice })
