import { quoted, type Snippet, type SnippetTarget, single, TOKEN_VARIABLE } from './snippet.ts'

/** @param base where OpenAI's routes begin, e.g. `…/ai/openai/v1`. */
export function openAiCurl({ model }: SnippetTarget, base: string): Snippet {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] })
  return {
    ...{ id: 'curl', label: 'curl', where: 'In a shell.' },
    text: `curl ${single(`${base}/chat/completions`)} \\
  -H "Authorization: Bearer $${TOKEN_VARIABLE}" -H 'Content-Type: application/json' \\
  -d ${single(body)}
`,
  }
}

export function openAiTypeScript({ model }: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'openai', label: 'OpenAI SDK, TypeScript', where: 'npm install openai' },
    text: `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: ${quoted(base)}, apiKey: process.env.${TOKEN_VARIABLE} })
const answer = await client.chat.completions.create({
  model: ${quoted(model)},
  messages: [{ role: 'user', content: 'Say hello.' }],
})
console.log(answer.choices[0]?.message.content)
`,
  }
}

export function openAiPython({ model }: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'openai-python', label: 'OpenAI SDK, Python', where: 'pip install openai' },
    text: `import os
from openai import OpenAI

client = OpenAI(base_url=${quoted(base)}, api_key=os.environ["${TOKEN_VARIABLE}"])
answer = client.chat.completions.create(
    model=${quoted(model)},
    messages=[{"role": "user", "content": "Say hello."}],
)
print(answer.choices[0].message.content)
`,
  }
}

/** @param base where the deployments begin, e.g. `…/ai/azure/openai`. */
export function azureOpenAi({ model }: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'azure-openai', label: 'AzureOpenAI, TypeScript', where: 'npm install openai' },
    text: `import { AzureOpenAI } from 'openai'

const client = new AzureOpenAI({
  baseURL: ${quoted(base)},
  apiKey: process.env.${TOKEN_VARIABLE},
  apiVersion: '2024-10-21',
  deployment: ${quoted(model)},
})
const answer = await client.chat.completions.create({
  model: ${quoted(model)},
  messages: [{ role: 'user', content: 'Say hello.' }],
})
console.log(answer.choices[0]?.message.content)
`,
  }
}

export function langChainOpenAi({ model }: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'langchain', label: 'LangChain', where: 'pip install langchain-openai' },
    text: `import os
from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model=${quoted(model)},
    base_url=${quoted(base)},
    api_key=os.environ["${TOKEN_VARIABLE}"],
)
print(model.invoke("Say hello.").content)
`,
  }
}

/** Codex speaks OpenAI's Responses API, which not every vendor with OpenAI's chats has. */
export function codex({ name, model }: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'codex', label: 'Codex', where: `In ~/.codex/config.toml; codex reads the token from ${TOKEN_VARIABLE}.` },
    text: `model = ${quoted(model)}
model_provider = "gateway"

[model_providers.gateway]
name = ${quoted(`${name}, through the gateway`)}
base_url = ${quoted(base)}
env_key = "${TOKEN_VARIABLE}"
wire_api = "responses"
`,
  }
}

export function openWebUi(_target: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'open-webui', label: 'Open WebUI', where: 'In a shell, or as a connection in its admin settings.' },
    text: `docker run -d -p 3000:8080 -v open-webui:/app/backend/data \\
  -e OPENAI_API_BASE_URL=${single(base)} \\
  -e OPENAI_API_KEY="$${TOKEN_VARIABLE}" \\
  ghcr.io/open-webui/open-webui:main
`,
  }
}

export function libreChat({ name, model }: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'librechat', label: 'LibreChat', where: `In librechat.yaml, with ${TOKEN_VARIABLE} in .env.` },
    text: `endpoints:
  custom:
    - name: ${quoted(name)}
      apiKey: "\${${TOKEN_VARIABLE}}"
      baseURL: ${quoted(base)}
      models:
        default: [${quoted(model)}]
        fetch: true
`,
  }
}

export function continueOpenAi({ name, model }: SnippetTarget, base: string): Snippet {
  return {
    ...{ id: 'continue', label: 'Continue', where: `In ~/.continue/config.yaml, with ${TOKEN_VARIABLE} in ~/.continue/.env.` },
    text: `models:
  - name: ${quoted(name)}
    provider: openai
    model: ${quoted(model)}
    apiBase: ${quoted(base)}
    apiKey: \${{ secrets.${TOKEN_VARIABLE} }}
`,
  }
}

/** Copilot takes each caller's own GitHub token, so the gateway's token has a header of its own. */
export function copilotCurl({ url, model }: SnippetTarget): Snippet {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] })
  return {
    ...{ id: 'curl', label: 'curl', where: 'In a shell, with your own GitHub token in GITHUB_TOKEN.' },
    text: `curl ${single(`${url}/chat/completions`)} \\
  -H "Coder-Session-Token: $${TOKEN_VARIABLE}" -H "Authorization: Bearer $GITHUB_TOKEN" \\
  -H 'Content-Type: application/json' -H 'Copilot-Integration-Id: vscode-chat' \\
  -d ${single(body)}
`,
  }
}
