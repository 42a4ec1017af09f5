import { TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { FieldMenu } from './FieldMenu.tsx'
import { callsFields, onceComposed } from './fieldCall.ts'

/** A line of text that may hold merge fields; `#` or ＃ opens them where it is written, from an IME once it is confirmed. */
export function WithFields({ label, value, onChange }: { label: string; value: string; onChange: (to: string) => void }) {
  const [menu, setMenu] = useState(false)
  /** Where a field goes: behind what was written last. */
  const at = useRef<number | null>(null)
  const composing = useRef(false)
  const isBehindCall = (input: HTMLInputElement) => callsFields(input.value.slice(0, input.selectionStart ?? input.value.length))
  const written = (input: HTMLInputElement) => {
    at.current = input.selectionStart ?? input.value.length
    onChange(input.value)
    if (!composing.current && input.value.length > value.length && isBehindCall(input)) setMenu(true)
  }
  const pick = (field: string) => {
    const caret = Math.min(at.current ?? value.length, value.length)
    const before = value.slice(0, caret).replace(/[#＃]$/, '')
    onChange(`${before}{{ ${field} }}${value.slice(caret)}`)
    at.current = before.length + field.length + 6
  }
  return (
    <div>
      <TextInput
        label={label}
        value={value}
        maxLength={300}
        onChange={(e) => written(e.currentTarget)}
        onSelect={(e) => {
          at.current = e.currentTarget.selectionStart
        }}
        onCompositionStart={() => {
          composing.current = true
        }}
        onCompositionEnd={(e) => {
          composing.current = false
          const input = e.currentTarget
          onceComposed(e.data, () => {
            if (!composing.current && isBehindCall(input)) setMenu(true)
          })
        }}
      />
      <div className="under-field">
        <FieldMenu opened={menu} onChange={setMenu} onPick={pick} />
      </div>
    </div>
  )
}
