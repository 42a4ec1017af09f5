import { Fieldset, NativeSelect, Select, SimpleGrid, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import { Section } from '../parts/FormDrawer.tsx'
import { useWords } from '../words/words.tsx'
import type { FormSpec } from './form.ts'

interface Props {
  readonly spec: FormSpec
  readonly onChange: (change: Partial<FormSpec>) => void
  readonly readOnly: boolean
}
type Pair = { ja: string; en: string }

/** Everything about a form but its questions. */
export function FormSettings({ spec, onChange, readOnly }: Props) {
  const t = useWords('forms')
  return (
    <Fieldset variant="unstyled" disabled={readOnly}>
      <div className="stack">
        <Fixed spec={spec} onChange={onChange} readOnly={readOnly} />
        <Section title={t('texts')}>
          <Two labels={[t('titleJa'), t('titleEn')]} value={spec.title} onChange={(title) => onChange({ title })} />
          <Two long labels={[t('introJa'), t('introEn')]} value={spec.intro} onChange={(intro) => onChange({ intro })} />
          <Two labels={[t('submitJa'), t('submitEn')]} value={spec.submit} onChange={(submit) => onChange({ submit })} />
          <NativeSelect
            label={t('language')}
            value={spec.language}
            onChange={(e) => onChange({ language: e.currentTarget.value === 'en' ? 'en' : 'ja' })}
            data={[
              { value: 'ja', label: '日本語' },
              { value: 'en', label: 'English' },
            ]}
          />
        </Section>
        <Section title={t('consent')} hint={t('consentHint')}>
          <NativeSelect
            aria-label={t('consent')}
            value={spec.consent.mode}
            onChange={(e) => {
              const mode = e.currentTarget.value
              onChange({ consent: { ...spec.consent, mode: mode === 'optional' || mode === 'required' ? mode : 'none' } })
            }}
            data={(['none', 'optional', 'required'] as const).map((value) => ({ value, label: t(`consentMode.${value}`) }))}
          />
          {spec.consent.mode !== 'none' && (
            <Two
              long
              labels={[t('consentJa'), t('consentEn')]}
              value={spec.consent.text}
              onChange={(text) => onChange({ consent: { ...spec.consent, text } })}
            />
          )}
          {spec.consent.mode !== 'none' && (
            <Switch
              label={t('confirm')}
              description={t('confirmHint')}
              checked={spec.consent.confirm === true}
              onChange={(e) => onChange({ consent: { ...spec.consent, confirm: e.currentTarget.checked } })}
            />
          )}
        </Section>
        <After spec={spec} onChange={onChange} />
      </div>
    </Fieldset>
  )
}

/** Source, interest and priority: fixed on the server, never seen by visitors. */
function Fixed({ spec, onChange }: Props) {
  const t = useWords('forms')
  return (
    <Section title={t('serverFixed')} hint={t('serverFixedHint')}>
      <TextInput
        label={t('source')}
        description={t('sourceHint')}
        required
        value={spec.source}
        onChange={(e) => onChange({ source: e.currentTarget.value })}
      />
      <TagsInput
        label={t('interest')}
        description={t('interestHint')}
        required
        value={spec.interest}
        onChange={(interest) => onChange({ interest })}
      />
      <Select
        label={t('priority')}
        clearable
        placeholder={t('priorityNone')}
        value={spec.priority}
        onChange={(to) => onChange({ priority: to === 'high' || to === 'middle' || to === 'low' ? to : null })}
        data={(['high', 'middle', 'low'] as const).map((value) => ({ value, label: t(`priorities.${value}`) }))}
      />
    </Section>
  )
}

function After({ spec, onChange }: Omit<Props, 'readOnly'>) {
  const t = useWords('forms')
  const { after } = spec
  const message = {
    kind: 'message' as const,
    text: after.kind === 'message' ? after.text : { ja: 'ありがとうございました。', en: 'Thank you.' },
  }
  return (
    <Section title={t('after')}>
      <NativeSelect
        aria-label={t('after')}
        value={after.kind}
        onChange={(e) => onChange({ after: e.currentTarget.value === 'redirect' ? { kind: 'redirect', url: 'https://' } : message })}
        data={(['message', 'redirect'] as const).map((value) => ({ value, label: t(`afterKind.${value}`) }))}
      />
      {after.kind === 'message' ? (
        <Two
          long
          labels={[t('afterJa'), t('afterEn')]}
          value={after.text}
          onChange={(text) => onChange({ after: { kind: 'message', text } })}
        />
      ) : (
        <TextInput
          label={t('afterUrl')}
          type="url"
          value={after.url}
          onChange={(e) => onChange({ after: { kind: 'redirect', url: e.currentTarget.value } })}
        />
      )}
    </Section>
  )
}

/** One text in both languages, side by side. */
export function Two({
  labels,
  value,
  onChange,
  long,
}: {
  labels: readonly [string, string]
  value: Pair
  onChange: (to: Pair) => void
  long?: boolean
}) {
  const inputs = (['ja', 'en'] as const).map((language, index) => {
    const props = {
      label: labels[index],
      value: value[language],
      onChange: (e: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange({ ...value, [language]: e.currentTarget.value }),
    }
    return long ? <Textarea key={language} autosize minRows={2} {...props} /> : <TextInput key={language} {...props} />
  })
  return (
    <SimpleGrid cols={2} spacing="sm">
      {inputs}
    </SimpleGrid>
  )
}
