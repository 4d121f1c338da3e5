import { useLayoutEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/** Begins a page that somebody goes on to at its top; where they go back to, the browser puts them where they were. */
export function useScrollToTop(): void {
  const [location] = useLocation()
  const isBack = useRef(false)
  useLayoutEffect(() => {
    const note = () => {
      isBack.current = true
    }
    window.addEventListener('popstate', note)
    return () => window.removeEventListener('popstate', note)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what this is about.
  useLayoutEffect(() => {
    if (!isBack.current) window.scrollTo(0, 0)
    isBack.current = false
  }, [location])
}
