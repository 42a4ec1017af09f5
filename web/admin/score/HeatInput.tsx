import { Switch } from '@mantine/core'
import { Flame } from 'lucide-react'
import type { Heat, ScoreSettings } from '#loop/score/rules/contract.ts'
import type { client } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { NumberLink } from '../parts/NumberLink.tsx'
import { Pick, PickNumber } from '../segment/pick.tsx'
import { useWords } from '../words/words.tsx'

/** A score as the list gives it. */
export type Model = Awaited<ReturnType<typeof client.scores.list>>['items'][number]

/** When a lead is hot or warm by one score, with how many are now. */
export function HeatInput({ settings, onChange, model }: { settings: ScoreSettings; onChange: (to: ScoreSettings) => void; model: Model }) {
  const t = useWords('score')
  const s = useWords('segment')
  const now = (heat: Heat) => (
    <span className="push">
      <NumberLink
        to="/leads"
        search={{ rule: JSON.stringify({ kind: 'fact', fact: `score.${model.name}.heat`, is: { op: 'eq', value: heat } }) }}
        label={`${t(`heats.${heat}`)} ${t('leadsNow', { n: model.people[heat] })}`}
      >
        {t('leadsNow', { n: model.people[heat] })}
      </NumberLink>
    </span>
  )
  const line = (heat: 'hot' | 'warm', at: 'hotAt' | 'warmAt') => (
    <div className="heat-line">
      <Chip tone={heat === 'hot' ? 'red' : 'amber'}>{t(`heats.${heat}`)}</Chip>
      <PickNumber
        label={t(at)}
        value={settings[at]}
        onChange={(n) =>
          onChange({
            ...settings,
            [at]: n,
            ...(at === 'hotAt' && n < settings.warmAt ? { warmAt: n } : {}),
            ...(at === 'warmAt' && n > settings.hotAt ? { hotAt: n } : {}),
          })
        }
      />
      <span className="glue">{t('orMore')}</span>
      {now(heat)}
    </div>
  )
  return (
    <div className="stack-s wide">
      <p className="muted hint">
        <Flame size={13} aria-hidden /> {t('heatHint')}
      </p>
      <div className="heat-line">
        <span className="glue">{t('heatBy')}</span>
        <Pick
          label={t('heatBy')}
          value={settings.heatBy}
          options={[
            { value: 'total', label: t('heatByTotal') },
            { value: 'recent', label: t('heatByRecent') },
            { value: 'decayed', label: t('heatByDecayed') },
          ]}
          onChange={(heatBy) =>
            onChange({ ...settings, heatBy, halfLifeDays: heatBy === 'decayed' ? (settings.halfLifeDays ?? 30) : settings.halfLifeDays })
          }
        />
      </div>
      {line('hot', 'hotAt')}
      {line('warm', 'warmAt')}
      <div className="heat-line">
        <Chip>{t('heats.cold')}</Chip>
        {now('cold')}
      </div>
      <div className="heat-line">
        <span className="glue">{t('recentDays')}</span>
        <PickNumber
          label={t('recentDays')}
          value={settings.recentDays}
          min={1}
          max={365}
          onChange={(recentDays) => onChange({ ...settings, recentDays })}
        />
        <span className="glue">{s('units.days')}</span>
      </div>
      <p className="muted hint">{t('recentHint')}</p>
      {settings.heatBy === 'recent' && (
        <Switch
          size="sm"
          checked={settings.hotUntilSilent === true}
          onChange={(event) => onChange({ ...settings, hotUntilSilent: event.currentTarget.checked })}
          label={t('hotUntilSilent', { n: settings.recentDays })}
          description={t('hotUntilSilentHint')}
        />
      )}
      {settings.heatBy === 'decayed' && (
        <>
          <div className="heat-line">
            <span className="glue">{t('halfLife')}</span>
            <PickNumber
              label={t('halfLife')}
              value={settings.halfLifeDays ?? 30}
              min={1}
              max={3_650}
              onChange={(halfLifeDays) => onChange({ ...settings, halfLifeDays })}
            />
            <span className="glue">{s('units.days')}</span>
          </div>
          <p className="muted hint">{t('halfLifeHint')}</p>
        </>
      )}
    </div>
  )
}
