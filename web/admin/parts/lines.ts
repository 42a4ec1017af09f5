/** What <LineChart> draws. `before`: the previous period, grey and dashed. */
export interface Line {
  name: string
  values: readonly number[]
  before?: boolean
}
export interface LineChartProps {
  label: string
  days: readonly string[]
  lines: readonly Line[]
  height?: number
  onDay?: (index: number) => void
}
