import { ActionIcon, Button, Checkbox, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer, SideDrawer } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'

type Stage = Awaited<ReturnType<typeof client.deals.stages>>['items'][number]

/** The stages of deals: their order, words, chance to win, and from which on a meeting took place. */
export function StagesDrawer({ onClose }: { onClose: () => void }) {
  const t = useWords('sales')
  const stages = useQuery(api.deals.stages.queryOptions({ input: {} }))
  if (stages.data) return <Editor stages={stages.data.items} onClose={onClose} />
  return (
    <SideDrawer opened onClose={onClose} title={t('editStages')}>
      {stages.isPending ? <Skeletons rows={5} /> : <ErrorNote error={stages.error} retry={stages.refetch} />}
    </SideDrawer>
  )
}

/** A key nobody has yet: it names the stage for programs and never changes with its words. */
function freeKey(stages: readonly Stage[]): string {
  const used = new Set(stages.map((stage) => stage.key))
  let n = stages.length + 1
  while (used.has(`stage_${n}`)) n++
  return `stage_${n}`
}

function Editor({ stages, onClose }: { stages: Stage[]; onClose: () => void }) {
  const t = useWords('sales')
  const toast = useToasts()
  const form = useProblemForm<{ items: Stage[] }>({ initialValues: { items: stages } })
  const save = form.send(
    (values) => client.deals.saveStages(values),
    () => {
      void again(api.deals.key())
      toast.undo(t('stagesSaved'), () => client.deals.saveStages({ items: stages }).finally(() => again(api.deals.key())))
      onClose()
    },
  )
  const { items } = form.values
  const add = () => form.insertListItem('items', { key: freeKey(items), ja: '', en: '', probability: 50, meeting: true })
  return (
    <FormDrawer
      wide
      opened
      onClose={onClose}
      title={t('editStages')}
      busy={form.busy}
      failed={form.failed ?? form.errors.items}
      onSubmit={save}
    >
      <p className="muted">{t('editStagesHint')}</p>
      <ol className="stage-list">
        {items.map((stage, i) => (
          <li key={stage.key}>
            <TextInput aria-label={t('stageJa')} placeholder={t('stageJa')} required {...form.getInputProps(`items.${i}.ja`)} />
            <TextInput aria-label={t('stageEn')} placeholder={t('stageEn')} required {...form.getInputProps(`items.${i}.en`)} />
            <NumberInput
              aria-label={t('probability')}
              suffix="%"
              min={0}
              max={100}
              allowDecimal={false}
              {...form.getInputProps(`items.${i}.probability`)}
            />
            <Checkbox label={t('meeting')} {...form.getInputProps(`items.${i}.meeting`, { type: 'checkbox' })} />
            <span className="row">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('up')}
                disabled={i === 0}
                onClick={() => form.reorderListItem('items', { from: i, to: i - 1 })}
              >
                <ArrowUp size={15} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('down')}
                disabled={i === items.length - 1}
                onClick={() => form.reorderListItem('items', { from: i, to: i + 1 })}
              >
                <ArrowDown size={15} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={t('removeStage', { name: stage.ja })}
                disabled={items.length === 1}
                onClick={() => form.removeListItem('items', i)}
              >
                <Trash2 size={15} />
              </ActionIcon>
            </span>
          </li>
        ))}
      </ol>
      <div>
        <Button variant="default" leftSection={<Plus size={15} />} disabled={items.length >= 15} onClick={add}>
          {t('addStage')}
        </Button>
      </div>
    </FormDrawer>
  )
}
