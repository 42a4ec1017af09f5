// The tabs of a scenario, one line each: a room that has a panel adds its line, and its code is loaded when the tab is first opened.
import { later } from '../parts/later.tsx'
import type { ja } from '../words/ja.ts'
import type { PanelProps } from './panelProps.ts'

export interface TabItem {
  /** Key of `orchestrate.tabs`, and the search param `tab`. */
  readonly key: keyof (typeof ja)['orchestrate']['tabs']
  /** Null is the editor itself. */
  readonly panel: ((props: PanelProps) => React.ReactNode) | null
}

export const TABS: readonly TabItem[] = [
  { key: 'edit', panel: null },
  { key: 'people', panel: later(() => import('./people/PeoplePanel.tsx').then((m) => m.PeoplePanel)) },
  { key: 'versions', panel: later(() => import('./versions/VersionsPanel.tsx').then((m) => m.VersionsPanel)) },
  { key: 'simulate', panel: later(() => import('./simulate/SimulatePanel.tsx').then((m) => m.SimulatePanel)) },
  { key: 'lift', panel: later(() => import('./lift/LiftPanel.tsx').then((m) => m.LiftPanel)) },
  { key: 'text', panel: later(() => import('./text/TextPanel.tsx').then((m) => m.TextPanel)) },
]
