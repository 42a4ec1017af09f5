// A subject as it was written, for people: merge fields by their names, not by the codes of the template language.
const FIELD = /\{\{-?\s*([\w.]+)\s*((?:\|[^}]*)?)-?\}\}/g
const FALLBACK = /\|\s*default:\s*(?:"([^"]*)"|'([^']*)')/
const OTHERWISE = /\{%-?\s*els(?:e|if|when)\b[^%]*%\}/g
const TAG = /\{%[^%]*%\}/g

/**
 * `{{ lead.company | default: "貴社" }}様` as `{会社名|貴社}様`. Conditions leave what they choose between.
 * @param nameOf the name of a field by its path
 */
export function readableSubject(subject: string, nameOf: (path: string) => string): string {
  return subject
    .replace(FIELD, (_all, path: string, filters: string) => {
      const [, double, single] = FALLBACK.exec(filters) ?? []
      const fallback = double ?? single ?? ''
      return `{${nameOf(path)}${fallback && `|${fallback}`}}`
    })
    .replace(OTHERWISE, ' / ')
    .replace(TAG, '')
    .replace(/\s+/g, ' ')
    .trim()
}
