import { isRecord } from '../../upstream/vendors/json.ts'
import { NO_USAGE, type ReadUsage, type TokenUsage } from '../../usage/token-usage.ts'

/** The numbers that vendors report, each under one name whatever the vendor calls it. */
type Figure = 'input' | 'inputBesideCache' | 'toolInput' | 'cached' | 'cacheWrite' | 'output' | 'reasoning' | 'total'

/** Where a usage object has each number. The first place that holds one counts. */
const PLACES: readonly (readonly [Figure, readonly (readonly string[])[]])[] = [
  // OpenAI's chat, Google and its interactions, Ollama, Vercel's own format, Cohere.
  [
    'input',
    [
      ['prompt_tokens'],
      ['promptTokenCount'],
      ['total_input_tokens'],
      ['prompt_eval_count'],
      ['inputTokens', 'total'],
      ['tokens', 'input_tokens'],
      ['billed_units', 'input_tokens'],
      ['tokens'],
    ],
  ],
  // Anthropic and OpenAI's Responses, Bedrock, and Bedrock's metrics.
  ['inputBesideCache', [['input_tokens'], ['inputTokens'], ['inputTokenCount']]],
  ['toolInput', [['toolUsePromptTokenCount'], ['total_tool_use_tokens']]],
  [
    'cached',
    [
      ...[['prompt_tokens_details', 'cached_tokens'], ['input_tokens_details', 'cached_tokens'], ['cache_read_input_tokens']],
      ...[
        ['total_cached_tokens'],
        ['cachedContentTokenCount'],
        ['cacheReadInputTokens'],
        ['cacheReadInputTokenCount'],
        ['inputTokens', 'cacheRead'],
      ],
      // Vercel before, DeepSeek, Moonshot.
      ...[['cachedInputTokens'], ['prompt_cache_hit_tokens'], ['cached_tokens']],
    ],
  ],
  [
    'cacheWrite',
    [
      ...[['prompt_tokens_details', 'cache_write_tokens'], ['input_tokens_details', 'cache_write_tokens'], ['cache_creation_input_tokens']],
      ...[['cacheWriteInputTokens'], ['cacheWriteInputTokenCount'], ['inputTokens', 'cacheWrite']],
    ],
  ],
  [
    'output',
    [
      ...[
        ['completion_tokens'],
        ['output_tokens'],
        ['candidatesTokenCount'],
        ['outputTokens'],
        ['outputTokenCount'],
        ['total_output_tokens'],
        ['eval_count'],
      ],
      ...[
        ['outputTokens', 'total'],
        ['tokens', 'output_tokens'],
        ['billed_units', 'output_tokens'],
      ],
    ],
  ],
  [
    'reasoning',
    [
      ...[
        ['completion_tokens_details', 'reasoning_tokens'],
        ['output_tokens_details', 'reasoning_tokens'],
      ],
      ...[['output_tokens_details', 'thinking_tokens'], ['thoughtsTokenCount'], ['total_thought_tokens'], ['outputTokens', 'reasoning']],
      ...[['reasoningTokens'], ['reasoning_tokens']],
    ],
  ],
  ['total', [['total_tokens'], ['totalTokenCount']]],
]

/** A place in that list: the smaller its rank, the earlier it stands. */
interface Place {
  readonly figure: Figure
  readonly rank: number
}

/** The same by the names of members: of a number, and of those in an object. */
interface Member {
  place: Place | null
  readonly inner: Map<string, Place>
}

const MEMBERS = membersOf(PLACES)

function membersOf(list: typeof PLACES): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>()
  for (const [figure, places] of list)
    for (const [rank, [outer = '', inner]] of places.entries()) {
      const member = members.get(outer) ?? { place: null, inner: new Map<string, Place>() }
      members.set(outer, member)
      if (inner === undefined) member.place = { figure, rank }
      else member.inner.set(inner, { figure, rank })
    }
  return members
}

