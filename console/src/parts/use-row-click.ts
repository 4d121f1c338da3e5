import type { MouseEvent } from 'react'
import { useLocation } from 'wouter'

/** Lets a click anywhere in a row do what its link does; what can be pressed by itself keeps its own meaning, and text can be selected. */
export function useRowClick(href: string): (event: MouseEvent<HTMLElement>) => void {
  const [, goTo] = useLocation()
  return (event) => {
    const isOwn = event.target instanceof Element && event.target.closest('a, button, input, label') !== null
    if (isOwn || event.defaultPrevented || window.getSelection()?.isCollapsed === false) return
    if (event.metaKey || event.ctrlKey) window.open(`/console${href}`, '_blank', 'noopener')
    else goTo(href)
  }
}
