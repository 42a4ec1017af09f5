import { Menu, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { Keyboard, LogOut, UserCog } from 'lucide-react'
import type { ReactElement } from 'react'
import { signOut, useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { openHelp } from './help.ts'

/** Language of the screens; remembered in this browser. */
export function LanguageSwitch() {
  const t = useWords('shell')
  const { language, setLanguage } = useLanguage()
  return (
    <SegmentedControl
      fullWidth
      aria-label={t('language')}
      value={language}
      onChange={(to) => setLanguage(to === 'en' ? 'en' : 'ja')}
      data={[
        { value: 'ja', label: '日本語' },
        { value: 'en', label: 'English' },
      ]}
    />
  )
}

/** Light, dark, or as the device; remembered in this browser. */
export function SchemeSwitch() {
  const t = useWords('shell')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <SegmentedControl
      fullWidth
      aria-label={t('appearance')}
      value={colorScheme}
      onChange={(to) => setColorScheme(to as typeof colorScheme)}
      data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(value) }))}
    />
  )
}

/** What belongs to the person signed in: language, appearance, account, keys, sign-out. Opened by Account. */
export function AccountMenu({ opened, onChange, target }: { opened: boolean; onChange: (to: boolean) => void; target: ReactElement }) {
  const t = useWords('shell')
  const { user } = useSession()
  const router = useRouter()
  return (
    <Menu opened={opened} onChange={onChange} position="top-start" width={260} shadow="md" withinPortal>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user?.email}</Menu.Label>
        <div className="account-set">
          <span>{t('language')}</span>
          <LanguageSwitch />
          <span>{t('appearance')}</span>
          <SchemeSwitch />
        </div>
        <Menu.Divider />
        {'/account' in router.routesByPath && (
          <Menu.Item leftSection={<UserCog size={15} />} onClick={() => void router.navigate({ to: '/account' })}>
            {t('account')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Keyboard size={15} />} rightSection={<kbd>?</kbd>} onClick={openHelp}>
          {t('help')}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
