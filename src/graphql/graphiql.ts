import { createHash } from 'node:crypto'
import { renderGraphiQL } from '@graphql-yoga/render-graphiql'

/** A page that needs nothing from another machine, and the policy that keeps it so. */
export interface GraphiQLPage {
  readonly html: string
  readonly contentSecurityPolicy: string
}

const HEADERS = JSON.stringify({ Authorization: 'Bearer PASTE-YOUR-TOKEN-HERE' }, null, 2)

const CREATE = `# 1. Put your token into the header editor below, then run this: it stores a provider and seals its key.
mutation CreateProvider {
  createProvider(
    input: {
      name: "openai"
      type: OPENAI
      baseUrl: "https://api.openai.com/v1"
      apiKeys: [{ value: "sk-PASTE-A-KEY-HERE" }]
    }
  ) {
    __typename
    ... on CreateProviderPayload {
      provider { id name type baseUrl apiKeys { nodes { masked } } }
    }
    ... on UserError { code message }
    ... on ValidationError { issues { path message } }
  }
}
`
const READ_AND_TEST = `# 2. What is stored. Keys show as masks; nothing can read them back.
query Providers {
  providers(first: 20) {
    totalCount
    nodes {
      name
      displayName
      type
      enabled
      apiKeys { nodes { masked enabled } }
      lastConnectionTest { status message testedAt }
    }
  }
}

# 3. Calls the upstream with each enabled key and says what it found.
mutation TestConnection {
  testConnection(input: { saved: { provider: { name: "openai" } } }) {
    ... on TestConnectionPayload {
      success
      tests { status message httpStatus durationMs models apiKey { masked } }
    }
    ... on UserError { code message }
  }
}
`

/**
 * What a person types here can hold a key or a token. GraphiQL would copy it into the address bar, and so into the
 * browser's history, and keep it in `localStorage` for good; this keeps it in the tab, and for as long as the tab.
 */
const KEEP_IN_TAB = `
history.replaceState = () => {};
Object.defineProperty(window, 'localStorage', { value: window.sessionStorage });
`

/** Renders GraphiQL once, with its example operations in tabs and the header editor open for the token. */
export function renderGraphiQLPage(): GraphiQLPage {
  const page = renderGraphiQL({
    title: 'AI provider gateway · GraphiQL',
    endpoint: '/graphql',
    headers: HEADERS,
    // Two, not three: in this release of GraphiQL a tab between two others does not open.
    defaultTabs: [CREATE, READ_AND_TEST].map((query) => ({ query, headers: HEADERS })),
    defaultEditorToolsVisibility: 'headers',
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: true,
    schemaDescription: true,
    credentials: 'omit',
  })
  const html = page.replace('<script>', () => `<script>${KEEP_IN_TAB}</script>\n      <script>`)
  return { html, contentSecurityPolicy: contentSecurityPolicy(html) }
}

/** Lets the page run its own inline script, known by its digest, and talk to its own server; nothing else. */
function contentSecurityPolicy(html: string): string {
  const scripts = Array.from(
    html.matchAll(/<script>([\s\S]*?)<\/script>/g),
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')} blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
