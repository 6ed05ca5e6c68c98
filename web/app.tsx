import { LocationProvider, Route, Router, useLocation } from 'preact-iso'
import { Boundary } from './layout/boundary.tsx'
import { later } from './layout/later.tsx'
import { Layout } from './layout/layout.tsx'
import { SessionProvider, SignedIn } from './layout/session.tsx'

const Home = later(() => import('./home/page.tsx').then(({ HomePage }) => HomePage))
const SignIn = later(() => import('./sign-in/page.tsx').then(({ SignInPage }) => SignInPage))
const Connection = later(() => import('./connection/pages.tsx').then(({ ConnectionPages }) => ConnectionPages))
const Webhooks = later(() => import('./webhooks/page.tsx').then(({ WebhooksPage }) => WebhooksPage))
const NotFound = later(() => import('./not-found.tsx').then(({ NotFoundPage }) => NotFoundPage))

const CONNECTION = '/organizations/:organization/connections/:connection/:page?/:record?'

/** The page of an address: the one to sign in stands alone, every other is for who is signed in, below the header. */
function Pages() {
  if (useLocation().path === '/sign-in') return <SignIn />
  return (
    <Layout>
      <SignedIn>
        <Router>
          <Route path="/" component={Home} />
          <Route path={CONNECTION} component={Connection} />
          <Route path="/organizations/:organization/webhooks/:endpoint?" component={Webhooks} />
          <Route default component={NotFound} />
        </Router>
      </SignedIn>
    </Layout>
  )
}

/** The dashboard: which page an address shows. */
export function App() {
  return (
    <LocationProvider>
      <SessionProvider>
        <Boundary>
          <Pages />
        </Boundary>
      </SessionProvider>
    </LocationProvider>
  )
}
