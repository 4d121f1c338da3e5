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
/** What this tab is signed in with: the device may hold another token by now. */
let current: string | null = null

export function keptToken(): string | null {
  return ofTab?.getItem(ENTRY) ?? ofDevice?.getItem(ENTRY) ?? null
}

/**
 * A token of the tab leaves that of the device where it is: other tabs are signed in with it.
 * @param onDevice whether the token outlives the tab.
 */
export function keepToken(token: string, onDevice: boolean): void {
  current = token
  if (onDevice) ofTab?.removeItem(ENTRY)
  const kept = onDevice ? ofDevice : ofTab
  kept?.setItem(ENTRY, token)
}

/** Whether `keptToken` is the one of the device. */
export function isKeptOnDevice(): boolean {
  return (ofTab?.getItem(ENTRY) ?? null) === null && (ofDevice?.getItem(ENTRY) ?? null) !== null
}

/** For this tab alone: others that hold the token on the device find out for themselves, and keep what is typed in them. */
export function forgetTokenOfTab(): void {
  ofTab?.removeItem(ENTRY)
}

/** Takes out this token alone, wherever it is: the one that this tab is signed in with when left out. */
export function forgetToken(token: string | null = current): void {
  for (const store of [ofTab, ofDevice]) if (store?.getItem(ENTRY) === token) store?.removeItem(ENTRY)
}

/** Calls back when another tab of this browser has signed out of the token that this one has from the device. Returns how to stop that. */
export function onForgotten(listener: () => void): () => void {
  const notice = ({ key, oldValue, newValue }: StorageEvent) => {
    if (key === ENTRY && newValue === null && oldValue === current && ofTab?.getItem(ENTRY) == null) listener()
  }
  window.addEventListener('storage', notice)
  return () => window.removeEventListener('storage', notice)
}
