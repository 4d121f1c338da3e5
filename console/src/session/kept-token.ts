/**
 * The one thing that the console keeps: the token, for this browser tab only, or for this device where somebody has asked for it.
 * `sessionStorage` ends with the tab; neither is ever sent anywhere by the browser.
 */
const ENTRY = 'gateway-console-token'

export function keptToken(): string | null {
  return sessionStorage.getItem(ENTRY) ?? localStorage.getItem(ENTRY)
}

/**
 * Kept where it is kept already, it is not taken out in between: other tabs would hear that, and sign out.
 * @param onDevice whether the token outlives the tab.
 */
export function keepToken(token: string, onDevice: boolean): void {
  const [kept, other] = onDevice ? [localStorage, sessionStorage] : [sessionStorage, localStorage]
  other.removeItem(ENTRY)
  kept.setItem(ENTRY, token)
}

export function isKeptOnDevice(): boolean {
  return localStorage.getItem(ENTRY) !== null
}

/** For this tab alone: others that hold the token on the device find out for themselves, and keep what is typed in them. */
export function forgetTokenOfTab(): void {
  sessionStorage.removeItem(ENTRY)
}

export function forgetToken(): void {
  sessionStorage.removeItem(ENTRY)
  localStorage.removeItem(ENTRY)
}

/** Calls back when another tab of this browser has signed out. Returns how to stop that. */
export function onForgotten(listener: () => void): () => void {
  const notice = ({ key, newValue }: StorageEvent) => {
    if (key === ENTRY && newValue === null) listener()
  }
  window.addEventListener('storage', notice)
  return () => window.removeEventListener('storage', notice)
}
