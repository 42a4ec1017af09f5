import { lazy, Suspense } from 'react'
import type { LineChartProps } from './lines.ts'

const Drawn = lazy(() => import('./LineChartDrawn.tsx').then((m) => ({ default: m.LineChartDrawn })))

/**
 * Lines over days; the chart library loads after the page stands. `before: true` draws the previous period grey and dashed.
 * `<LineChart label="新規リード" days={['11/1', …]} lines={[{ name, values }, { name, values, before: true }]}/>`
 */
export function LineChart(props: LineChartProps) {
  const height = props.height ?? 206
  return (
    <div style={{ height }}>
      <Suspense>
        <Drawn {...props} height={height} />
      </Suspense>
    </div>
  )
}
