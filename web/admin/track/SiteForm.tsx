import { Radio, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useEffect } from 'react'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { Site } from './site.ts'

const MODES = ['notice', 'opt-in', 'off'] as const
type Values = { name: string; domains: string[]; consentMode: Site['consentMode']; countRobots: boolean }
const EMPTY: Values = { name: '', domains: [], consentMode: 'notice', countRobots: true }

/** What people paste as a domain: addresses, capitals, paths. */
const hostOf = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/:?#].*$/, '')

/** A new site, or an existing one changed. */
export function SiteForm({
  opened,
  site,
  onClose,
  onSaved,
}: {
  opened: boolean
  site: Site | null
  onClose: () => void
  onSaved: (site: Site) => void
}) {
  const t = useWords('track')
  const toast = useToasts()
  const form = useProblemForm<Values>({ initialValues: EMPTY })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form takes the site's values when it opens, not while it is edited
  useEffect(() => {
    if (opened)
      form.setValues(
        site ? { name: site.name, domains: site.domains, consentMode: site.consentMode, countRobots: site.countRobots } : EMPTY,
      )
  }, [opened, site?.id])
  const send = form.send(
    (values) => (site ? client.track.changeSite({ id: site.id, ...values }) : client.track.addSite(values)),
    (saved) => {
      void again(api.track.sites.key())
      toast.done(t('saved'))
      onClose()
      onSaved(saved)
    },
  )
  const domains = form.getInputProps('domains')
  const domainError = domains['error'] ?? Object.entries(form.errors).find(([field]) => field.startsWith('domains.'))?.[1]
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t(site ? 'editSite' : 'addSite')}
      {...(site ? {} : { verb: t('addSite') })}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('name')} placeholder={t('namePlaceholder')} required data-autofocus {...form.getInputProps('name')} />
      <TagsInput
        label={t('domains')}
        description={t('domainsHint')}
        placeholder="example.co.jp"
        {...domains}
        error={domainError}
        onChange={(to) => form.setFieldValue('domains', [...new Set(to.map(hostOf).filter(Boolean))])}
      />
      <Radio.Group label={t('consentMode')} description={t('consentGpc')} {...form.getInputProps('consentMode')}>
        <Stack gap="sm" mt="xs">
          {MODES.map((mode) => (
            <Radio key={mode} value={mode} label={t(`consent.${mode}`)} description={t(`consentHelp.${mode}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Switch label={t('countRobots')} description={t('countRobotsHint')} {...form.getInputProps('countRobots', { type: 'checkbox' })} />
    </FormDrawer>
  )
}
