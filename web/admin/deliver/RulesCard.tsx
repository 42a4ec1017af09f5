import { Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { again, api, client } from '../api.ts'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** How newsletters are sent in this company: whether a second person says yes, and where readers' time zones stand. */
export function RulesCard() {
  const t = useWords('newsletters')
  const toast = useToasts()
  const { may } = useSession()
  const rules = useQuery(api.newsletters.rules.queryOptions({ input: {} }))
  if (!rules.data) return null
  const now = rules.data
  const save = (to: Partial<typeof now>) =>
    client.newsletters.setRules({ ...now, ...to }).then(() => again(api.newsletters.key()), toast.failed)
  return (
    <Card title={t('rules')}>
      <div className="stack">
        <Switch
          label={t('approval.setting')}
          description={t('approval.settingText')}
          disabled={!may('settings.write')}
          checked={now.approval}
          onChange={(e) => save({ approval: e.currentTarget.checked })}
        />
        <TextInput
          key={now.zoneField}
          label={t('zoneField')}
          description={t('zoneFieldText')}
          disabled={!may('settings.write')}
          defaultValue={now.zoneField}
          onBlur={(e) => e.currentTarget.value !== now.zoneField && save({ zoneField: e.currentTarget.value.trim() })}
        />
      </div>
    </Card>
  )
}
