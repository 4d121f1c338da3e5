import { leaksIn } from './planted.ts'

/** How keys look in tests; long enough to be no mask. */
const KEY = /\bsk-[\w-]{13,}/g
const TOKEN = /\bgw_[A-Za-z0-9]{10}_[\w-]{43}/g

/** Remembers what one gateway was sent, what it answered and what it logged, so that every test is a search for leaks too. */
export interface LeakWatch {
  sent(text: string): void
  answered(text: string): void
  logged(line: string): void
  /** Fails when a secret that the gateway was sent or has made shows where none may, in one of six encodings. */
  expectNoLeaks(stored: string): void
}

export function watchForLeaks(adminToken: string): LeakWatch {
  const keys = new Set<string>()
  const tokens = new Set([adminToken])
  const answers: string[] = []
  const lines: string[] = []
  const findKeys = (text: string) => {
    for (const [key] of text.matchAll(KEY)) keys.add(key)
  }
  return {
    sent: findKeys,
    answered: (text) => {
      answers.push(text)
      // Shown once, to whoever made it.
      for (const [token] of text.matchAll(TOKEN)) tokens.add(token)
    },
    logged: (line) => void lines.push(line),
    expectNoLeaks: (stored) => {
      const hidden = [...keys, ...tokens]
      const leaks = {
        answers: leaksIn(answers.join('\n'), [...keys]),
        logs: leaksIn(lines.join('\n'), hidden),
        files: leaksIn(stored, hidden),
      }
      if (Object.values(leaks).some((found) => found.length > 0))
        throw new Error(`The gateway showed secrets. Here are they, by where they stand: ${JSON.stringify(leaks)}`)
    },
  }
}
