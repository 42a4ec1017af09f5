import './tokens.css'
import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.layer.css'
import './shell/shell.css'
import './shell/notice.css'
import './parts/frame.css'
import './parts/figures.css'
import './parts/forms.css'
import './parts/timeline.css'
import './parts/grid.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { queries, signedOut } from './api.ts'
import { router } from './routes.tsx'
import { type Session, sessionQuery } from './session.ts'
import { theme, variables } from './theme.ts'
import { Words } from './words/words.tsx'

// The place where toasts appear is not needed for the first paint.
const Toasts = lazy(() => import('./parts/Toasts.tsx').then((m) => ({ default: m.Toasts })))

// A 401 in the middle of work: the session ended. The sign-in page comes back to where the person was.
signedOut.handler = () => {
  if (!queries.getQueryData<Session>(sessionQuery.queryKey)?.user) return
  queries.setQueryData<Session>(sessionQuery.queryKey, (s) => (s ? { ...s, user: null, permissions: [] } : s))
  void router.invalidate()
}

// A page chunk of an older version is gone after an update: load the new version instead of failing.
addEventListener('vite:preloadError', (event) => {
  if (sessionStorage.getItem('hagukumi.reloaded') === location.href) return
  sessionStorage.setItem('hagukumi.reloaded', location.href)
  event.preventDefault()
  location.reload()
})

const place = document.getElementById('root')
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
          <Words>
            <Suspense>
              <Toasts />
            </Suspense>
            <RouterProvider router={router} />
          </Words>
        </MantineProvider>
      </QueryClientProvider>
    </StrictMode>,
  )
}
