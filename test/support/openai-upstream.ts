import type { Certificate } from './upstream/certificates.ts'
import { type RecordedRequest, type Recorder, startRecorder } from './upstream/recorder.ts'

/** What an upstream answers to a key: the models that it lists, or a status that refuses. */
export type KeyAnswers = Readonly<Record<string, readonly string[] | number>>

export interface OpenAiUpstream extends Recorder {
  /** The requests that carried the key. */
  readonly sentWith: (key: string) => RecordedRequest[]
}

/** Starts an upstream that speaks OpenAI's API on loopback, knows these keys only, and records what it was sent. */
export async function startOpenAiUpstream(answers: KeyAnswers, tls: Certificate | null = null): Promise<OpenAiUpstream> {
  const recorder = await startRecorder((request) => {
    const answer = answers[keyOf(request)] ?? 401
    if (typeof answer === 'number') return { status: answer, body: { error: { message: 'No.' } } }
    return { status: 200, body: { object: 'list', data: answer.map((id) => ({ id, object: 'model' })) } }
  }, tls)
  return { ...recorder, sentWith: (key) => recorder.requests.filter((request) => keyOf(request) === key) }
}

export function keyOf({ headers }: RecordedRequest): string {
  return headers.authorization?.replace('Bearer ', '') ?? ''
}
