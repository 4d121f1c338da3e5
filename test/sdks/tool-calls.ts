import { PICTURE } from './picture.ts'

const PICTURE_URL = `data:image/png;base64,${PICTURE}`
const ASK = 'What is the weather here?'
const DESCRIPTION = 'The weather of a city.'
const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' as const } }, required: ['city'] }
const CHAT_TOOL = { type: 'function' as const, function: { name: 'weather', description: DESCRIPTION, parameters: SCHEMA } }

/** Shows a picture to a model that has one tool; returns the tool that the model calls, with its arguments. */
export type ToolCall = (base: string, token: string) => Promise<readonly [name: string | undefined, city: unknown]>

const cityOf = (text = '{}') => JSON.parse(text).city

/** By any provider of the AI SDK. */
async function byAiSdk(model: Parameters<typeof import('ai')['generateText']>[0]['model']) {
  const { generateText, jsonSchema, tool } = await import('ai')
  const weather = tool({ description: DESCRIPTION, inputSchema: jsonSchema<{ city: string }>(SCHEMA), execute: ({ city }) => city })
  const content = [
    { type: 'text' as const, text: ASK },
    { type: 'image' as const, image: Buffer.from(PICTURE, 'base64'), mediaType: 'image/png' },
  ]
  const { toolCalls } = await generateText({ model, maxRetries: 0, tools: { weather }, messages: [{ role: 'user', content }] })
  const [called] = toolCalls
  return [called?.toolName, called !== undefined && !called.dynamic ? called.input.city : null] as const
}

const SHOWN = [
  {
    role: 'user' as const,
    content: [
      { type: 'text' as const, text: ASK },
      { type: 'image_url' as const, image_url: { url: PICTURE_URL } },
    ],
  },
]

