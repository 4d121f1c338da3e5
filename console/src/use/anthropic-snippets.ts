import { quoted, type Snippet, type SnippetTarget, single, TOKEN_VARIABLE } from './snippet.ts'

/** `url` is the base URL of Anthropic's SDKs: they append `/v1/messages`. */
export function anthropicCurl({ url, model }: SnippetTarget): Snippet {
  const body = JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Say hello.' }] })
  return {
    ...{ id: 'curl', label: 'curl', where: 'In a shell.' },
    text: `curl ${single(`${url}/v1/messages`)} \\
  -H "x-api-key: $${TOKEN_VARIABLE}" -H 'anthropic-version: 2023-06-01' -H 'Content-Type: application/json' \\
  -d ${single(body)}
`,
  }
}

export function anthropicTypeScript({ url, model }: SnippetTarget): Snippet {
  return {
    ...{ id: 'anthropic', label: 'Anthropic SDK, TypeScript', where: 'npm install @anthropic-ai/sdk' },
    text: `import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({ baseURL: ${quoted(url)}, apiKey: process.env.${TOKEN_VARIABLE} })
const answer = await client.messages.create({
  model: ${quoted(model)},
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Say hello.' }],
})
for (const block of answer.content) if (block.type === 'text') console.log(block.text)
`,
  }
}

export function anthropicPython({ url, model }: SnippetTarget): Snippet {
  return {
    ...{ id: 'anthropic-python', label: 'Anthropic SDK, Python', where: 'pip install anthropic' },
    text: `import os
from anthropic import Anthropic

client = Anthropic(base_url=${quoted(url)}, api_key=os.environ["${TOKEN_VARIABLE}"])
answer = client.messages.create(
    model=${quoted(model)},
    max_tokens=100,
    messages=[{"role": "user", "content": "Say hello."}],
)
print(answer.content[0].text)
`,
  }
}

export function claudeCode({ url }: SnippetTarget): Snippet {
  return {
    ...{ id: 'claude-code', label: 'Claude Code', where: 'In a shell, or under "env" in ~/.claude/settings.json.' },
    text: `export ANTHROPIC_BASE_URL=${single(url)}
export ANTHROPIC_AUTH_TOKEN="$${TOKEN_VARIABLE}"
claude
`,
  }
}

/** For models that Claude Code does not name by itself: it asks for a small one as well. */
export function claudeCodeWithModel(target: SnippetTarget): Snippet {
  const model = single(target.model)
  const { text, ...rest } = claudeCode(target)
  const lines = `export ANTHROPIC_MODEL=${model}\nexport ANTHROPIC_DEFAULT_HAIKU_MODEL=${model}\n`
  return { ...rest, text: text.replace(/^claude$/m, () => `${lines}claude`) }
}

export function langChainAnthropic({ url, model }: SnippetTarget): Snippet {
  return {
    ...{ id: 'langchain', label: 'LangChain', where: 'pip install langchain-anthropic' },
    text: `import os
from langchain_anthropic import ChatAnthropic

model = ChatAnthropic(
    model=${quoted(model)},
    base_url=${quoted(url)},
    api_key=os.environ["${TOKEN_VARIABLE}"],
)
print(model.invoke("Say hello.").content)
`,
  }
}

export function continueAnthropic({ name, url, model }: SnippetTarget): Snippet {
  return {
    ...{ id: 'continue', label: 'Continue', where: `In ~/.continue/config.yaml, with ${TOKEN_VARIABLE} in ~/.continue/.env.` },
    text: `models:
  - name: ${quoted(name)}
    provider: anthropic
    model: ${quoted(model)}
    apiBase: ${quoted(`${url}/v1/`)}
    apiKey: \${{ secrets.${TOKEN_VARIABLE} }}
`,
  }
}
