import { closestCenter, DndContext, type DragEndEvent, KeyboardSensor, PointerSensor, useSensor, useSensors } from '@dnd-kit/core'
import { SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { ArrowDown, ArrowUp, Eye, EyeOff, GripVertical, Plus, Trash2 } from 'lucide-react'
import type { Screen, ScreenLayout } from '#loop/identify/fields/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { entityOf, type Field, isList, nameOfField, sectionsOf, useFields } from './fieldShow.ts'
import { moveField, stepField } from './layoutEdit.ts'

/** The sections of one screen: fields are dragged, or moved by keyboard and arrows, hidden and shown. */
export function LayoutTab({ screen }: { screen: Screen }) {
  const t = useWords('fields')
  const { language } = useLanguage()
  const { may } = useSession()
  const toast = useToasts()
  const { items, layout, error } = useFields(entityOf(screen))
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  if (!layout || !items.length) return error ? <ErrorNote error={error} /> : <Skeletons rows={8} />
  const readOnly = !may('fields.write')
  const shown = sectionsOf(layout, items, screen)
  const hidden = items.filter((one) => !one.archived && !shown.some((section) => section.fields.includes(one)))
  // What is shown is what is saved: fields that lay loose are named from now on.
  const now: ScreenLayout = {
    sections: shown.map(({ id, ja, en, fields }) => ({ id, ja, en, fields: fields.map(nameOfField) })),
    hidden: hidden.map(nameOfField),
  }
  const save = (to: ScreenLayout) => {
    const write = (one: ScreenLayout) => client.fields.arrange({ screen, layout: one }).then(() => again(api.fields.layout.key()))
    return write(to).then(() => toast.undo(t('arranged'), () => write(now)), toast.failed)
  }
  const setSection = (id: string, change: Partial<ScreenLayout['sections'][number]>) =>
    void save({ ...now, sections: now.sections.map((one) => (one.id === id ? { ...one, ...change } : one)) })
  const hide = (name: string) =>
    void save({
      sections: now.sections.map((one) => ({ ...one, fields: one.fields.filter((other) => other !== name) })),
      hidden: [...now.hidden, name],
    })
  const show = (name: string) =>
    void save({
      sections: now.sections.map((one, index) => (index === now.sections.length - 1 ? { ...one, fields: [...one.fields, name] } : one)),
      hidden: now.hidden.filter((other) => other !== name),
    })
  const remove = (id: string) => {
    const gone = now.sections.find((one) => one.id === id)?.fields ?? []
    const rest = now.sections.filter((one) => one.id !== id)
    void save({
      ...now,
      sections: rest.map((one, index) => (index === rest.length - 1 ? { ...one, fields: [...one.fields, ...gone] } : one)),
    })
  }
  const addSection = () =>
    void save({ ...now, sections: [...now.sections, { id: freeId(now), ja: t('newSection'), en: 'New heading', fields: [] }] })
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    if (over && active.id !== over.id) void save(moveField(now, String(active.id), String(over.id)))
  }
  return (
    <div className="stack">
      <p className="muted">{t('layoutHint')}</p>
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={onDragEnd}>
        {shown.map((section) => (
          <Card
            key={section.id}
            title={
              readOnly ? (
                section[language]
              ) : (
                <TextInput
                  key={section[language]}
                  variant="unstyled"
                  className="section-name"
                  aria-label={t('sectionName')}
                  defaultValue={section[language]}
                  onBlur={(event) => {
                    const name = event.currentTarget.value.trim()
                    if (name && name !== section[language]) setSection(section.id, { [language]: name })
                  }}
                />
              )
            }
            aside={
              !readOnly &&
              shown.length > 1 && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('removeSection', { name: section[language] })}
                  onClick={() => remove(section.id)}
                >
                  <Trash2 size={14} />
                </ActionIcon>
              )
            }
          >
            <SortableContext items={section.fields.map(nameOfField)} strategy={verticalListSortingStrategy}>
              <ul className="layout-list">
                {section.fields.map((field) => (
                  <LayoutRow
                    key={nameOfField(field)}
                    field={field}
                    readOnly={readOnly}
                    onStep={(by) => void save(stepField(now, nameOfField(field), by))}
                    onHide={() => hide(nameOfField(field))}
                  />
                ))}
              </ul>
            </SortableContext>
          </Card>
        ))}
      </DndContext>
      {!readOnly && !isList(screen) && (
        <Button variant="default" size="xs" leftSection={<Plus size={14} />} onClick={addSection} className="self-start">
          {t('addSection')}
        </Button>
      )}
      <Card title={t('hidden')}>
        {hidden.length === 0 && <p className="muted">{t('hiddenNone')}</p>}
        <ul className="layout-list">
          {hidden.map((field) => (
            <li key={nameOfField(field)}>
              <span className="clip muted">{field[language]}</span>
              {!readOnly && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('show', { name: field[language] })}
                  onClick={() => show(nameOfField(field))}
                >
                  <Eye size={14} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      </Card>
    </div>
  )
}

function freeId(layout: ScreenLayout): string {
  for (let n = 1; ; n++) if (!layout.sections.some((one) => one.id === `s${n}`)) return `s${n}`
}

function LayoutRow({
  field,
  readOnly,
  onStep,
  onHide,
}: {
  field: Field
  readOnly: boolean
  onStep: (by: 1 | -1) => void
  onHide: () => void
}) {
  const t = useWords('fields')
  const { language } = useLanguage()
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({
    id: nameOfField(field),
    disabled: readOnly,
  })
  const name = field[language]
  const style = { transition, ...(transform ? { transform: `translate3d(0,${transform.y}px,0)` } : {}) }
  return (
    <li ref={setNodeRef} style={style} className={isDragging ? 'dragging' : undefined}>
      {!readOnly && (
        <button type="button" className="grip" aria-label={t('drag', { name })} {...attributes} {...listeners}>
          <GripVertical size={15} aria-hidden />
        </button>
      )}
      <span className="clip">{name}</span>
      <span className="muted clip">{t(`type.${field.type}`)}</span>
      {!readOnly && (
        <span className="row">
          <ActionIcon variant="subtle" color="gray" aria-label={t('moveUp', { name })} onClick={() => onStep(-1)}>
            <ArrowUp size={14} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={t('moveDown', { name })} onClick={() => onStep(1)}>
            <ArrowDown size={14} />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={t('hide', { name })} onClick={onHide}>
            <EyeOff size={14} />
          </ActionIcon>
        </span>
      )}
    </li>
  )
}
