import { Button, Text } from '@mantine/core'
import { Link, Route, Switch, useLocation } from 'wouter'
import { AuditPage } from './admin/audit-page.tsx'
import { TokensPage } from './admin/tokens-page.tsx'
import { EditProviderPage } from './form/edit-provider-page.tsx'
import { NewProviderPage } from './form/new-provider-page.tsx'
import { KeyPage } from './keys/key-page.tsx'
import { KeysPage } from './keys/keys-page.tsx'
import { ErrorBoundary } from './parts/error-boundary.tsx'
import { PageHeading } from './parts/page-heading.tsx'
import { Shell } from './parts/shell.tsx'
import { useScrollToTop } from './parts/use-scroll-to-top.ts'
import { ProviderPage } from './provider/provider-page.tsx'
import { ListHrefProvider } from './providers/list-view.tsx'
import { ProvidersPage } from './providers/providers-page.tsx'
import { RoutePage } from './routes/route-page.tsx'
import { RoutesPage } from './routes/routes-page.tsx'
import { usePermissions } from './session/session.ts'
import { UsagePage } from './usage/usage-page.tsx'

function NothingHere() {
  return (
    <>
      <PageHeading title="Nothing is here" />
      <Text mb="md">The page may have moved, or your token may not have access.</Text>
      <Button component={Link} href="/" variant="default">
        Show all providers
      </Button>
    </>
  )
}

/** Which page is where, for somebody who is signed in. */
export function ConsolePages() {
  const { mayEdit, mayAdminister } = usePermissions()
  const [location] = useLocation()
  useScrollToTop()
  return (
    <ListHrefProvider>
      <Shell>
        <ErrorBoundary key={location}>
          <Switch>
            <Route path="/" component={ProvidersPage} />
            {mayEdit && <Route path="/new-provider" component={NewProviderPage} />}
            <Route path="/providers/:name">{({ name }) => <ProviderPage key={name} name={name} />}</Route>
            {mayEdit && <Route path="/providers/:name/edit">{({ name }) => <EditProviderPage key={name} name={name} />}</Route>}
            <Route path="/keys" component={KeysPage} />
            <Route path="/keys/:id">{({ id }) => <KeyPage key={id} id={decoded(id)} />}</Route>
            <Route path="/routes" component={RoutesPage} />
            <Route path="/routes/:name">{({ name }) => <RoutePage key={name} name={name} />}</Route>
            <Route path="/usage" component={UsagePage} />
            {mayAdminister && <Route path="/tokens" component={TokensPage} />}
            {mayAdminister && <Route path="/audit" component={AuditPage} />}
            <Route component={NothingHere} />
          </Switch>
        </ErrorBoundary>
      </Shell>
    </ListHrefProvider>
  )
}

/** An address may hold what is no escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
