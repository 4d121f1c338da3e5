import '@mantine/core/styles.css'
import './styles/base.css'
import './styles/top-bar.css'
import './styles/tones.css'
import './styles/provider-list.css'
import './styles/tables.css'
import './styles/provider-page.css'
import './styles/use-it.css'
import './styles/forms.css'
import './styles/routes.css'
import './styles/usage.css'
import './styles/narrow-screens.css'
import './styles/forced-colors.css'
import { MantineProvider } from '@mantine/core'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { GuardedRouter } from './parts/leave-guard.tsx'
import { colorVariables, theme } from './theme.ts'

/** The nonce that the gateway put into this page, for the styles that the component library writes. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no place for the console.')

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={colorVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <GuardedRouter base="/console">
        <App />
      </GuardedRouter>
    </MantineProvider>
  </StrictMode>,
)
