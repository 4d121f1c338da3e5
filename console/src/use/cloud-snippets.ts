import { quoted, type Snippet, type SnippetTarget, single, TOKEN_VARIABLE } from './snippet.ts'

/** `url` is the base URL of Google's SDK: it appends `/v1beta/models/…`. */
export function googleCurl({ url, model }: SnippetTarget): Snippet {
  const body = JSON.stringify({ contents: [{ parts: [{ text: 'Say hello.' }] }] })
  return {
    ...{ id: 'curl', label: 'curl', where: 'In a shell.' },
    text: `curl ${single(`${url}/v1beta/models/${model}:generateContent`)} \\
  -H "x-goog-api-key: $${TOKEN_VARIABLE}" -H 'Content-Type: application/json' \\
  -d ${single(body)}
`,
  }
}

export function googleTypeScript({ url, model }: SnippetTarget): Snippet {
  return {
    ...{ id: 'google', label: 'Google Gen AI SDK, TypeScript', where: 'npm install @google/genai' },
    text: `import { GoogleGenAI } from '@google/genai'

const client = new GoogleGenAI({ apiKey: process.env.${TOKEN_VARIABLE}, httpOptions: { baseUrl: ${quoted(url)} } })
const answer = await client.models.generateContent({ model: ${quoted(model)}, contents: 'Say hello.' })
console.log(answer.text)
`,
  }
}

export function googlePython({ url, model }: SnippetTarget): Snippet {
  return {
    ...{ id: 'google-python', label: 'Google Gen AI SDK, Python', where: 'pip install google-genai' },
    text: `import os
from google import genai
from google.genai import types

client = genai.Client(
    api_key=os.environ["${TOKEN_VARIABLE}"],
    http_options=types.HttpOptions(base_url=${quoted(url)}),
)
answer = client.models.generate_content(model=${quoted(model)}, contents="Say hello.")
print(answer.text)
`,
  }
}

/** `url` is the endpoint of AWS's SDKs. They send the token as a Bedrock API key: what is signed with a key pair, the gateway cannot check. */
export function bedrockCurl({ url, model }: SnippetTarget): Snippet {
  const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }] })
  return {
    ...{ id: 'curl', label: 'curl', where: 'In a shell.' },
    text: `curl ${single(`${url}/model/${encodeURIComponent(model)}/converse`)} \\
  -H "Authorization: Bearer $${TOKEN_VARIABLE}" -H 'Content-Type: application/json' \\
  -d ${single(body)}
`,
  }
}

export function awsTypeScript({ url, model, region }: SnippetTarget): Snippet {
  return {
    ...{
      id: 'aws',
      label: 'AWS SDK, TypeScript',
      where: 'npm install @aws-sdk/client-bedrock-runtime @smithy/node-http-handler',
    },
    text: `import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const client = new BedrockRuntimeClient({
  region: ${quoted(region)},
  endpoint: ${quoted(url)},
  token: { token: process.env.${TOKEN_VARIABLE} },
  authSchemePreference: ['httpBearerAuth'],
  requestHandler: new NodeHttpHandler(), // HTTP/1.1: the default needs TLS
})
const answer = await client.send(
  new ConverseCommand({ modelId: ${quoted(model)}, messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }] }),
)
console.log(answer.output?.message?.content?.[0]?.text)
`,
  }
}

export function awsPython({ url, model, region }: SnippetTarget): Snippet {
  return {
    ...{ id: 'aws-python', label: 'AWS SDK, Python', where: 'pip install boto3' },
    text: `import os
import boto3

os.environ["AWS_BEARER_TOKEN_BEDROCK"] = os.environ["${TOKEN_VARIABLE}"]
client = boto3.client("bedrock-runtime", region_name=${quoted(region)}, endpoint_url=${quoted(url)})
answer = client.converse(modelId=${quoted(model)}, messages=[{"role": "user", "content": [{"text": "Say hello."}]}])
print(answer["output"]["message"]["content"][0]["text"])
`,
  }
}
