import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useWords } from '../words/words.tsx'
import { useFormats } from './formats.ts'

/** The bar over a list: search, chips, switches; scrolls sideways on a phone. */
export const FilterBar = ({ children }: { children: ReactNode }) => <div className="filter-bar">{children}</div>

/** The search field of a list; `/` jumps to it. Calls `onChange` 200 ms after the last key, not while composing. */
export function SearchField({ value, onChange, label }: { value: string; onChange: (to: string) => void; label: string }) {
  const [text, setText] = useState(value)
  const settle = useDebouncedCallback(onChange, 200)
  useEffect(() => setText(value), [value])
  return (
    <TextInput
      size="xs"
      className="search-field"
      data-filter=""
      aria-label={label}
      placeholder={label}
      value={text}
      leftSection={<Search size={14} />}
      onChange={(e) => {
        setText(e.currentTarget.value)
        if (!(e.nativeEvent as InputEvent).isComposing) settle(e.currentTarget.value)
      }}
      onCompositionEnd={(e) => settle(e.currentTarget.value)}
    />
  )
}

/** One condition in force: `<FilterChip name="ステージ" value="MQL" onRemove={…}/>`. */
export function FilterChip({ name, value, onRemove }: { name: string; value: ReactNode; onRemove?: () => void }) {
  const t = useWords('parts')
  const f = useFormats()
  return (
    <span className="chip">
      {f.pair(name, '')}
      <b>{value}</b>
      {onRemove && (
        <button type="button" aria-label={t('removeFilter', { name })} onClick={onRemove}>
          <X size={12} aria-hidden />
        </button>
      )}
    </span>
  )
}

/** A choice among few as chips: `<ChipChoice label="状態" value={v} options={[['open','進行中'], …]} onChange={…}/>`. */
export function ChipChoice<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: V
  options: readonly (readonly [V, ReactNode])[]
  onChange: (to: V) => void
}) {
  return (
    <div className="row" role="radiogroup" aria-label={label}>
      {options.map(([key, words]) => (
        // biome-ignore lint/a11y/useSemanticElements: a chip that behaves as a radio
        <button
          type="button"
          role="radio"
          aria-checked={key === value}
          key={key}
          className={key === value ? 'chip on' : 'chip'}
          onClick={() => onChange(key)}
        >
          {words}
        </button>
      ))}
    </div>
  )
}
