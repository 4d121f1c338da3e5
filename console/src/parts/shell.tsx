import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { LiveState } from '../gateway/live-changes.ts'
import { gatewayVersion } from '../gateway-version.ts'
import { useListHref } from '../providers/list-view.tsx'
import { useLiveState } from '../session/live.tsx'
import { ROLE_NAMES } from '../session/roles.ts'
import { usePermissions, useSession } from '../session/session.ts'
import { BrandMark, CheckIcon, MoonIcon, ScreenIcon, SunIcon, UserIcon } from './icons.tsx'
import { ShortcutsDialog, useShortcuts } from './shortcuts.tsx'

const LIVE_WORDS: Readonly<Record<LiveState, readonly [label: string, explanation: string]>> = {
  connecting: ['Connecting', 'Connecting for live updates.'],
  live: ['Live', 'Live updates are on.'],
  lost: ['Reconnecting', 'Live updates were interrupted. Reconnecting; missed changes will be loaded.'],
}

function LiveSign() {
  const state = useLiveState()
  const [label, explanation] = LIVE_WORDS[state]
  return (
    <span className={`live-sign live-${state}`} role="status" title={explanation}>
      {label}
    </span>
  )
}

const SCHEMES = [
  ['auto', 'System', ScreenIcon],
  ['light', 'Light', SunIcon],
  ['dark', 'Dark', MoonIcon],
] as const

function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Chosen = SCHEMES.find(([scheme]) => scheme === colorScheme)?.[2] ?? ScreenIcon
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Colours" className="quiet-action touch-target">
          <Chosen />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(([scheme, label, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} />}
            rightSection={scheme === colorScheme ? <CheckIcon size={14} /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** What else this gateway serves; it has put that into the page. */
const otherPages = document.querySelector<HTMLMetaElement>('meta[name="gateway-pages"]')?.content.split(' ') ?? []

function AccountMenu({ onShortcuts }: { readonly onShortcuts: (() => void) | null }) {
  const { viewer, signOut } = useSession()
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Account" className="quiet-action touch-target">
          <UserIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="account">
          <span className="account-name">{viewer.token?.name}</span>
          <span className="dimmed">{ROLE_NAMES[viewer.role]}</span>
        </div>
        <Menu.Divider />
        {otherPages.includes('graphiql') && (
          <Menu.Item component="a" href="/graphql">
            GraphiQL
          </Menu.Item>
        )}
        {otherPages.includes('restReference') && (
          <Menu.Item component="a" href="/docs/rest">
            REST reference
          </Menu.Item>
        )}
        <Menu.Item component="a" href="/docs">
          Documentation
        </Menu.Item>
        {onShortcuts !== null && <Menu.Item onClick={onShortcuts}>Keyboard shortcuts</Menu.Item>}
        <Menu.Divider />
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
        <div className="account dimmed">Version {gatewayVersion}</div>
      </Menu.Dropdown>
    </Menu>
  )
}

interface NavigationLinkProps {
  readonly to: string
  /** The page that it leads to. */
  readonly page: string
  /** Where the pages below it are. */
  readonly within: readonly string[]
  readonly children: string
}

/** A way to a page, marked on that page and on all below it. */
function NavigationLink({ to, page, within, children }: NavigationLinkProps) {
  const [location] = useLocation()
  const isBelow = within.some((path) => location === path || location.startsWith(`${path}/`))
  return (
    <Link href={to} className="navigation-link" aria-current={location === page ? 'page' : isBelow ? 'true' : undefined}>
      {children}
    </Link>
  )
}

/** The ways to the pages that a token may see. */
function Navigation() {
  const { mayRead, mayAdminister } = usePermissions()
  const listHref = useListHref()
  return (
    <nav aria-label="Pages" className="navigation">
      <NavigationLink to={listHref} page="/" within={['/providers', '/new-provider']}>
        {mayRead ? 'Providers' : 'Use it'}
      </NavigationLink>
      {mayRead && (
        <>
          <NavigationLink to="/keys" page="/keys" within={['/keys']}>
            Keys
          </NavigationLink>
          <NavigationLink to="/routes" page="/routes" within={['/routes']}>
            Routes
          </NavigationLink>
          <NavigationLink to="/usage" page="/usage" within={[]}>
            Usage
          </NavigationLink>
        </>
      )}
      {mayAdminister && (
        <>
          <NavigationLink to="/tokens" page="/tokens" within={[]}>
            Tokens
          </NavigationLink>
          <NavigationLink to="/audit" page="/audit" within={[]}>
            Audit
          </NavigationLink>
        </>
      )}
    </nav>
  )
}

/** What stands around every page: the name, the ways, the state of the stream, the account. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { mayRead } = usePermissions()
  const [areShortcutsOpen, setShortcuts] = useState(false)
  useShortcuts(() => setShortcuts(true))
  return (
    <>
      <a href="#content" className="skip-link">
        Skip to the content
      </a>
      <header className="top-bar">
        <div className="top-bar-inside">
          <Link href="/" className="brand" aria-label="AI provider gateway, home">
            <BrandMark />
            <span className="brand-name">AI provider gateway</span>
          </Link>
          <Navigation />
          <div className="top-bar-end">
            {mayRead && <LiveSign />}
            <SchemeMenu />
            <AccountMenu onShortcuts={mayRead ? () => setShortcuts(true) : null} />
          </div>
        </div>
      </header>
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
      {areShortcutsOpen && <ShortcutsDialog onClose={() => setShortcuts(false)} />}
    </>
  )
}
