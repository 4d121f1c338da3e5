import { useEffect, useState } from 'react'

/** What had the focus before the latest piece of work: a button that cannot be pressed meanwhile loses it. */
let beforeWork: HTMLElement | null = null

/** What the focus should go back to: to the button of a menu when it was one of the menu's items, since the menu has closed by then. */
function focused(): HTMLElement | null {
  const active = document.activeElement
  if (active === document.body) return beforeWork
  const menu = active?.closest('[role="menu"]')
  const opener = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : active
  return opener instanceof HTMLElement ? opener : null
}

/** Gives the focus back, unless something else has taken it. */
function giveBack(find: () => HTMLElement | null): void {
  // Not at once: what is disabled until the next drawing takes no focus.
  setTimeout(() => {
    if (document.activeElement !== document.body) return
    const element = find()
    element?.focus({ preventScroll: true })
    if (element !== null) headingWhenGone(element)
  })
}

function heading(): HTMLElement | null {
  return document.querySelector<HTMLElement>('h1')
}

/** What has the focus may leave the page a moment later, as the row of what was deleted does: the heading takes it then. */
export function headingWhenGone(element: HTMLElement): void {
  const watcher = new MutationObserver(() => {
    if (element.isConnected) return
    watcher.disconnect()
    if (document.activeElement === document.body) heading()?.focus({ preventScroll: true })
  })
  watcher.observe(document.body, { childList: true, subtree: true })
  document.addEventListener('focusin', () => watcher.disconnect(), { once: true })
}

/** For a button that cannot be pressed while its work is done, and so loses the focus: remembers it; the function returned gives it back. */
export function rememberFocus(): () => void {
  const element = focused()
  beforeWork = element
  return () => giveBack(() => element)
}

/** For what lies over the page: the focus goes back to what opened it, or to the page's heading when that is gone. */
export function useReturnFocus(): void {
  const [opener] = useState(focused)
  useEffect(() => () => giveBack(() => (opener?.isConnected ? opener : heading())), [opener])
}
