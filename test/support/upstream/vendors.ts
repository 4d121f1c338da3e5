import type { ServerOptions } from 'node:https'
import { anthropicShapes } from './anthropic-vendor.ts'
import { bedrockShapes } from './aws-vendor.ts'
import { azureShapes } from './azure-vendor.ts'
import { googleShapes } from './google-vendor.ts'
import { openaiShapes } from './openai-vendor.ts'
import { type RecordedAnswer, type RecordedRequest, startRecorder } from './recorder.ts'
import { openrouterShapes, vercelShapes } from './router-vendors.ts'
import { commonAnswer, type VendorOptions, type VendorShapes } from './vendor-shapes.ts'

const SHAPES = {
  openai: openaiShapes,
  'openai-compat': openaiShapes,
  anthropic: anthropicShapes,
  azure: azureShapes,
  bedrock: bedrockShapes,
  google: googleShapes,
  openrouter: openrouterShapes,
  vercel: vercelShapes,
} as const satisfies Record<string, VendorShapes>
export type VendorName = keyof typeof SHAPES

/** A running imitation of a vendor. */
export interface Vendor {
  /** What a person would enter as the provider's base URL. */
  readonly baseUrl: string
  readonly requests: RecordedRequest[]
  /** The keys that it was sent, in order; requests without one are left out. */
  keys(): string[]
  /** Changes what it does from now on. */
  set(change: Partial<VendorOptions>): void
  close(): Promise<void>
}

const USUAL: VendorOptions = { goodKeys: ['sk-good'], models: ['model-a', 'model-b'], situation: 'normal' }

/** Starts an imitation of a vendor on a free loopback port. Without options one key, `sk-good`, is good. */
export async function startVendor(
  name: VendorName,
  initial: Partial<VendorOptions> = {},
  tls: ServerOptions | null = null,
): Promise<Vendor> {
  const shapes: VendorShapes = SHAPES[name]
  let options: VendorOptions = { ...USUAL, ...initial }
  const recorder = await startRecorder((request) => answerAs(shapes, request, options), tls)
  return {
    baseUrl: `${recorder.origin}${shapes.basePath}`,
    requests: recorder.requests,
    keys: () => recorder.requests.flatMap((request) => shapes.keyOf(request) ?? []),
    set: (change) => {
      options = { ...options, ...change }
    },
    close: recorder.close,
  }
}

/** A vendor's answers without a server of its own, for a host among others. */
export function vendorHost(name: VendorName, options: Partial<VendorOptions> = {}): (request: RecordedRequest) => RecordedAnswer | null {
  return (request) => answerAs(SHAPES[name], request, { ...USUAL, ...options })
}

function answerAs(shapes: VendorShapes, request: RecordedRequest, options: VendorOptions): RecordedAnswer | null {
  if (options.situation === 'hang') return null
  const key = shapes.keyOf(request)
  const answer = commonAnswer(options.situation) ?? shapes.answer(request, options, key !== null && options.goodKeys.includes(key))
  return answer ?? { status: 404, body: '<html><head><title>404 Not Found</title></head></html>' }
}
