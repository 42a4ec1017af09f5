import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { startLive } from '../live.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { Forbidden } from './Broken.tsx'
import { onHelp } from './help.ts'
import { PhoneBar } from './PhoneBar.tsx'
import { Sidebar } from './Sidebar.tsx'
import { useKeys } from './useKeys.ts'
import { useMayOpen } from './useNav.ts'

const Palette = lazy(() => import('./Palette.tsx').then((m) => ({ default: m.Palette })))

const SignalToasts = lazy(() => import('../sales/SignalToasts.tsx').then((m) => ({ default: m.SignalToasts })))

const TaskToasts = lazy(() => import('../identify/TaskToasts.tsx').then((m) => ({ default: m.TaskToasts })))

const HoldBand = lazy(() => import('../office/HoldBand.tsx').then((m) => ({ default: m.HoldBand })))

const MailBand = lazy(() => import('../deliver/MailBand.tsx').then((m) => ({ default: m.MailBand })))

const Help = lazy(() => import('./Help.tsx').then((m) => ({ default: m.Help })))

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const t = useWords('shell')
  const [palette, setPalette] = useState(false)
  const open = () => setPalette(true)
  useKeys(open)
  const isOpen = useMayOpen()
  const [help, setHelp] = useState(false)
  useEffect(startLive, [])
  useEffect(() => onHelp(() => setHelp(true)), [])
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <Sidebar openPalette={open} />
      <main className="main" id="main" tabIndex={-1}>
        <Suspense>
          <HoldBand />
          <MailBand />
        </Suspense>
        <Suspense fallback={<Skeletons />}>{isOpen ? <Outlet /> : <Forbidden />}</Suspense>
      </main>
      <PhoneBar />
      <Suspense>
        <SignalToasts />
        <TaskToasts />
      </Suspense>
      <Suspense>{help && <Help close={() => setHelp(false)} />}</Suspense>
      {palette && (
        <Suspense>
          <Palette close={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  )
}
