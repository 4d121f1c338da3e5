import { quoted, type Snippet, type SnippetTarget, TOKEN_VARIABLE } from './snippet.ts'

/** A provider package of Vercel's AI SDK. */
export interface AiSdkPackage {
  readonly package: string
  /** The function that it exports. */
  readonly create: string
  /** Where its base URL is, below the provider's. */
  readonly path: string
  /** Whether it asks for a name of its own. */
  readonly isNamed?: boolean
}

export function aiSdk({ name, url, model }: SnippetTarget, { package: from, create, path, isNamed = false }: AiSdkPackage): Snippet {
  const options = `${isNamed ? `name: ${quoted(name)}, ` : ''}baseURL: ${quoted(url + path)}, apiKey: process.env.${TOKEN_VARIABLE}`
  return {
    ...{ id: 'ai-sdk', label: 'AI SDK', where: `npm install ai ${from}` },
    text: `import { generateText } from 'ai'
import { ${create} } from '${from}'

const provider = ${create}({ ${options} })
const { text } = await generateText({ model: provider(${quoted(model)}), prompt: 'Say hello.' })
console.log(text)
`,
  }
}
