/** Field names in lower case with every value they had. */
export type Fields = Readonly<Record<string, readonly string[]>>

/** Groups of `Name: value` lines, separated by empty lines; lines that begin with a blank go on the one before. */
export function fieldGroups(content: string): Fields[] {
  const groups = content.replace(/\r\n/g, '\n').split(/\n[ \t]*\n/)
  return groups.slice(0, 200).flatMap((group) => {
    const fields: Record<string, string[]> = Object.create(null)
    let last = ''
    for (const line of group.split('\n')) {
      if (/^[ \t]/.test(line) && last) {
        const values = fields[last] as string[]
        values[values.length - 1] += ` ${line.trim()}`
        continue
      }
      const match = /^([\w-]+)\s*:\s*(.*)$/.exec(line)
      if (!match?.[1]) continue
      last = match[1].toLowerCase()
      fields[last] = [...(fields[last] ?? []), (match[2] ?? '').trim()]
    }
    return Object.keys(fields).length ? [fields] : []
  })
}

export const one = (fields: Fields, name: string): string => fields[name]?.[0] ?? ''
