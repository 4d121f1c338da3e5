import type { Page } from 'playwright-core'
import { chooseVendor } from '../../test/support/console.ts'
import { ADMIN_TOKEN, GOOD_KEY, NEXT_GOOD_KEY, OTHER_GOOD_KEY, type Scene } from './scene.ts'

/** One page or dialog of the console that has pictures in `docs/console`. */
export interface Picture {
  /** The pictures' files begin with it. */
  readonly name: string
  readonly caption: string
  /** A dialog lies in the middle of the window; of a page a narrow picture shows all, to its end. */
  readonly isDialog?: boolean
  /** Brings a window that is signed in to what the picture shows. */
  readonly show: (page: Page, scene: Scene) => Promise<void>
}

const open = async (page: Page, scene: Scene, path: string, landmark: string) => {
  await page.goto(`${scene.url}/console${path}`)
  await page.getByText(landmark).first().waitFor()
}

const choose = async (page: Page, actions: string, item: string) => {
  await page.getByRole('button', { name: actions }).first().click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** The key of OpenAI that the walk through an incident is about. */
const openKey = async (page: Page, scene: Scene) => {
  await open(page, scene, '/keys?search=primary', 'Last used')
  await page.getByRole('link', { name: 'sk-p...cdef' }).click()
  await page.getByRole('heading', { name: 'sk-p...cdef', exact: true }).waitFor()
}

/** Puts the first value back: other pictures show its mask. */
const restoreKey = async (scene: Scene) => {
  const { apiKeys } = await scene.ask<{ apiKeys: { nodes: { id: string }[] } }>(
    '{ apiKeys(filter: { search: "primary" }) { nodes { id } } }',
  )
  await scene.ask(
    'mutation ($id: ID!, $value: Secret!) { updateProvider(input: { provider: { name: "openai" }, testAfterwards: true, keepOtherApiKeys: true, apiKeys: [{ keep: { id: $id, credential: { value: $value } } }] }) { __typename } }',
    { id: apiKeys.nodes[0]?.id ?? '', value: GOOD_KEY },
  )
}

const createRoutes = (scene: Scene) =>
  scene.ask(`mutation {
    fast: createModelRoute(input: { name: "fast", description: "For the web team", targets: [
      { provider: { name: "openai" }, model: "gpt-5", weight: 3 }
      { provider: { name: "gemini" }, model: "gemini-2.5-flash" }
      { provider: { name: "anthropic" }, model: "claude-sonnet-4-5", priority: 1 }
    ] }) { __typename }
    careful: createModelRoute(input: { name: "careful", targets: [{ provider: { name: "anthropic" }, model: "claude-opus-4-5" }] }) { __typename }
  }`)

export const PICTURES: readonly Picture[] = [
  {
    name: 'sign-in',
    caption: 'Signing in with an access token',
    show: async (page, scene) => {
      await page.goto(`${scene.url}/console`)
      await page.getByRole('button', { name: 'Account' }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByLabel('Access token', { exact: true }).waitFor()
    },
  },
  {
    name: 'providers',
    caption: 'All providers, with the masks of their keys and their latest tests',
    show: (page, scene) => open(page, scene, '', 'OpenAI production'),
  },
  {
    name: 'new-provider',
    caption: 'Adding a provider, with a test before it is saved',
    show: async (page, scene) => {
      await open(page, scene, '/new-provider', 'Test before you save')
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('openai-eu')
      await page.getByLabel('Display name').fill('OpenAI, EU')
      await page.getByLabel('API key', { exact: true }).fill(GOOD_KEY)
      await page.getByText('Network: headers').click()
      await page.getByLabel('Proxy', { exact: true }).selectOption('ENVIRONMENT')
      await page.getByLabel('Custom CA certificates').fill(scene.caCertificate)
      await page.getByRole('button', { name: 'Test these values' }).click()
      await page.getByText('6 models, e.g. gpt-5').waitFor()
      await page.getByText('Network: headers').click()
    },
  },
  {
    name: 'errors-at-fields',
    caption: 'Each error is shown at its field',
    show: async (page, scene) => {
      await open(page, scene, '/new-provider', 'Test before you save')
      await chooseVendor(page, 'Amazon Bedrock')
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bedrock EU')
      await page.getByLabel('Base URL').fill('bedrock-runtime.eu-central-1.amazonaws.com')
      await page.getByLabel('Access key ID').fill('AKIAIOSFODNN7EXAMPLE')
      await page.getByRole('button', { name: 'Add provider' }).click()
      await page.getByText('The base URL must be an absolute URL').waitFor()
    },
  },
  {
    name: 'provider',
    caption: 'A provider with its keys, and the outcome and latency of its tests over time',
    show: (page, scene) => open(page, scene, '/providers/openai', 'History of tests'),
  },
  {
    name: 'rotate-key',
    caption: 'Rotating a key, after a test of the new one',
    isDialog: true,
    show: async (page, scene) => {
      await open(page, scene, '/providers/openai', 'History of tests')
      await choose(page, 'Actions for the key sk-p...cdef', 'Rotate')
      await page.getByLabel('New API key', { exact: true }).fill(OTHER_GOOD_KEY)
      await page.getByRole('button', { name: 'Test first' }).click()
      await page.getByText('6 models, e.g. gpt-5').waitFor()
    },
  },
  {
    name: 'keys',
    caption: 'A leaked key, found by its last four characters',
    show: async (page, scene) => {
      await open(page, scene, '/keys', 'Last used')
      await page.getByLabel('Search keys').fill('cdef')
      await page.getByRole('link', { name: 'sk-p...xwvu' }).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'sk-p...cdef' }).waitFor()
    },
  },
  {
    name: 'key',
    caption: 'A leaked key: who and what uses it',
    show: async (page, scene) => {
      await openKey(page, scene)
      await page.getByRole('list', { name: 'Callers' }).getByText('Web team').waitFor()
      await page.getByRole('list', { name: 'Models' }).waitFor()
    },
  },
  {
    name: 'leaked-key-rotated',
    caption: 'A leaked key: the audit log has the old and the new mask',
    show: async (page, scene) => {
      await openKey(page, scene)
      await page.getByRole('button', { name: 'Rotate key' }).click()
      await page.getByLabel('New API key', { exact: true }).fill(NEXT_GOOD_KEY)
      await page.getByRole('button', { name: 'Test first' }).click()
      await page.getByText('6 models, e.g. gpt-5').waitFor()
      await page.getByRole('button', { name: 'Rotate', exact: true }).click()
      await page.getByRole('heading', { name: 'sk-p...4321', exact: true }).waitFor()
      await page.getByRole('link', { name: 'Audit log' }).click()
      await page.getByText('sk-p...cdef → sk-p...4321').first().waitFor()
      await page.getByText('The key was rotated').waitFor({ state: 'detached' })
      await restoreKey(scene)
    },
  },
  {
    name: 'usage',
    caption: 'Who used what: calls, tokens, times and outcomes',
    show: async (page, scene) => {
      await open(page, scene, '/usage?range=30d&by=token', 'Who used what')
      await page.getByRole('row', { name: /Web team/ }).waitFor()
    },
  },
  {
    name: 'conflict',
    caption: 'Two people changed a provider at the same time: both versions, and the choice',
    isDialog: true,
    show: async (page, scene) => {
      await open(page, scene, '/providers/anthropic/edit', 'Display name')
      await page.getByLabel('Display name').fill('Anthropic, production')
      await page.getByText('Network: headers').click()
      await page.getByLabel('Retries').fill('3')
      await scene.ask(
        'mutation { updateProvider(input: { provider: { name: "anthropic" }, displayName: "Anthropic (Claude)", network: { timeoutMs: 20000, keepOthers: true } }) { __typename } }',
      )
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'tokens',
    caption: 'Access tokens, for admins',
    show: (page, scene) => open(page, scene, '/tokens', 'this one'),
  },
  {
    name: 'new-token',
    caption: 'A new token is shown once',
    isDialog: true,
    show: async (page, scene) => {
      await open(page, scene, '/tokens', 'this one')
      await page.getByRole('button', { name: 'Create token' }).click()
      await page.getByRole('dialog').getByLabel('Name').fill('Web team')
      await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click()
      await page.getByText('Copy the token now').waitFor()
    },
  },
  {
    name: 'audit',
    caption: 'The audit log, for admins',
    show: async (page, scene) => {
      await open(page, scene, '/audit', 'Channel')
      await page.getByLabel('Action').selectOption('ACCESS_TOKEN_CREATED')
      await page
        .getByRole('row', { name: /provider tested/ })
        .first()
        .waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Show the details' }).first().click()
    },
  },
  {
    name: 'viewer',
    caption: 'What a viewer sees, and cannot change',
    show: async (page, scene) => {
      const { createAccessToken } = await scene.ask<{ createAccessToken: { value: string } }>(
        'mutation { createAccessToken(input: { name: "Dashboard", role: VIEWER }) { ... on CreateAccessTokenPayload { value } } }',
      )
      await open(page, scene, '', 'OpenAI production')
      await page.evaluate((token) => sessionStorage.setItem('gateway-console-token', token), createAccessToken.value)
      await open(page, scene, '/providers/openai', 'History of tests')
    },
  },
  {
    name: 'caller',
    caption: 'What a caller sees: its providers, and the settings for each tool',
    show: async (page, scene) => {
      const { createAccessToken } = await scene.ask<{ createAccessToken: { value: string } }>(
        'mutation { createAccessToken(input: { name: "Laptop", role: CALLER, calls: {} }) { ... on CreateAccessTokenPayload { value } } }',
      )
      await open(page, scene, '', 'OpenAI production')
      await page.evaluate((token) => sessionStorage.setItem('gateway-console-token', token), createAccessToken.value)
      await open(page, scene, '?provider=openai&use=openai-python', 'client.chat.completions.create')
    },
  },
  {
    name: 'test-all',
    caption: 'All providers tested, and what to do about failures',
    isDialog: true,
    show: async (page, scene) => {
      await open(page, scene, '', 'OpenAI production')
      await page.getByRole('button', { name: 'Test all' }).click()
      await page.getByText('8 of 8 done.').waitFor()
    },
  },
  {
    name: 'away',
    caption: 'The gateway is unreachable: the console reconnects by itself',
    show: async (page, scene) => {
      await open(page, scene, '', 'OpenAI production')
      await page.route('**/graphql', (route) => route.abort())
      await page.getByLabel('Search providers').fill('openai')
      await page.getByText('The gateway cannot be reached').waitFor()
    },
  },
  {
    name: 'routes',
    caption: 'Model routes: the state of each target, and what to do',
    show: async (page, scene) => {
      await createRoutes(scene)
      await open(page, scene, '/routes', 'For the web team')
    },
  },
  {
    name: 'route',
    caption: 'A route: its targets, and the settings for each tool',
    show: async (page, scene) => {
      await createRoutes(scene)
      await open(page, scene, '/routes/fast?use=openai-python', 'client.chat.completions.create')
    },
  },
  {
    name: 'edit-route',
    caption: 'Editing a route: its targets, by priority and weight',
    isDialog: true,
    show: async (page, scene) => {
      await createRoutes(scene)
      await open(page, scene, '/routes?edit=fast', 'Target 2')
    },
  },
]

/** Signs in as the door does, in the tab alone. */
export async function signIn(page: Page, scene: Scene): Promise<void> {
  await page.goto(`${scene.url}/console`)
  await page.evaluate((token) => sessionStorage.setItem('gateway-console-token', token), ADMIN_TOKEN)
}
