import { useComputedColorScheme } from '@mantine/core'
import { LineChart as Lines } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useEffectEvent, useRef } from 'react'
import { font } from '../theme.ts'
import type { LineChartProps } from './lines.ts'

echarts.use([Lines, GridComponent, TooltipComponent, AriaComponent, SVGRenderer])

/** The computed colour of a token: the library cannot read light-dark(). */
function token(within: HTMLElement, name: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(${name})`
  within.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

function option(place: HTMLElement, { days, lines }: LineChartProps) {
  const sub = token(place, '--sub')
  const [ink, fill, before] = [token(place, '--chart-1'), token(place, '--chart-1-fill'), token(place, '--chart-before')]
  return {
    aria: { enabled: true },
    animation: false,
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 10, top: 10, bottom: 2, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: token(place, '--surface'),
      borderColor: token(place, '--bd'),
      textStyle: { color: token(place, '--txt'), fontSize: 12 },
    },
    xAxis: {
      type: 'category',
      data: [...days],
      boundaryGap: false,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: sub, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: token(place, '--chart-grid') } },
      axisLabel: { color: sub },
    },
    series: lines.map((line) => ({
      type: 'line',
      name: line.name,
      data: [...line.values],
      smooth: 0.25,
      smoothMonotone: 'x',
      showSymbol: days.length < 2,
      symbolSize: 6,
      lineStyle: line.before ? { width: 1.5, type: [4, 4], color: before } : { width: 2, color: ink },
      itemStyle: { color: line.before ? before : ink },
      ...(line.before ? {} : { areaStyle: { color: fill } }),
    })),
  }
}

/** The chart itself, in a chunk of its own with the library. */
export function LineChartDrawn(props: LineChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<echarts.ECharts | null>(null)
  const scheme = useComputedColorScheme('light')
  const onDay = useEffectEvent((index: number, line: number) => props.onDay?.(index, line))
  useEffect(() => {
    const at = place.current
    if (!at) return
    const made = echarts.init(at, null, { renderer: 'svg' })
    chart.current = made
    made.on('click', (e) => onDay(e.dataIndex, e.seriesIndex ?? 0))
    const size = new ResizeObserver(() => made.resize())
    size.observe(at)
    return () => {
      size.disconnect()
      made.dispose()
    }
  }, [])
  useEffect(() => {
    void scheme // drawn again in the other scheme's colours
    if (place.current) chart.current?.setOption(option(place.current, props), { notMerge: true })
  }, [props, scheme])
  return <div ref={place} role="img" aria-label={props.label} style={{ height: props.height }} />
}
