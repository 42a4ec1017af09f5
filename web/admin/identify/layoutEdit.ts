// Moving a field within and between the sections of a screen. Pure.
import type { ScreenLayout } from '#loop/identify/fields/contract.ts'

const find = (layout: ScreenLayout, name: string) => {
  const section = layout.sections.findIndex((one) => one.fields.includes(name))
  return { section, at: layout.sections[section]?.fields.indexOf(name) ?? -1 }
}

function put(layout: ScreenLayout, name: string, section: number, at: number): ScreenLayout {
  const sections = layout.sections.map((one, index) => {
    const rest = one.fields.filter((other) => other !== name)
    return { ...one, fields: index === section ? [...rest.slice(0, at), name, ...rest.slice(at)] : rest }
  })
  return { ...layout, sections }
}

/** The layout with a field where another one lies. */
export function moveField(layout: ScreenLayout, name: string, over: string): ScreenLayout {
  const to = find(layout, over)
  return to.section < 0 ? layout : put(layout, name, to.section, to.at)
}

/** One place up or down; beyond the end of a section into the next one. */
export function stepField(layout: ScreenLayout, name: string, by: 1 | -1): ScreenLayout {
  const from = find(layout, name)
  const within = from.at + by
  const length = layout.sections[from.section]?.fields.length ?? 0
  if (within >= 0 && within < length) return put(layout, name, from.section, within)
  const next = layout.sections[from.section + by]
  return next ? put(layout, name, from.section + by, by === 1 ? 0 : next.fields.length) : layout
}
