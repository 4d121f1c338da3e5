/** How a developer sets up each official SDK to call the gateway: a base URL, and the gateway's token in place of the API key. */
export interface SdkClient {
  /** The text of a plain answer. */
  plain(): Promise<string | null | undefined>
  /** The texts of a streamed one, joined. */
  stream(): Promise<string>
}

export interface Sdk {
  readonly name: string
  /** @param base `http://gateway/ai`. */
  readonly connect: (base: string, token: string) => Promise<SdkClient>
  /** The class of the SDK's own errors. */
  readonly errorName: RegExp
}

const PROMPT = [{ role: 'user' as const, content: 'Say hello.' }]

async function join(parts: AsyncIterable<string | null | undefined>): Promise<string> {
  let text = ''
  for await (const part of parts) text += part ?? ''
  return text
}

async function* map<Item, Part>(items: AsyncIterable<Item>, read: (item: Item) => Part): AsyncIterable<Part> {
  for await (const item of items) yield read(item)
}

/** A model of the AI SDK, by any of its providers. */
async function aiSdk(model: Parameters<typeof import('ai')['generateText']>[0]['model']): Promise<SdkClient> {
  const { generateText, streamText } = await import('ai')
  return {
    plain: async () => (await generateText({ model, prompt: 'Say hello.', maxRetries: 0 })).text,
    stream: async () => {
      let failure: unknown
      const { textStream } = streamText({
        ...{ model, prompt: 'Say hello.', maxRetries: 0 },
        onError: ({ error }) => {
          failure = error
        },
      })
      const text = await join(textStream)
      if (failure !== undefined) throw failure
      return text
    },
  }
}