/** By the names of `SDKS`. */
export const TOOL_CALLS: Readonly<Record<string, ToolCall>> = {
  'openai, chat': async (base, apiKey) => {
    const { default: OpenAI } = await import('openai')
    const client = new OpenAI({ baseURL: `${base}/openai/v1`, apiKey, maxRetries: 0 })
    const { choices } = await client.chat.completions.create({ model: 'gpt-5', messages: SHOWN, tools: [CHAT_TOOL] })
    const [called] = choices[0]?.message.tool_calls ?? []
    return called?.type === 'function' ? [called.function.name, cityOf(called.function.arguments)] : [undefined, null]
  },
  'openai, responses': async (base, apiKey) => {
    const { default: OpenAI } = await import('openai')
    const client = new OpenAI({ baseURL: `${base}/openai/v1`, apiKey, maxRetries: 0 })
    const { output } = await client.responses.create({
      model: 'gpt-5',
      tools: [{ type: 'function', name: 'weather', description: DESCRIPTION, parameters: SCHEMA, strict: false }],
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: ASK },
            { type: 'input_image', image_url: PICTURE_URL, detail: 'auto' },
          ],
        },
      ],
    })
    const [called] = output
    return called?.type === 'function_call' ? [called.name, cityOf(called.arguments)] : [undefined, null]
  },
  AzureOpenAI: async (base, apiKey) => {
    const { AzureOpenAI } = await import('openai')
    const client = new AzureOpenAI({ baseURL: `${base}/azure/openai`, apiKey, apiVersion: '2024-10-21', deployment: 'dep', maxRetries: 0 })
    const { choices } = await client.chat.completions.create({ model: 'dep', messages: SHOWN, tools: [CHAT_TOOL] })
    const [called] = choices[0]?.message.tool_calls ?? []
    return called?.type === 'function' ? [called.function.name, cityOf(called.function.arguments)] : [undefined, null]
  },
  '@anthropic-ai/sdk': async (base, apiKey) => {
    const { default: Anthropic } = await import('@anthropic-ai/sdk')
    const client = new Anthropic({ baseURL: `${base}/anthropic`, apiKey, maxRetries: 0 })
    const { content } = await client.messages.create({
      ...{ model: 'claude', max_tokens: 10, tools: [{ name: 'weather', description: DESCRIPTION, input_schema: SCHEMA }] },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: ASK },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PICTURE } },
          ],
        },
      ],
    })
    const [called] = content
    return called?.type === 'tool_use' ? [called.name, cityOf(JSON.stringify(called.input))] : [undefined, null]
  },
  '@google/genai': async (base, apiKey) => {
    const { GoogleGenAI } = await import('@google/genai')
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${base}/google` } })
    const { functionCalls } = await client.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: [{ role: 'user', parts: [{ text: ASK }, { inlineData: { mimeType: 'image/png', data: PICTURE } }] }],
      config: { tools: [{ functionDeclarations: [{ name: 'weather', description: DESCRIPTION, parametersJsonSchema: SCHEMA }] }] },
    })
    const [called] = functionCalls ?? []
    return [called?.name, called?.args?.city]
  },
  'ai with @ai-sdk/openai': async (base, apiKey) => {
    const { createOpenAI } = await import('@ai-sdk/openai')
    return byAiSdk(createOpenAI({ baseURL: `${base}/openai/v1`, apiKey })('gpt-5'))
  },
  'ai with @ai-sdk/anthropic': async (base, apiKey) => {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return byAiSdk(createAnthropic({ baseURL: `${base}/anthropic/v1`, apiKey })('claude-sonnet-4-5'))
  },
  'ai with @ai-sdk/google': async (base, apiKey) => {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
    return byAiSdk(createGoogleGenerativeAI({ baseURL: `${base}/google/v1beta`, apiKey })('gemini-2.5-flash'))
  },
  'ai with @ai-sdk/azure': async (base, apiKey) => {
    const { createAzure } = await import('@ai-sdk/azure')
    return byAiSdk(createAzure({ baseURL: `${base}/azure/openai`, apiKey })('dep'))
  },
  'ai with @ai-sdk/amazon-bedrock': async (base, apiKey) => {
    const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock')
    return byAiSdk(createAmazonBedrock({ baseURL: `${base}/bedrock`, apiKey })('anthropic.claude-v1:0'))
  },
  'ai with @ai-sdk/openai-compatible': async (base, apiKey) => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    return byAiSdk(createOpenAICompatible({ name: 'groq', baseURL: `${base}/groq/v1`, apiKey })('llama'))
  },
  'ai with @ai-sdk/gateway': async (base, apiKey) => {
    const { createGateway } = await import('@ai-sdk/gateway')
    return byAiSdk(createGateway({ baseURL: `${base}/vercel/v1/ai`, apiKey })('openai/gpt-5'))
  },
  '@aws-sdk/client-bedrock-runtime': async (base, token) => {
    const { BedrockRuntimeClient, ConverseCommand } = await import('@aws-sdk/client-bedrock-runtime')
    const { NodeHttpHandler } = await import('@smithy/node-http-handler')
    const client = new BedrockRuntimeClient({
      ...{
        region: 'eu-central-1',
        endpoint: `${base}/bedrock`,
        token: { token },
        authSchemePreference: ['httpBearerAuth'],
        maxAttempts: 1,
      },
      requestHandler: new NodeHttpHandler(),
    })
    const image = { format: 'png' as const, source: { bytes: Buffer.from(PICTURE, 'base64') } }
    const { output } = await client.send(
      new ConverseCommand({
        modelId: 'anthropic.claude-v1:0',
        messages: [{ role: 'user', content: [{ text: ASK }, { image }] }],
        toolConfig: { tools: [{ toolSpec: { name: 'weather', description: DESCRIPTION, inputSchema: { json: SCHEMA } } }] },
      }),
    )
    const called = output?.message?.content?.[0]?.toolUse
    return [called?.name, cityOf(JSON.stringify(called?.input))]
  },
  '@mistralai/mistralai': async (base, apiKey) => {
    const { Mistral } = await import('@mistralai/mistralai')
    const client = new Mistral({ serverURL: `${base}/mistral`, apiKey })
    const { choices } = await client.chat.complete({
      model: 'm',
      tools: [CHAT_TOOL],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: ASK },
            { type: 'image_url', imageUrl: PICTURE_URL },
          ],
        },
      ],
    })
    const called = choices?.[0]?.message?.toolCalls?.[0]?.function
    return [called?.name, cityOf(typeof called?.arguments === 'string' ? called.arguments : JSON.stringify(called?.arguments))]
  },
  'cohere-ai': async (base, token) => {
    const { CohereClientV2 } = await import('cohere-ai')
    const client = new CohereClientV2({ environment: `${base}/cohere`, token, maxRetries: 0 })
    const { message } = await client.chat({
      model: 'command',
      tools: [CHAT_TOOL],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: ASK },
            { type: 'image_url', imageUrl: { url: PICTURE_URL } },
          ],
        },
      ],
    })
    const called = message.toolCalls?.[0]?.function
    return [called?.name, cityOf(called?.arguments)]
  },
  '@openrouter/ai-sdk-provider': async (base, apiKey) => {
    const { createOpenRouter } = await import('@openrouter/ai-sdk-provider')
    return byAiSdk(createOpenRouter({ baseURL: `${base}/openrouter/v1`, apiKey })('openai/gpt-5'))
  },
}
