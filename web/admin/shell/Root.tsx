import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { Offline } from './Offline.tsx'

/** The outermost frame: every page, signed in or not. */
export function Root() {
  return (
    <>
      <Suspense>
        <Outlet />
      </Suspense>
      <Offline />
    </>
  )
}
