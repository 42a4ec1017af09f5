import './rule.css'
import { useState } from 'react'

/** Small controls that stand in a sentence and are as wide as their text. */

export interface Choice<V extends string> {
  readonly value: V
  readonly label: string
  readonly group?: string
}

/** A word of the sentence that can be chosen. */
export function Pick<V extends string>({
  value,
  options,
  onChange,
  label,
}: {
  value: V
  options: readonly Choice<V>[]
  onChange: (to: V) => void
  label: string
}) {
  const groups = [...new Set(options.map((option) => option.group ?? ''))]
  const known = options.some((option) => option.value === value)
  return (
    <select className="pick" aria-label={label} value={value} onChange={(e) => onChange(e.currentTarget.value as V)}>
      {!known && <option value={value}>{value}</option>}
      {groups.map((group) => {
        const inside = options.filter((option) => (option.group ?? '') === group)
        const rows = inside.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))
        return group ? (
          <optgroup key={group} label={group}>
            {rows}
          </optgroup>
        ) : (
          rows
        )
      })}
    </select>
  )
}

/** A number in the sentence; what is being typed may be empty for a moment. */
export function PickNumber({
  value,
  onChange,
  label,
  min,
  max,
  step,
}: {
  value: number
  onChange: (to: number) => void
  label: string
  min?: number
  max?: number
  step?: 'any'
}) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <input
      className="pick num"
      type="number"
      inputMode="numeric"
      aria-label={label}
      value={typed ?? String(value)}
      min={min}
      max={max}
      step={step}
      onChange={(e) => {
        const text = e.currentTarget.value
        setTyped(text)
        const n = Number(text)
        const fits =
          text !== '' &&
          Number.isFinite(n) &&
          (min === undefined || n >= min) &&
          (max === undefined || n <= max) &&
          (step === 'any' || Number.isInteger(n))
        if (fits) onChange(n)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

/** A text in the sentence, with proposals. */
export function PickText({
  value,
  onChange,
  label,
  list,
  placeholder,
}: {
  value: string
  onChange: (to: string) => void
  label: string
  list?: readonly string[]
  placeholder?: string
}) {
  const id = list?.length ? `list-${label}-${list.length}` : undefined
  return (
    <>
      <input
        className="pick text"
        aria-label={label}
        value={value}
        list={id}
        placeholder={placeholder}
        onChange={(e) => onChange(e.currentTarget.value)}
      />
      {id && (
        <datalist id={id}>
          {list?.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  )
}

/** A day in the sentence. */
export function PickDay({ value, onChange, label, max }: { value: string; onChange: (to: string) => void; label: string; max?: string }) {
  return (
    <input
      className="pick"
      type="date"
      aria-label={label}
      value={value}
      max={max}
      onChange={(e) => e.currentTarget.value && onChange(e.currentTarget.value)}
    />
  )
}
