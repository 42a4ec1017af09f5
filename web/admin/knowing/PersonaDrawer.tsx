import { NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { PERSONA_COLOURS, type Profile, profile as profileSchema } from '#loop/segment/personas/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer, Section } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { PreviewCard } from '../segment/PreviewCard.tsx'
import { RuleEditor } from '../segment/RuleEditor.tsx'
import { EVERYBODY, isComplete } from '../segment/ruleEdit.ts'
import { useWords } from '../words/words.tsx'
import type { Persona } from './persona.ts'
import { useHeadings } from './useHeadings.ts'

interface Draft extends Record<string, unknown>, Omit<Profile, 'ages'> {
  name: string
  ageFrom: number | string
  ageTo: number | string
}

/** A persona, drawn or changed. */
export function PersonaDrawer({
  persona,
  onClose,
  onSaved,
}: {
  persona: Persona | null
  onClose: () => void
  onSaved: (saved: Persona) => void
}) {
  const t = useWords('knowing')
  const { vocabulary } = useHeadings()
  const before = persona?.profile ?? profileSchema.parse({})
  const [rule, setRule] = useState<Rule>((persona?.rule as Rule | undefined) ?? EVERYBODY)
  const form = useProblemForm<Draft>({
    initialValues: { ...before, name: persona?.name ?? '', ageFrom: before.ages?.from ?? '', ageTo: before.ages?.to ?? '' },
  })
  const save = ({ name, ageFrom, ageTo, ...rest }: Draft): Promise<Persona> => {
    const [from, to] = [ageFrom, ageTo].map((age) => (age === '' ? null : Number(age))) as [number | null, number | null]
    const ages = from === null && to === null ? null : { from: from ?? 0, to: to ?? 120 }
    const profile = profileSchema.parse({ ...rest, ages: ages && ages.from > ages.to ? { from: ages.to, to: ages.from } : ages })
    const sent = { name, profile, rule }
    return persona ? client.personas.change({ id: persona.id, ...sent }) : client.personas.create(sent)
  }
  const others = vocabulary && { ...vocabulary, facts: vocabulary.facts.filter((one) => one.name !== 'persona') }
  return (
    <FormDrawer
      opened
      wide
      onClose={onClose}
      title={t(persona ? 'editPersona' : 'addPersona')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={(event) => {
        event.preventDefault()
        if (isComplete(rule)) form.send(save, onSaved)(event)
      }}
    >
      <Section title={t('who')}>
        <TextInput
          label={t('personaName')}
          placeholder={t('personaNamePlaceholder')}
          required
          maxLength={80}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <div className="persona-fields">
          <TextInput label={t('industry')} maxLength={120} {...form.getInputProps('industry')} />
          <TextInput label={t('job')} maxLength={120} {...form.getInputProps('job')} />
          <TextInput label={t('title')} maxLength={120} {...form.getInputProps('title')} />
          <div className="persona-ages">
            <NumberInput label={t('ageFrom')} min={0} max={120} {...form.getInputProps('ageFrom')} />
            <NumberInput label={t('ageTo')} min={0} max={120} {...form.getInputProps('ageTo')} />
          </div>
        </div>
        <Textarea label={t('pains')} autosize minRows={2} maxLength={2000} {...form.getInputProps('pains')} />
        <Textarea label={t('information')} autosize minRows={2} maxLength={2000} {...form.getInputProps('information')} />
        <Textarea label={t('note')} autosize minRows={1} maxLength={2000} {...form.getInputProps('note')} />
        <div className="persona-fields">
          <TextInput label={t('initials')} maxLength={3} {...form.getInputProps('initials')} />
          <div className="stack-s">
            <span className="mantine-InputWrapper-label">{t('colour')}</span>
            <SegmentedControl
              size="xs"
              aria-label={t('colour')}
              data={PERSONA_COLOURS.map((value) => ({ value, label: t(`colours.${value}`) }))}
              {...form.getInputProps('colour')}
            />
          </div>
        </div>
      </Section>
      <Section title={t('matching')}>
        {others ? <RuleEditor value={rule} onChange={setRule} vocabulary={others} /> : <Skeletons rows={2} height={44} />}
        {form.errors['rule'] && <ErrorNote error={new Error(String(form.errors['rule']))} />}
        <PreviewCard rule={rule} audience="leads" />
      </Section>
    </FormDrawer>
  )
}
