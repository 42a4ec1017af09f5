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
  /** A point was pressed: the how-manieth, of which line. */
  onDay?: (index: number, line: number) => void
}
