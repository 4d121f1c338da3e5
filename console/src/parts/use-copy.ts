import { useEffect, useState } from 'react'
import { useNotify } from './notices.tsx'

const SAID_MS = 2_000

/** Copies a text on demand. Says for a moment that it has, and what to do where the browser lets nobody copy. */
export function useCopy(text: string): { readonly copied: boolean; readonly copy: () => void } {
  const notify = useNotify()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    if (isCopied || copyByCommand(text)) setCopied(true)
    else notify({ tone: 'bad', title: 'Not copied', message: 'Select the text and copy it.' })
  }
  return { copied, copy: () => void copy() }
}

/** The older way: browsers have the newer one only with TLS, and on the machine of the gateway. */
function copyByCommand(text: string): boolean {
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  document.addEventListener('copy', put, true)
  try {
    return document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', put, true)
  }
}
