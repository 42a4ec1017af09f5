import { Checkbox, NativeSelect, SimpleGrid, TextInput } from '@mantine/core'
import type { Entity } from '#loop/identify/fields/contract.ts'
import { again, api, client } from '../api.ts'
import { FormDrawer, Section } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { Field } from './fieldShow.ts'
import { OptionsInput } from './OptionsInput.tsx'

const TYPES = [
  ...(['text', 'longText', 'number', 'money', 'date', 'datetime'] as const),
  ...(['choice', 'multi', 'boolean', 'url', 'mail', 'phone'] as const),
] as const
const CLASSES = ['basic', 'secondary', 'behaviour'] as const
const UNITS = [1, 1000, 1000000] as const

/** Defines or changes a custom field. */
export function FieldDrawer({ entity, field, onClose }: { entity: Entity; field: Field | null; onClose: () => void }) {
  const t = useWords('fields')
  const toast = useToasts()
  const usual = entity === 'lead' ? 'secondary' : 'basic'
  const form = useProblemForm({
    initialValues: {
      key: field?.key ?? '',
      type: field?.type ?? ('text' as string),
      ja: field?.ja ?? '',
      en: field?.en ?? '',
      class: field?.class ?? (usual as string),
      options: field?.options ?? ([] as Field['options']),
      required: field?.required ?? false,
      unique: field?.unique ?? false,
      helpJa: field?.helpJa ?? '',
      helpEn: field?.helpEn ?? '',
      unit: String(field?.unit ?? 1),
      byHand: field?.byHand ?? false,
    },
  })
  const values = form.getValues()
  const type = TYPES.find((one) => one === values.type) ?? 'text'
  const chosen = type === 'choice' || type === 'multi'
  const send = form.send(
    ({ key, type: _type, unit, options, ...rest }) => {
      const input = {
        ...rest,
        entity,
        key,
        type,
        en: rest.en || rest.ja,
        class: CLASSES.find((one) => one === rest.class) ?? usual,
        unit: UNITS.find((one) => String(one) === unit) ?? 1,
        options: chosen ? options.filter((one) => one.ja.trim()).map((one) => ({ ...one, en: one.en || one.ja })) : [],
      } as const
      return field ? client.fields.update(input) : client.fields.create(input)
    },
    () => {
      toast.done(t('saved'))
      void again(api.fields.key())
      onClose()
    },
  )
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={field ? field.ja : t(`addTo.${entity}`)}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <SimpleGrid cols={2} spacing="sm">
        <TextInput label={t('ja')} withAsterisk data-autofocus {...form.getInputProps('ja')} />
        <TextInput label={t('en')} {...form.getInputProps('en')} />
      </SimpleGrid>
      <TextInput label={t('key')} description={t('keyHint')} withAsterisk disabled={field !== null} {...form.getInputProps('key')} />
      <SimpleGrid cols={2} spacing="sm">
        <NativeSelect
          label={t('typeLabel')}
          description={t('typeHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
          {...form.getInputProps('type')}
        />
        <NativeSelect
          label={t('classLabel')}
          data={CLASSES.map((value) => ({ value, label: t(`class.${value}`) }))}
          {...form.getInputProps('class')}
        />
      </SimpleGrid>
      {chosen && <OptionsInput value={values.options} onChange={(options) => form.setFieldValue('options', options)} />}
      {type === 'money' && (
        <NativeSelect
          label={t('unitLabel')}
          data={UNITS.map((unit) => ({ value: String(unit), label: t(`unit.u${unit}`) }))}
          {...form.getInputProps('unit')}
        />
      )}
      {values.class === 'behaviour' && (
        <Section title={t('class.behaviour')} hint={t('behaviourHint')}>
          <Checkbox label={t('byHand')} {...form.getInputProps('byHand', { type: 'checkbox' })} />
        </Section>
      )}
      <Checkbox label={t('requiredLabel')} {...form.getInputProps('required', { type: 'checkbox' })} />
      <Checkbox
        label={t(`uniqueLabel.${entity}`)}
        description={t(`uniqueHint.${entity}`)}
        {...form.getInputProps('unique', { type: 'checkbox' })}
      />
      <TextInput label={t('help')} {...form.getInputProps('helpJa')} />
      <TextInput label={t('helpEn')} {...form.getInputProps('helpEn')} />
    </FormDrawer>
  )
}
