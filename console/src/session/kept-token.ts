/**
 * The one thing that the console keeps: the token, for this browser tab only. `sessionStorage` ends with the tab, is not shared
 * with others, and is never sent anywhere by the browser.
 */
const ENTRY = 'gateway-console-token'

export function keptToken(): string | null {
  return sessionStorage.getItem(ENTRY)
}

export function keepToken(token: string): void {
  sessionStorage.setItem(ENTRY, token)
}

export function forgetToken(): void {
  sessionStorage.removeItem(ENTRY)
}