/** What says that a vendor counts the cache as a part of its input, though others use the same name for the rest of it. */
const COUNTS_CACHE = ['total_tokens', 'input_tokens_details', 'input_token_details', 'cachedInputTokens']

/** More than any call can use: a vendor that says so is wrong, and sums must stay numbers. */
const MOST_TOKENS = 1e12

type Seen = Partial<Record<Figure, number>>

/** Collects what an answer reports. A later number takes the place of an earlier one: vendors count up. */
export class Figures {
  readonly #seen: Seen = {}
  #isFinal = false
  #hasFailed = false
  #model: string | null = null

  /** The model that has answered, by the first that said so; null while nobody did. */
  get model(): string | null {
    return this.#model
  }

  /** Whether the vendor said in its answer that it failed. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  takeFailure(): void {
    this.#hasFailed = true
  }

  takeModel(name: string): void {
    this.#model ??= name
  }

  /**
   * Takes a usage object of any vendor.
   * @param isFinal whether no later one can say more.
   */
  take(usage: unknown, isFinal: boolean): void {
    const read = readFigures(usage)
    if (Object.keys(read).length === 0) return
    Object.assign(this.#seen, read)
    if (isFinal) this.#isFinal = true
  }

  /** @param isWhole whether the answer came to its end. */
  result(isWhole: boolean): ReadUsage {
    const usage = normalForm(this.#seen)
    return usage === null ? NO_USAGE : { usage, usageSource: isWhole || this.#isFinal ? 'REPORTED' : 'PARTIAL' }
  }
}

function readFigures(usage: unknown): Seen {
  if (!isRecord(usage)) return {}
  const read: Seen = {}
  const ranks: Seen = {}
  const take = (place: Place | null | undefined, value: unknown) => {
    if (place == null || typeof value !== 'number' || value < 0 || value > MOST_TOKENS) return
    if (place.rank >= (ranks[place.figure] ?? Number.POSITIVE_INFINITY)) return
    ranks[place.figure] = place.rank
    read[place.figure] = Math.round(value)
  }
  for (const name of Object.keys(usage)) {
    const member = MEMBERS.get(name)
    if (member === undefined) continue
    const value = usage[name]
    if (isRecord(value)) for (const inner of Object.keys(value)) take(member.inner.get(inner), value[inner])
    else take(member.place, value)
  }
  const { inputBesideCache, ...others } = read
  if (inputBesideCache === undefined || !COUNTS_CACHE.some((name) => Object.hasOwn(usage, name))) return read
  return { input: inputBesideCache, ...others }
}

/** Null when there is no number of tokens at all. */
function normalForm(seen: Seen): TokenUsage | null {
  const { input, inputBesideCache, output, total } = seen
  if ([input, inputBesideCache, output, total].every((count) => count === undefined)) return null
  const { cached = 0, cacheWrite = 0, reasoning = 0, toolInput = 0 } = seen
  const besideCache = inputBesideCache === undefined ? undefined : inputBesideCache + cached + cacheWrite
  // A vendor that tells the total alone counts input: its models embed, or rank.
  const inputTokens = (input ?? besideCache ?? Math.max(0, (total ?? 0) - (output ?? 0))) + toolInput
  const outputTokens = allOutput(output ?? 0, reasoning, (total ?? 0) - inputTokens)
  const cachedInputTokens = Math.min(cached, inputTokens)
  return {
    inputTokens,
    cachedInputTokens,
    cacheWriteTokens: Math.min(cacheWrite, inputTokens - cachedInputTokens),
    outputTokens,
    reasoningTokens: Math.min(reasoning, outputTokens),
  }
}

/** Google and xAI count reasoning beside the output, and Google's OpenAI mode in the total alone. */
function allOutput(output: number, reasoning: number, beyondInput: number): number {
  return Math.max(output, beyondInput, reasoning > output ? output + reasoning : 0)
}
