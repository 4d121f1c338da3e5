import { useCallback } from 'react'
import { useSearchParams } from 'wouter'

/** Parameters to put into the URL; null takes one out. */
export type UrlChange = Readonly<Record<string, string | null>>

/** State that stands in the page's URL, so that a link shows the same to somebody else. */
export function useUrlState(): readonly [parameters: URLSearchParams, change: (change: UrlChange) => void] {
  const [parameters, setParameters] = useSearchParams()
  const change = useCallback(
    (values: UrlChange) =>
      setParameters(
        (before) => {
          const next = new URLSearchParams(before)
          for (const [name, value] of Object.entries(values)) {
            if (value === null || value === '') next.delete(name)
            else next.set(name, value)
          }
          return next
        },
        { replace: true },
      ),
    [setParameters],
  )
  return [parameters, change]
}

/** What ties a field to a parameter of the URL. The list begins on its first page again when one changes. */
export function useUrlFields() {
  const [parameters, change] = useUrlState()
  return (parameter: string) => ({
    value: parameters.get(parameter) ?? '',
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [parameter]: event.currentTarget.value, after: null }),
  })
}
