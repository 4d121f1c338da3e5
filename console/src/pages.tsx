import { Button, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { Link, Route, Switch } from 'wouter'
import { EditProviderPage } from './form/edit-provider-page.tsx'
import { NewProviderPage } from './form/new-provider-page.tsx'
import { NoticeProvider } from './parts/notices.tsx'
import { PageHeading } from './parts/page-heading.tsx'
import { Shell } from './parts/shell.tsx'
import { ProviderPage } from './provider/provider-page.tsx'
import { ListViewProvider } from './providers/list-view.tsx'
import { ProvidersPage } from './providers/providers-page.tsx'
import { usePermissions } from './session/session.ts'

// Few people open these, and none of them first.
const TokensPage = lazy(() => import('./admin/tokens-page.tsx'))
const AuditPage = lazy(() => import('./admin/audit-page.tsx'))

function NothingHere() {
  return (
    <>
      <PageHeading title="Nothing is here" />
      <Text mb="md">The page may have moved, or your token may not open it.</Text>
      <Button component={Link} href="/" variant="default">
        To the providers
      </Button>
    </>
  )
}

/** Which page is where, for somebody who is signed in. */
export function ConsolePages() {
  const { mayEdit, mayAdminister } = usePermissions()
  return (
    <NoticeProvider>
      <ListViewProvider>
        <Shell>
          <Suspense>
            <Switch>
              <Route path="/" component={ProvidersPage} />
              {mayEdit && <Route path="/new-provider" component={NewProviderPage} />}
              <Route path="/providers/:name">{({ name }) => <ProviderPage key={name} name={name} />}</Route>
              {mayEdit && <Route path="/providers/:name/edit">{({ name }) => <EditProviderPage key={name} name={name} />}</Route>}
              {mayAdminister && <Route path="/tokens" component={TokensPage} />}
              {mayAdminister && <Route path="/audit" component={AuditPage} />}
              <Route component={NothingHere} />
            </Switch>
          </Suspense>
        </Shell>
      </ListViewProvider>
    </NoticeProvider>
  )
}
