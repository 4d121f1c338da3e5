import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react'

/**
 * The sign-in over the pages of somebody whose token has ended, who finds there what they had typed.
 * The browser keeps everything under such a dialog from keyboard, pointer and screen reader, also the library's own dialogs.
 */
export function SignInAgain({ children }: { readonly children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const shown = dialog.current
    const title = document.title
    shown?.showModal()
    return () => {
      shown?.close()
      document.title = title
    }
  }, [])
  return (
    <dialog ref={dialog} className="sign-in-again" aria-label="Sign in again" onCancel={(event) => event.preventDefault()}>
      {children}
    </dialog>
  )
}

/**
 * Keeps keys from what is behind the door: the library's dialogs and the shortcuts listen at the window itself.
 * It listens from the beginning, so that it hears of a key before they do.
 */
export function useKeysAtTheDoor(isAtDoor: boolean): void {
  const atDoor = useRef(isAtDoor)
  useLayoutEffect(() => {
    atDoor.current = isAtDoor
  }, [isAtDoor])
  useEffect(() => {
    const keep = (event: KeyboardEvent) => {
      if (!atDoor.current) return
      event.stopImmediatePropagation()
      if (event.key === 'Escape') event.preventDefault()
    }
    window.addEventListener('keydown', keep, true)
    return () => window.removeEventListener('keydown', keep, true)
  }, [])
}
