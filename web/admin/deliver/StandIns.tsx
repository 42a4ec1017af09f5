import './sending.css'
import { Button, Checkbox, NativeSelect, NumberInput, PasswordInput, TextInput } from '@mantine/core'
import { Plus, Trash2 } from 'lucide-react'
import { freshUuid } from '../parts/fresh.ts'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'

export interface StandInValue {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly security: 'tls' | 'starttls' | 'none'
  readonly user: string
  readonly anyCertificate: boolean
  readonly hasPassword: boolean
  readonly password: string
}

/** Servers that take over while those above them cannot be reached. */
export function StandIns({ value, onChange }: { value: readonly StandInValue[]; onChange: (value: StandInValue[]) => void }) {
  const t = useWords('sending')
  const d = useWords('deliver')
  const set = (id: string, more: Partial<StandInValue>) => onChange(value.map((one) => (one.id === id ? { ...one, ...more } : one)))
  const add = () =>
    onChange([
      ...value,
      {
        id: freshUuid(),
        name: t('newStandIn', { n: value.length + 1 }),
        host: '',
        port: 587,
        security: 'starttls',
        user: '',
        anyCertificate: false,
        hasPassword: false,
        password: '',
      },
    ])
  return (
    <Card title={t('standIns')}>
      <p className="muted mail-hint">{t('standInsHint')}</p>
      {value.map((one) => (
        <div className="stand-in" key={one.id}>
          <div className="setting-pair">
            <TextInput
              label={t('routeName')}
              maxLength={60}
              value={one.name}
              onChange={(e) => set(one.id, { name: e.currentTarget.value })}
            />
            <NativeSelect
              label={d('security')}
              data={(['tls', 'starttls', 'none'] as const).map((way) => ({ value: way, label: d(`securities.${way}`) }))}
              value={one.security}
              onChange={(e) => set(one.id, { security: e.currentTarget.value as StandInValue['security'] })}
            />
          </div>
          <div className="setting-pair">
            <TextInput
              label={d('host')}
              placeholder="smtp2.example.co.jp"
              autoComplete="off"
              value={one.host}
              onChange={(e) => set(one.id, { host: e.currentTarget.value })}
            />
            <NumberInput
              label={d('port')}
              min={1}
              max={65535}
              allowDecimal={false}
              hideControls
              value={one.port}
              onChange={(port) => set(one.id, { port: Number(port) || 0 })}
            />
          </div>
          <div className="setting-pair">
            <TextInput
              label={d('user')}
              autoComplete="off"
              value={one.user}
              onChange={(e) => set(one.id, { user: e.currentTarget.value })}
            />
            <PasswordInput
              label={d('password')}
              autoComplete="new-password"
              placeholder={one.hasPassword ? d('passwordKept') : ''}
              value={one.password}
              onChange={(e) => set(one.id, { password: e.currentTarget.value })}
            />
          </div>
          <div className="stand-in-foot">
            <Checkbox
              label={t('anyCertificate')}
              description={t('anyCertificateNote')}
              checked={one.anyCertificate}
              onChange={(e) => set(one.id, { anyCertificate: e.currentTarget.checked })}
            />
            <Button
              variant="subtle"
              color="red"
              leftSection={<Trash2 size={15} aria-hidden />}
              onClick={() => onChange(value.filter(({ id }) => id !== one.id))}
            >
              {t('removeStandIn', { name: one.name })}
            </Button>
          </div>
        </div>
      ))}
      {value.length < 5 && (
        <Button variant="default" leftSection={<Plus size={15} aria-hidden />} onClick={add}>
          {t('addStandIn')}
        </Button>
      )}
    </Card>
  )
}
