import { useSortable } from '@dnd-kit/sortable'
import { ActionIcon, Checkbox, NativeSelect, Textarea } from '@mantine/core'
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, GripVertical, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useLanguage, useWords } from '../words/words.tsx'
import { Two } from './FormSettings.tsx'
import { type FormField, KINDS, optionLines, optionsFrom } from './form.ts'

interface Props {
  readonly field: FormField
  readonly open: boolean
  readonly readOnly: boolean
  readonly first: boolean
  readonly last: boolean
  readonly onToggle: () => void
  readonly onChange: (change: Partial<FormField>) => void
  readonly onMove: (by: 1 | -1) => void
  readonly onRemove: () => void
}

/** One question: a line that can be dragged, opening to its words and rules. */
export function FieldRow(props: Props) {
  const { field, open, readOnly } = props
  const t = useWords('forms')
  const { language } = useLanguage()
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({ id: field.id, disabled: readOnly })
  const name = field.label[language] || field.label.ja
  const style = {
    transition,
    ...(transform ? { transform: `translate3d(0,${transform.y}px,0)` } : {}),
    ...(isDragging ? { zIndex: 2, position: 'relative' as const } : {}),
  }
  return (
    <li ref={setNodeRef} style={style} className={isDragging ? 'field-row dragging' : 'field-row'}>
      <div className="field-line">
        {!readOnly && (
          <button type="button" className="grip" aria-label={t('drag', { name })} {...attributes} {...listeners}>
            <GripVertical size={15} aria-hidden />
          </button>
        )}
        <button type="button" className="field-name" aria-expanded={open} onClick={props.onToggle}>
          {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          <b className="clip">{name}</b>
          {field.required && <span className="req-mark">{t('required')}</span>}
          <span className="muted clip">{t(`kind.${field.kind}`)}</span>
        </button>
        {!readOnly && (
          <span className="field-acts">
            <ActionIcon variant="subtle" color="gray" aria-label={t('moveUp')} disabled={props.first} onClick={() => props.onMove(-1)}>
              <ArrowUp size={14} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" aria-label={t('moveDown')} disabled={props.last} onClick={() => props.onMove(1)}>
              <ArrowDown size={14} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" aria-label={t('removeField')} onClick={props.onRemove}>
              <Trash2 size={14} />
            </ActionIcon>
          </span>
        )}
      </div>
      {open && <FieldBody field={field} readOnly={readOnly} onChange={props.onChange} />}
    </li>
  )
}

function FieldBody({ field, readOnly, onChange }: Pick<Props, 'field' | 'readOnly' | 'onChange'>) {
  const t = useWords('forms')
  const [lines, setLines] = useState(optionLines(field))
  const chosen = field.kind === 'select' || field.kind === 'radio' || field.kind === 'multi'
  return (
    <fieldset className="field-body stack" disabled={readOnly}>
      <Two labels={[t('labelJa'), t('labelEn')]} value={field.label} onChange={(label) => onChange({ label })} />
      <NativeSelect
        label={t('kindLabel')}
        value={field.kind}
        disabled={field.key === 'mail'}
        onChange={(e) => onChange({ kind: KINDS.find((one) => one === e.currentTarget.value) ?? 'text' })}
        data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
      />
      {chosen && (
        <Textarea
          label={t('options')}
          description={t('optionsHint')}
          autosize
          minRows={3}
          value={lines}
          onChange={(e) => {
            setLines(e.currentTarget.value)
            onChange({ options: optionsFrom(e.currentTarget.value, field.options) })
          }}
        />
      )}
      <Two labels={[t('helpJa'), t('helpEn')]} value={field.help ?? { ja: '', en: '' }} onChange={(help) => onChange({ help })} />
      <div className="row wrap">
        <Checkbox label={t('required')} checked={field.required} onChange={(e) => onChange({ required: e.currentTarget.checked })} />
        <Checkbox label={t('half')} checked={field.half} onChange={(e) => onChange({ half: e.currentTarget.checked })} />
        <span className="muted push num">
          {t('fieldTo')}: {field.key}
        </span>
      </div>
    </fieldset>
  )
}
