const streamed = (name: string) => [name, `${name}_stream`]
const family = (name: string, ...verbs: readonly string[]) => verbs.map((verb) => `${name}_${verb}`)

/** Every kind of request that a custom provider may be allowed (Bifrost contract, section 2.4, with what profile B adds). */
const REQUESTS: readonly string[] = [
  'list_models',
  ...['text_completion', 'chat_completion', 'responses'].flatMap(streamed),
  ...family('responses', 'retrieve', 'delete', 'cancel', 'input_items'),
  ...['count_tokens', 'compaction', 'embedding', 'rerank', 'ocr'],
  ...['speech', 'transcription', 'image_generation', 'image_edit'].flatMap(streamed),
  'image_variation',
  ...family('video', 'generation', 'retrieve', 'download', 'delete', 'list', 'remix'),
  ...family('batch', 'create', 'list', 'retrieve', 'cancel', 'delete', 'results'),
  ...family('file', 'upload', 'list', 'retrieve', 'delete', 'content'),
  ...family('container', 'create', 'list', 'retrieve', 'delete'),
  ...family('container_file', 'create', 'list', 'retrieve', 'content', 'delete'),
  ...streamed('passthrough'),
  ...['websocket_responses', 'realtime'],
  ...family('cached_content', 'create', 'list', 'retrieve', 'update', 'delete'),
]

/** All of them spelled out: what is not set to true is false. Names that are none of them are left out. */
export function spellOut(allowed: Readonly<Record<string, boolean>>): Record<string, boolean> {
  return Object.fromEntries(REQUESTS.map((name) => [name, allowed[name] === true]))
}
