import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { usePermissions } from '../session/session.ts'
import { Dialog } from './dialog.tsx'

/** Where `g` and then a letter leads. */
const PLACES: readonly { readonly key: string; readonly path: string; readonly name: string; readonly isForAdmins: boolean }[] = [
  { key: 'p', path: '/', name: 'Providers', isForAdmins: false },
  { key: 'k', path: '/keys', name: 'Keys', isForAdmins: false },
  { key: 'r', path: '/routes', name: 'Routes', isForAdmins: false },
  { key: 'u', path: '/usage', name: 'Usage', isForAdmins: false },
  { key: 't', path: '/tokens', name: 'Tokens', isForAdmins: true },
  { key: 'a', path: '/audit', name: 'Audit', isForAdmins: true },
]
/** How long a letter may come after `g`. */
const SEQUENCE_MS = 1_500

/** Whether a key is typed into something, or belongs to a dialog or a menu. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  const target = event.target instanceof Element ? event.target : null
  const isTyping = target !== null && target.closest('input, textarea, select, [contenteditable], [role="menu"]') !== null
  return isTyping || document.querySelector('[role="dialog"]') !== null
}

/** Keys that work wherever nothing is typed: `/`, `n`, `?`, and `g` with a letter. */
export function useShortcuts(onHelp: () => void): void {
  const { mayRead, mayEdit, mayAdminister } = usePermissions()
  const [, goTo] = useLocation()
  const help = useRef(onHelp)
  help.current = onHelp
  useEffect(() => {
    if (!mayRead) return
    let sequenceEnds = 0
    const actOf = (key: string, isSecond: boolean): (() => void) | undefined => {
      if (isSecond) {
        const place = PLACES.find((one) => one.key === key && (mayAdminister || !one.isForAdmins))
        return place === undefined ? undefined : () => goTo(place.path)
      }
      if (key === 'n' && !mayEdit) return undefined
      return {
        '/': () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus(),
        n: () => goTo('/new-provider'),
        '?': () => help.current(),
      }[key]
    }
    const press = (event: KeyboardEvent) => {
      if (isTaken(event)) return
      const isSecond = event.timeStamp < sequenceEnds
      sequenceEnds = event.key === 'g' && !isSecond ? event.timeStamp + SEQUENCE_MS : 0
      const act = actOf(event.key, isSecond)
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [goTo, mayRead, mayEdit, mayAdminister])
}

/** What the keys do. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { mayEdit, mayAdminister } = usePermissions()
  const rows: readonly (readonly [keys: string, does: string])[] = [
    ['/', 'Search'],
    ...(mayEdit ? [['n', 'Add a provider'] as const] : []),
    ...PLACES.filter(({ isForAdmins }) => mayAdminister || !isForAdmins).map(({ key, name }) => [`g ${key}`, `Go to ${name}`] as const),
    ['?', 'Show the shortcuts'],
  ]
  return (
    <Dialog onClose={onClose} title="Keyboard shortcuts">
      <dl className="shortcuts">
        {rows.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
