import type { Client } from '@urql/core'
import { onEnd, pipe, subscribe } from 'wonka'
import { type ChangeAction, ProviderChangedDocument } from '../generated/documents.ts'

/** A change that was told. */
export interface LiveChange {
  readonly action: ChangeAction
  readonly providerId: string
}

/** Whether changes arrive as they happen. */
export type LiveState = 'connecting' | 'live' | 'lost'

export interface LiveListener {
  /** Null means that changes may have been missed: read again what is shown. */
  readonly onChange: (change: LiveChange | null) => void
  readonly onState: (state: LiveState) => void
}

export interface LiveChanges {
  /** The stream was accepted by the gateway. */
  readonly opened: () => void
  readonly stop: () => void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

/** Follows every change of a provider for as long as the session lasts: a lost stream is opened again, a little later each time. */
export function followChanges(client: Client, { onChange, onState }: LiveListener): LiveChanges {
  let pause = FIRST_PAUSE_MS
  let hasBeenLive = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let subscription: { unsubscribe: () => void } | undefined
  /** The stream that counts; what an earlier one still says does not. */
  let current = 0

  const lost = (stream: number) => {
    if (stream !== current) return
    current += 1
    onState('lost')
    // Not all consoles at once, when a gateway comes back.
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2))
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }

  const open = () => {
    current += 1
    const stream = current
    subscription = pipe(
      client.subscription(ProviderChangedDocument, {}),
      onEnd(() => lost(stream)),
      subscribe(({ data, error }) => {
        if (error !== undefined) lost(stream)
        else if (data !== undefined) onChange(data.providerChanged)
      }),
    )
  }

  onState('connecting')
  open()
  return {
    opened: () => {
      pause = FIRST_PAUSE_MS
      onState('live')
      // What happened while nobody listened was told to nobody.
      if (hasBeenLive) onChange(null)
      hasBeenLive = true
    },
    stop: () => {
      current += 1
      clearTimeout(timer)
      subscription?.unsubscribe()
    },
  }
}
