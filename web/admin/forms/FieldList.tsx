import { closestCenter, DndContext, type DragEndEvent, KeyboardSensor, PointerSensor, useSensor, useSensors } from '@dnd-kit/core'
import { arrayMove, SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ListPlus, Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { FieldRow } from './FieldRow.tsx'
import { type FormField, type FormSpec, freeQuestion, questionFor } from './form.ts'

/** The questions of a form: drag, or move by keyboard and menu; each opens to be worded. */
export function FieldList({
  spec,
  onChange,
  readOnly,
}: {
  spec: FormSpec
  onChange: (change: Partial<FormSpec>) => void
  readOnly: boolean
}) {
  const t = useWords('forms')
  const toast = useToasts()
  const { language } = useLanguage()
  const [open, setOpen] = useState<string | null>(null)
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const { fields } = spec
  const move = (from: number, to: number) => to >= 0 && to < fields.length && onChange({ fields: arrayMove(fields, from, to) })
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    const at = (id: unknown) => fields.findIndex((field) => field.id === id)
    if (over && active.id !== over.id) move(at(active.id), at(over.id))
  }
  const set = (id: string, change: Partial<FormField>) =>
    onChange({ fields: fields.map((field) => (field.id === id ? { ...field, ...change } : field)) })
  const remove = (field: FormField) => {
    onChange({ fields: fields.filter((one) => one.id !== field.id) })
    toast.undo(t('removedField', { name: field.label[language] || field.label.ja }), async () => onChange({ fields }))
  }
  return (
    <div className="stack">
      {fields.length === 0 && <EmptyState small icon={ListPlus} title={t('noFields')} />}
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={onDragEnd}>
        <SortableContext items={fields.map((field) => field.id)} strategy={verticalListSortingStrategy}>
          <ul className="field-list">
            {fields.map((field, index) => (
              <FieldRow
                key={field.id}
                field={field}
                open={open === field.id}
                readOnly={readOnly}
                first={index === 0}
                last={index === fields.length - 1}
                onToggle={() => setOpen(open === field.id ? null : field.id)}
                onChange={(change) => set(field.id, change)}
                onMove={(by) => move(index, index + by)}
                onRemove={() => remove(field)}
              />
            ))}
          </ul>
        </SortableContext>
      </DndContext>
      {!readOnly && (
        <AddField
          spec={spec}
          onAdd={(field) => {
            onChange({ fields: [...fields, field] })
            setOpen(field.id)
          }}
        />
      )}
    </div>
  )
}

const HIDDEN = new Set(['contactMail'])

function AddField({ spec, onAdd }: { spec: FormSpec; onAdd: (field: FormField) => void }) {
  const t = useWords('forms')
  const { language } = useLanguage()
  const known = useQuery({ ...api.fields.list.queryOptions({ input: {} }), staleTime: 60_000 })
  const ids = spec.fields.map((field) => field.id)
  const asked = new Set(spec.fields.map((field) => field.key))
  const items = (known.data?.items ?? []).filter(
    (field) => !HIDDEN.has(field.key) && !asked.has(field.custom ? `attrs.${field.key}` : field.key),
  )
  const group = (custom: boolean) =>
    items
      .filter((field) => field.custom === custom)
      .map((field) => (
        <Menu.Item key={field.key} onClick={() => onAdd(questionFor(field, ids))}>
          {field[language]}
        </Menu.Item>
      ))
  return (
    <Menu position="top-start" width={260}>
      <Menu.Target>
        <Button variant="default" leftSection={<Plus size={15} />}>
          {t('addField')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className="field-menu">
        <Menu.Item onClick={() => onAdd(freeQuestion(t('newQuestion'), ids))}>{t('freeField')}</Menu.Item>
        <Menu.Label>{t('standardFields')}</Menu.Label>
        {group(false)}
        {items.some((field) => field.custom) && <Menu.Label>{t('customFields')}</Menu.Label>}
        {group(true)}
      </Menu.Dropdown>
    </Menu>
  )
}
