/**
 * The one thing that the console keeps: the token, for this browser tab only, or for this device where somebody has asked for it.
 * `sessionStorage` ends with the tab; neither is ever sent anywhere by the browser.
 */
const ENTRY = 'gateway-console-token'

/** Null where the browser lets no page keep anything: the token then ends with the page. */
function storeOf(name: 'sessionStorage' | 'localStorage'): Storage | null {
  try {
    return window[name]
  } catch {
    return null
  }
}

const ofTab = storeOf('sessionStorage')
const ofDevice = storeOf('localStorage')

export function keptToken(): string | null {
  return ofTab?.getItem(ENTRY) ?? ofDevice?.getItem(ENTRY) ?? null
}

/**
 * Kept where it is kept already, it is not taken out in between: other tabs would hear that, and sign out.
 * @param onDevice whether the token outlives the tab.
 */
export function keepToken(token: string, onDevice: boolean): void {
  const [kept, other] = onDevice ? [ofDevice, ofTab] : [ofTab, ofDevice]
  other?.removeItem(ENTRY)
  kept?.setItem(ENTRY, token)
}

export function isKeptOnDevice(): boolean {
  return (ofDevice?.getItem(ENTRY) ?? null) !== null
}

/** For this tab alone: others that hold the token on the device find out for themselves, and keep what is typed in them. */
export function forgetTokenOfTab(): void {
  ofTab?.removeItem(ENTRY)
}

export function forgetToken(): void {
  ofTab?.removeItem(ENTRY)
  ofDevice?.removeItem(ENTRY)
}

/** Calls back when another tab of this browser has signed out, unless this one has a token of its own. Returns how to stop that. */
export function onForgotten(listener: () => void): () => void {
  const notice = ({ key, newValue }: StorageEvent) => {
    if (key === ENTRY && newValue === null && ofTab?.getItem(ENTRY) == null) listener()
  }
  window.addEventListener('storage', notice)
  return () => window.removeEventListener('storage', notice)
}
