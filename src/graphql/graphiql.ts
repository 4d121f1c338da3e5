import { createHash } from 'node:crypto'
import { pagePolicy } from '../http/page-policy.ts'
import { KEY_PLACEHOLDER, PLACEHOLDER, TAB_SCRIPT } from './graphiql-tab.ts'

/** A page that needs nothing from another machine, and the policy that keeps it so. */
export interface GraphiQLPage {
  readonly html: Buffer
  readonly contentSecurityPolicy: string
}

const HEADERS = JSON.stringify({ Authorization: PLACEHOLDER }, null, 2)

/** The examples; their lines fit the editor of a window 1280 pixels wide. */
const CREATE = `# 1. Put your token into the header editor below,
#    once for all tabs, and a key in here.
#    This stores the provider and seals its key.
mutation CreateProvider {
  createProvider(
    input: {
      name: "openai"
      type: OPENAI
      baseUrl: "https://api.openai.com/v1"
      apiKeys: [{ credential: { value: "${KEY_PLACEHOLDER}" } }]
    }
  ) {
    __typename
    ... on CreateProviderPayload {
      provider {
        id
        apiKeys { nodes { masked } }
      }
    }
    ... on UserError { code message }
    ... on ValidationError {
      issues { path message }
    }
  }
}
`
const READ = `# 2. What is stored. Keys show as masks:
#    nothing can read them back.
query Providers {
  providers(first: 20) {
    totalCount
    nodes {
      name
      type
      baseUrl
      enabled
      apiKeys { nodes { masked enabled } }
      lastConnectionTest {
        status
        message
        testedAt
      }
    }
  }
}
`
const TEST = `# 3. Calls the upstream with each enabled key
#    and says what it found.
mutation TestConnection {
  testConnection(
    input: {
      saved: { provider: { name: "openai" } }
    }
  ) {
    ... on TestConnectionPayload {
      success
      tests {
        apiKey { masked }
        status
        message
        httpStatus
        durationMs
        models
      }
    }
    ... on UserError { code message }
  }
}
`

/** GraphiQL moves a tab that it has just laid out when the mouse button goes down on it, so that the click misses it. */
const STILL_TABS = '.graphiql-tab { transform: none !important }'
/** The note on the token lies beside the header editor, and lets every press through. */
const TOKEN_NOTE =
  '#token-note { position: fixed; bottom: 8px; left: 72px; z-index: 10; margin: 0; padding: 4px 8px; border-radius: 6px; background: #1f2937; color: #fff; font: 12px sans-serif; pointer-events: none } #token-note:empty { display: none }'

/** GraphiQL, with its example operations in tabs and the header editor open for the token. Rendered once, for the first who asks. */
export function createGraphiQLPage(): () => Promise<GraphiQLPage> {
  let page: Promise<GraphiQLPage> | null = null
  return () => {
    page ??= renderGraphiQLPage()
    return page
  }
}

async function renderGraphiQLPage(): Promise<GraphiQLPage> {
  // Nine megabytes of script, which a gateway that nobody opens in a browser need not hold.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const page = renderGraphiQL({
    title: 'AI provider gateway · GraphiQL',
    endpoint: '/graphql',
    headers: HEADERS,
    defaultTabs: [CREATE, READ, TEST].map((query) => ({ query, headers: HEADERS })),
    defaultEditorToolsVisibility: 'headers',
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: true,
    schemaDescription: true,
    credentials: 'omit',
  })
  const html = page.replace(
    '<script>',
    () => `<style>${STILL_TABS} ${TOKEN_NOTE}</style>\n      <script>${TAB_SCRIPT}</script>\n      <script>`,
  )
  return { html: Buffer.from(html), contentSecurityPolicy: contentSecurityPolicy(html) }
}

/** Lets the page run its own inline script, known by its digest, and talk to its own server; nothing else. */
function contentSecurityPolicy(html: string): string {
  const scripts = Array.from(
    html.matchAll(/<script>([\s\S]*?)<\/script>/g),
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return pagePolicy({
    'script-src': `${scripts.join(' ')} blob:`,
    'worker-src': 'blob:',
    'style-src': "'unsafe-inline'",
    'font-src': "'self' data:",
  })
}
