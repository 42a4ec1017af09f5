import { TextInput } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import { type Detail, type Field, type Key, tone } from './card.ts'
import { pictureUrl } from './photos.ts'

const KINDS: Partial<Record<Key, 'email' | 'tel' | 'url'>> = {
  mail: 'email',
  phone: 'tel',
  directPhone: 'tel',
  mobile: 'tel',
  fax: 'tel',
  website: 'url',
}

/** A field beside the piece of the card it was read from. */
export function FieldLine({
  card,
  name,
  value,
  error,
  onFocus,
  onChange,
}: {
  card: Detail
  name: Key
  value: string
  error: string | undefined
  onFocus: () => void
  onChange: (value: string) => void
}) {
  const t = useWords('cards')
  const field = card.fields[name]
  const colour = tone(field?.confidence)
  const n = field ? `${Math.round(field.confidence * 100)}%` : ''
  const word = { green: t('sure', { n }), amber: t('check', { n }), red: t('doubtful', { n }), grey: t('missing') }[colour]
  return (
    <div className={`card-field is-${colour}`}>
      <div className="card-field-cut">
        {field && <CutOut card={card} field={field} label={t('cutAlt', { field: t(`field.${name}`) })} />}
      </div>
      <TextInput
        name={name}
        label={
          <span className="card-field-label">
            {t(`field.${name}`)}
            <span className="card-sure">{field && !field.box ? t('fromCode') : word}</span>
          </span>
        }
        value={value}
        inputMode={name === 'mail' ? 'email' : KINDS[name] === 'tel' ? 'tel' : KINDS[name] === 'url' ? 'url' : 'text'}
        autoComplete="off"
        maxLength={500}
        error={error}
        onFocus={onFocus}
        onChange={(e) => onChange(e.currentTarget.value)}
      />
    </div>
  )
}

const PAD = 12

function CutOut({ card, field, label }: { card: Detail; field: Field; label: string }) {
  const { box, side } = field
  const size = card.seen[side]
  if (!box || !size) return null
  const x = Math.max(0, box.x - PAD)
  const y = Math.max(0, box.y - PAD)
  const width = Math.min(size.width - x, box.width + 2 * PAD)
  const height = Math.min(size.height - y, box.height + 2 * PAD)
  return (
    <svg viewBox={`${x} ${y} ${width} ${height}`} preserveAspectRatio="xMinYMid meet" role="img" aria-label={label}>
      <title>{label}</title>
      <image href={pictureUrl(card, side)} width={size.width} height={size.height} />
    </svg>
  )
}
