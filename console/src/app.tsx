import { Center, Loader } from '@mantine/core'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Provider as ReadsProvider } from 'urql'
import type { FetchEvents } from './gateway/gateway-fetch.ts'
import { ConsolePages } from './pages.tsx'
import { forgetToken, isKeptOnDevice, keepToken, keptToken, onForgotten } from './session/kept-token.ts'
import { LiveProvider } from './session/live.tsx'
import { type Session, SessionContext } from './session/session.ts'
import { signIn } from './session/sign-in.ts'
import { SignInPage } from './session/sign-in-page.tsx'
import { CallerPage } from './use/caller-page.tsx'

type Access =
  | { readonly kind: 'opening' }
  | { readonly kind: 'closed'; readonly notice: string | null; readonly isBusy: boolean }
  | { readonly kind: 'open'; readonly session: Omit<Session, 'signOut'> }

const NO_LONGER_VALID = 'Your access token is no longer valid. It may have expired or been revoked.'

/** The console: the sign-in, and behind it the pages. */
export function App() {
  const [access, setAccess] = useState<Access>({ kind: 'opening' })
  const onStream = useRef<() => void>(() => {})

  const close = useCallback((notice: string | null) => {
    forgetToken()
    setAccess({ kind: 'closed', notice, isBusy: false })
  }, [])

  const enter = useCallback(
    async (token: string, onDevice: boolean) => {
      let isInside = false
      const events: FetchEvents = {
        onUnauthenticated: () => isInside && close(NO_LONGER_VALID),
        onStream: () => onStream.current(),
      }
      const outcome = await signIn(token, events)
      if ('viewer' in outcome) {
        isInside = true
        keepToken(token, onDevice)
        return setAccess({ kind: 'open', session: outcome })
      }
      // A gateway that is away says nothing about the token: it stays for the next try.
      if (outcome.refused) forgetToken()
      setAccess({ kind: 'closed', notice: outcome.message, isBusy: false })
    },
    [close],
  )

  useEffect(() => {
    const token = keptToken()
    if (token === null) setAccess({ kind: 'closed', notice: null, isBusy: false })
    else void enter(token, isKeptOnDevice())
  }, [enter])
  useEffect(() => onForgotten(() => close(null)), [close])

  const session = useMemo<Session | null>(
    () => (access.kind === 'open' ? { ...access.session, signOut: () => close(null) } : null),
    [access, close],
  )
  if (session !== null)
    return (
      <SessionContext value={session}>
        {session.viewer.role === 'CALLER' ? (
          <CallerPage />
        ) : (
          <ReadsProvider value={session.clients.reads}>
            <LiveProvider onStream={onStream}>
              <ConsolePages />
            </LiveProvider>
          </ReadsProvider>
        )}
      </SessionContext>
    )
  if (access.kind !== 'closed')
    return (
      <Center mih="100vh">
        <Loader aria-label="Signing in" />
      </Center>
    )
  const submit = (token: string, onDevice: boolean) => {
    setAccess({ ...access, isBusy: true })
    void enter(token, onDevice)
  }
  return <SignInPage notice={access.notice} isBusy={access.isBusy} onSignIn={submit} />
}
