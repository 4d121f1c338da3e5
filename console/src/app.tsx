import { Center, Loader } from '@mantine/core'
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Provider as ReadsProvider } from 'urql'
import type { FetchEvents } from './gateway/gateway-fetch.ts'
import { ConsolePages } from './pages.tsx'
import { NoticeProvider } from './parts/notices.tsx'
import { forgetToken, forgetTokenOfTab, isKeptOnDevice, keepToken, keptToken, onForgotten } from './session/kept-token.ts'
import { LiveProvider } from './session/live.tsx'
import { type Session, SessionContext } from './session/session.ts'
import { signIn } from './session/sign-in.ts'
import { SignInAgain, useKeysAtTheDoor } from './session/sign-in-again.tsx'
import { SignInPage } from './session/sign-in-page.tsx'
import { CallerPage } from './use/caller-page.tsx'

/** What the sign-in says and does. */
interface Door {
  readonly notice: string | null
  readonly isBusy: boolean
}

type OpenSession = Omit<Session, 'signOut'>

type Access =
  | { readonly kind: 'opening' }
  | { readonly kind: 'closed'; readonly door: Door }
  /** With a door: the token has ended, and what was typed waits behind it. */
  | { readonly kind: 'open'; readonly session: OpenSession; readonly door: Door | null }

/** What was typed, and what was read, waits no longer for somebody who does not come back. */
const LONGEST_AT_DOOR_MS = 900_000

const NO_LONGER_VALID = 'Your access token is no longer valid. It may have expired or been revoked.'

/** The console: the sign-in, and behind it the pages. */
export function App() {
  const [access, setAccess] = useState<Access>({ kind: 'opening' })
  const onStream = useRef<() => void>(() => {})
  const ended = access.kind === 'open' && access.door !== null ? access.session : null
  useKeysAtTheDoor(ended !== null)

  const signOut = useCallback(() => {
    forgetToken()
    setAccess({ kind: 'closed', door: { notice: null, isBusy: false } })
  }, [])
  const enter = useCallback((token: string, onDevice: boolean, before: OpenSession | null) => {
    setAccess((now) => (now.kind === 'opening' ? now : atDoor(now, { notice: null, isBusy: true })))
    const onStreamOpened = () => onStream.current()
    const onEnded = () => setAccess((now) => atDoor(now, { notice: NO_LONGER_VALID, isBusy: false }))
    void openSession(token, onDevice, before, { onStream: onStreamOpened, onUnauthenticated: onEnded }).then((outcome) =>
      setAccess((now) =>
        typeof outcome === 'string' ? atDoor(now, { notice: outcome, isBusy: false }) : { kind: 'open', session: outcome, door: null },
      ),
    )
  }, [])

  useEffect(() => {
    const token = keptToken()
    if (token === null) signOut()
    else enter(token, isKeptOnDevice(), null)
  }, [enter, signOut])
  useEffect(() => onForgotten(() => ended === null && signOut()), [signOut, ended])
  useEffect(() => {
    if (ended === null) return
    const timer = setTimeout(() => setAccess({ kind: 'closed', door: { notice: NO_LONGER_VALID, isBusy: false } }), LONGEST_AT_DOOR_MS)
    return () => clearTimeout(timer)
  }, [ended])

  const session = useMemo<Session | null>(() => (access.kind === 'open' ? { ...access.session, signOut } : null), [access, signOut])
  if (access.kind === 'opening')
    return (
      <Center mih="100vh">
        <Loader aria-label="Signing in" />
      </Center>
    )
  const signInPage = access.door !== null && <SignInPage {...access.door} onSignIn={(token, onDevice) => enter(token, onDevice, ended)} />
  return (
    <>
      {/* Another role sees other pages, and nothing of what the one before has read. */}
      {session !== null && <Inside key={session.viewer.role} session={session} onStream={onStream} />}
      {ended === null ? signInPage : <SignInAgain>{signInPage}</SignInAgain>}
    </>
  )
}

function atDoor(now: Access, door: Door): Access {
  return now.kind === 'open' ? { ...now, door } : { kind: 'closed', door }
}

/** @param before whose token has ended. @returns why not, in words. */
async function openSession(
  token: string,
  onDevice: boolean,
  before: OpenSession | null,
  { onStream, onUnauthenticated }: FetchEvents,
): Promise<OpenSession | string> {
  let isInside = false
  const onEnded = () => {
    if (!isInside) return
    forgetTokenOfTab()
    onUnauthenticated()
  }
  const outcome = await signIn(token, { onStream, onUnauthenticated: onEnded })
  if (!('viewer' in outcome)) {
    // A gateway that is away says nothing about the token: it stays for the next try.
    if (outcome.refused && before === null) forgetToken(token)
    return outcome.message
  }
  isInside = true
  keepToken(token, onDevice)
  if (before?.viewer.role !== outcome.viewer.role) return outcome
  before.clients.renew(token)
  return { ...before, viewer: outcome.viewer }
}

interface InsideProps {
  readonly session: Session
  readonly onStream: RefObject<() => void>
}

/** All that somebody who is signed in sees. */
function Inside({ session, onStream }: InsideProps) {
  return (
    <SessionContext value={session}>
      <NoticeProvider>
        {session.viewer.role === 'CALLER' ? (
          <CallerPage />
        ) : (
          <ReadsProvider value={session.clients.reads}>
            <LiveProvider onStream={onStream}>
              <ConsolePages />
            </LiveProvider>
          </ReadsProvider>
        )}
      </NoticeProvider>
    </SessionContext>
  )
}
