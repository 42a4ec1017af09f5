import { type ComponentType, lazy, Suspense } from 'react'

/**
 * A part that is loaded when it is first shown, while the page around it stays as it is: drawers, editors.
 *   const CompanyForm = later(() => import('./CompanyForm.tsx').then((m) => m.CompanyForm))
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => React.ReactNode {
  const Part = lazy(() => load().then((part) => ({ default: part }))) as unknown as ComponentType<P>
  return (props) => (
    <Suspense>
      <Part {...props} />
    </Suspense>
  )
}