export const SDKS: readonly Sdk[] = [
  {
    name: 'openai, chat',
    errorName: /^(AuthenticationError|PermissionDeniedError|NotFoundError|RateLimitError|InternalServerError)$/,
    connect: async (base, apiKey) => {
      const { default: OpenAI } = await import('openai')
      const client = new OpenAI({ baseURL: `${base}/openai/v1`, apiKey, maxRetries: 0 })
      return {
        plain: async () => (await client.chat.completions.create({ model: 'gpt-5', messages: PROMPT })).choices[0]?.message.content,
        stream: async () => {
          const events = await client.chat.completions.create({ model: 'gpt-5', messages: PROMPT, stream: true })
          return join(map(events, (event) => event.choices[0]?.delta.content))
        },
      }
    },
  },
  {
    name: 'openai, responses',
    errorName: /^(AuthenticationError|PermissionDeniedError|NotFoundError|RateLimitError|InternalServerError)$/,
    connect: async (base, apiKey) => {
      const { default: OpenAI } = await import('openai')
      const client = new OpenAI({ baseURL: `${base}/openai/v1`, apiKey, maxRetries: 0 })
      return {
        plain: async () => (await client.responses.create({ model: 'gpt-5', input: 'Say hello.' })).output_text,
        stream: async () => {
          const events = await client.responses.create({ model: 'gpt-5', input: 'Say hello.', stream: true })
          return join(map(events, (event) => (event.type === 'response.output_text.delta' ? event.delta : '')))
        },
      }
    },
  },
  {
    name: 'AzureOpenAI',
    errorName: /^(AuthenticationError|PermissionDeniedError|NotFoundError|RateLimitError|InternalServerError)$/,
    connect: async (base, apiKey) => {
      const { AzureOpenAI } = await import('openai')
      const client = new AzureOpenAI({
        baseURL: `${base}/azure/openai`,
        apiKey,
        apiVersion: '2024-10-21',
        deployment: 'dep',
        maxRetries: 0,
      })
      return {
        plain: async () => (await client.chat.completions.create({ model: 'dep', messages: PROMPT })).choices[0]?.message.content,
        stream: async () => {
          const events = await client.chat.completions.create({ model: 'dep', messages: PROMPT, stream: true })
          return join(map(events, (event) => event.choices[0]?.delta.content))
        },
      }
    },
  },
  {
    name: '@anthropic-ai/sdk',
    errorName: /^(AuthenticationError|PermissionDeniedError|NotFoundError|RateLimitError|InternalServerError|BadGatewayError)$/,
    connect: async (base, apiKey) => {
      const { default: Anthropic } = await import('@anthropic-ai/sdk')
      const client = new Anthropic({ baseURL: `${base}/anthropic`, apiKey, maxRetries: 0 })
      const params = { model: 'claude', max_tokens: 10, messages: PROMPT }
      return {
        plain: async () => {
          const [block] = (await client.messages.create(params)).content
          return block?.type === 'text' ? block.text : null
        },
        stream: async () => {
          const events = await client.messages.create({ ...params, stream: true })
          return join(
            map(events, (event) => (event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '')),
          )
        },
      }
    },
  },
  {
    name: '@google/genai',
    errorName: /^(ApiError|ClientError|ServerError|.*Error)$/,
    connect: async (base, apiKey) => {
      const { GoogleGenAI } = await import('@google/genai')
      const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${base}/google` } })
      return {
        plain: async () => (await client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Say hello.' })).text,
        stream: async () => {
          const chunks = await client.models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'Say hello.' })
          return join(map(chunks, (chunk) => chunk.text))
        },
      }
    },
  },
  {
    name: 'ai with @ai-sdk/openai',
    errorName: /^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return aiSdk(createOpenAI({ baseURL: `${base}/openai/v1`, apiKey })('gpt-5'))
    },
  },
  {
    name: 'ai with @ai-sdk/anthropic',
    errorName: /^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return aiSdk(createAnthropic({ baseURL: `${base}/anthropic/v1`, apiKey })('claude-sonnet-4-5'))
    },
  },
  {
    name: 'ai with @ai-sdk/google',
    errorName: /^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
      return aiSdk(createGoogleGenerativeAI({ baseURL: `${base}/google/v1beta`, apiKey })('gemini-2.5-flash'))
    },
  },
  {
    name: 'ai with @ai-sdk/azure',
    errorName: /^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createAzure } = await import('@ai-sdk/azure')
      return aiSdk(createAzure({ baseURL: `${base}/azure/openai`, apiKey })('dep'))
    },
  },
  {
    name: 'ai with @ai-sdk/amazon-bedrock',
    errorName: /^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock')
      return aiSdk(createAmazonBedrock({ baseURL: `${base}/bedrock`, apiKey })('anthropic.claude-v1:0'))
    },
  },
  {
    name: 'ai with @ai-sdk/openai-compatible',
    errorName: /^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      return aiSdk(createOpenAICompatible({ name: 'groq', baseURL: `${base}/groq/v1`, apiKey })('llama'))
    },
  },
  {
    name: 'ai with @ai-sdk/gateway',
    errorName: /^Gateway.*Error$|^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createGateway } = await import('@ai-sdk/gateway')
      return aiSdk(createGateway({ baseURL: `${base}/vercel/v1/ai`, apiKey })('openai/gpt-5'))
    },
  },
  {
    name: '@aws-sdk/client-bedrock-runtime',
    errorName:
      /^(UnrecognizedClientException|AccessDeniedException|ResourceNotFoundException|ThrottlingException|InternalServerException)$/,
    connect: async (base, token) => {
      const { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } = await import('@aws-sdk/client-bedrock-runtime')
      const { NodeHttpHandler } = await import('@smithy/node-http-handler')
      const client = new BedrockRuntimeClient({
        ...{
          region: 'eu-central-1',
          endpoint: `${base}/bedrock`,
          token: { token },
          authSchemePreference: ['httpBearerAuth'],
          maxAttempts: 1,
        },
        // The default is HTTP/2, which needs TLS.
        requestHandler: new NodeHttpHandler(),
      })
      const input = { modelId: 'anthropic.claude-v1:0', messages: [{ role: 'user' as const, content: [{ text: 'Say hello.' }] }] }
      return {
        plain: async () => (await client.send(new ConverseCommand(input))).output?.message?.content?.[0]?.text,
        stream: async () => {
          const { stream = [] } = await client.send(new ConverseStreamCommand(input))
          let text = ''
          for await (const event of stream) text += event.contentBlockDelta?.delta?.text ?? ''
          return text
        },
      }
    },
  },
  {
    name: '@mistralai/mistralai',
    errorName: /^(SDKError|MistralError|HTTPValidationError)$/,
    connect: async (base, apiKey) => {
      const { Mistral } = await import('@mistralai/mistralai')
      const client = new Mistral({ serverURL: `${base}/mistral`, apiKey })
      return {
        plain: async () => String((await client.chat.complete({ model: 'm', messages: PROMPT })).choices?.[0]?.message?.content),
        stream: async () => {
          const events = await client.chat.stream({ model: 'm', messages: PROMPT })
          return join(map(events, (event) => String(event.data.choices[0]?.delta.content ?? '')))
        },
      }
    },
  },
  {
    name: 'cohere-ai',
    errorName: /^(UnauthorizedError|ForbiddenError|NotFoundError|TooManyRequestsError|CohereError)$/,
    connect: async (base, token) => {
      const { CohereClientV2 } = await import('cohere-ai')
      const client = new CohereClientV2({ environment: `${base}/cohere`, token, maxRetries: 0 })
      return {
        plain: async () => {
          const [block] = (await client.chat({ model: 'command', messages: PROMPT })).message.content ?? []
          return block?.type === 'text' ? block.text : null
        },
        stream: async () => {
          const events = await client.chatStream({ model: 'command', messages: PROMPT })
          return join(map(events, (event) => (event.type === 'content-delta' ? event.delta?.message?.content?.text : '')))
        },
      }
    },
  },
  {
    name: '@openrouter/ai-sdk-provider',
    errorName: /^AI_APICallError$/,
    connect: async (base, apiKey) => {
      const { createOpenRouter } = await import('@openrouter/ai-sdk-provider')
      return aiSdk(createOpenRouter({ baseURL: `${base}/openrouter/v1`, apiKey })('openai/gpt-5'))
    },
  },
]
