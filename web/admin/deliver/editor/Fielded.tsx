import { useFieldNames } from './fields.ts'

const TOKEN = /(\{\{[^{}]*\}\})/

/** Text with its merge fields as chips. */
export function Fielded({ text }: { text: string }) {
  const nameOf = useFieldNames()
  return (
    <>
      {text.split(TOKEN).map((part, i) => {
        const field = /^\{\{\s*([a-z][a-z0-9_.]*)/.exec(part)?.[1]
        if (!field) return part
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
          <span key={i} className="merge-chip">
            {nameOf(field)}
          </span>
        )
      })}
    </>
  )
}
