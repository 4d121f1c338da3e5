import type { ProviderType } from '../generated/documents.ts'
import { type AiSdkPackage, aiSdk } from './ai-sdk-snippets.ts'
import {
  anthropicCurl,
  anthropicPython,
  anthropicTypeScript,
  claudeCode,
  claudeCodeWithModel,
  continueAnthropic,
  langChainAnthropic,
} from './anthropic-snippets.ts'
import { awsPython, awsTypeScript, bedrockCurl, googleCurl, googlePython, googleTypeScript } from './cloud-snippets.ts'
import {
  azureOpenAi,
  codex,
  continueOpenAi,
  copilotCurl,
  langChainOpenAi,
  libreChat,
  openAiCurl,
  openAiPython,
  openAiTypeScript,
  openWebUi,
} from './openai-snippets.ts'
import type { Snippet, SnippetTarget } from './snippet.ts'

type OpenAiSnippet = (target: SnippetTarget, base: string) => Snippet

const OPENAI_SDKS: readonly OpenAiSnippet[] = [openAiTypeScript, openAiPython]
const OPENAI_TOOLS: readonly OpenAiSnippet[] = [langChainOpenAi, openWebUi, libreChat, continueOpenAi]

/** @param path where OpenAI's routes begin, below the provider's own. */
function speakingOpenAi(target: SnippetTarget, path: string, kinds: readonly OpenAiSnippet[]): Snippet[] {
  return kinds.map((kind) => kind(target, target.url + path))
}

/** The snippets for a provider of this type, the most likely one first. */
export function snippetsFor(type: ProviderType, target: SnippetTarget): readonly Snippet[] {
  const openAi = (path: string, kinds: readonly OpenAiSnippet[]) => speakingOpenAi(target, path, kinds)
  const ai = (from: AiSdkPackage) => aiSdk(target, from)
  switch (type) {
    case 'OPENAI': {
      const package_ = { package: '@ai-sdk/openai', create: 'createOpenAI', path: '/v1' }
      return [...openAi('/v1', [openAiCurl, ...OPENAI_SDKS]), ai(package_), ...openAi('/v1', [codex, ...OPENAI_TOOLS])]
    }
    case 'AZURE': {
      const package_ = { package: '@ai-sdk/azure', create: 'createAzure', path: '/openai' }
      return [
        ...openAi('/openai/v1', [openAiCurl]),
        ...openAi('/openai', [azureOpenAi]),
        ...openAi('/openai/v1', OPENAI_SDKS),
        ai(package_),
        ...openAi('/openai/v1', [codex, ...OPENAI_TOOLS]),
      ]
    }
    case 'ANTHROPIC':
      return [
        ...[anthropicCurl(target), claudeCode(target), anthropicTypeScript(target), anthropicPython(target)],
        ai({ package: '@ai-sdk/anthropic', create: 'createAnthropic', path: '/v1' }),
        ...[langChainAnthropic(target), continueAnthropic(target)],
        ...openAi('/v1', [openWebUi, libreChat]),
      ]
    case 'GOOGLE':
      return [
        ...[googleCurl(target), googleTypeScript(target), googlePython(target)],
        ai({ package: '@ai-sdk/google', create: 'createGoogleGenerativeAI', path: '/v1beta' }),
        ...openAi('/v1beta/openai', [...OPENAI_SDKS, ...OPENAI_TOOLS]),
      ]
    case 'BEDROCK':
      return [
        ...[bedrockCurl(target), awsTypeScript(target), awsPython(target)],
        ai({ package: '@ai-sdk/amazon-bedrock', create: 'createAmazonBedrock', path: '' }),
      ]
    case 'COPILOT':
      return [copilotCurl(target)]
    case 'OPENROUTER':
      return routerSnippets(target, { package: '@openrouter/ai-sdk-provider', create: 'createOpenRouter', path: '/v1' })
    case 'VERCEL':
      return routerSnippets(target, { package: '@ai-sdk/gateway', create: 'createGateway', path: '/v1/ai' })
    default: {
      const package_ = { package: '@ai-sdk/openai-compatible', create: 'createOpenAICompatible', path: '/v1', isNamed: true }
      return [...openAi('/v1', [openAiCurl, ...OPENAI_SDKS]), ai(package_), ...openAi('/v1', OPENAI_TOOLS)]
    }
  }
}

/** Vendors with the models of many others, in OpenAI's API and in Anthropic's. */
function routerSnippets(target: SnippetTarget, from: AiSdkPackage): readonly Snippet[] {
  return [
    ...speakingOpenAi(target, '/v1', [openAiCurl, ...OPENAI_SDKS]),
    aiSdk(target, from),
    claudeCode(target),
    anthropicTypeScript(target),
    ...speakingOpenAi(target, '/v1', [codex, ...OPENAI_TOOLS]),
  ]
}

/** Types that take Anthropic's Messages, so that a route of them serves Anthropic's clients as well. */
const TAKES_MESSAGES: ReadonlySet<ProviderType> = new Set(['ANTHROPIC', 'OPENROUTER', 'VERCEL'])

/**
 * The snippets for a model route.
 * @param target with the address of the gateway itself. @param types of the providers of its targets.
 */
export function routeSnippets(target: SnippetTarget, types: readonly ProviderType[]): readonly Snippet[] {
  const anthropic = types.some((type) => TAKES_MESSAGES.has(type)) ? [claudeCodeWithModel(target), anthropicTypeScript(target)] : []
  return [
    ...speakingOpenAi(target, '/v1', [openAiCurl, ...OPENAI_SDKS]),
    aiSdk(target, { package: '@ai-sdk/openai-compatible', create: 'createOpenAICompatible', path: '/v1', isNamed: true }),
    ...anthropic,
    ...speakingOpenAi(target, '/v1', OPENAI_TOOLS),
  ]
}

/** What to begin with where nothing is known of the models. */
const MODELS: Readonly<Record<ProviderType, string>> = {
  OPENAI: 'gpt-5',
  AZURE: 'your-deployment',
  ANTHROPIC: 'claude-sonnet-4-5',
  GOOGLE: 'gemini-2.5-flash',
  BEDROCK: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  COPILOT: 'gpt-4.1',
  OPENAI_COMPAT: 'your-model',
  OPENROUTER: 'openai/gpt-5',
  VERCEL: 'openai/gpt-5',
}

/** A vendor's list is the vendor's text: only what means nothing to a shell is put into a snippet. */
const PLAIN_MODEL = /^[A-Za-z0-9][\w.:/@-]{0,199}$/
const NO_CHAT = /embed|moderation|whisper|tts|audio|realtime|transcribe|image|dall-e|sora|rerank|imagen|veo|aqa/i

const YOUR_MODEL = 'your-model'

/**
 * A model for the snippets: the usual one where it is listed or nothing is, else the first that can chat by its name.
 * @param listed names, or of a token's scope also names with `*`.
 */
export function modelFor(type: ProviderType, listed: readonly string[]): string {
  const usual = MODELS[type] ?? YOUR_MODEL
  if (listed.some((name) => matches(name, usual))) return usual
  const first = listed.find((name) => PLAIN_MODEL.test(name) && !NO_CHAT.test(name))
  // Where a scope has names with `*` alone, and the usual model is in none of them, no name is known.
  return first ?? (listed.some((name) => name.includes('*')) ? YOUR_MODEL : usual)
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}
