import './access.css'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis, KeyRound, ShieldOff, UserCheck, UserMinus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { InviteDrawer } from './InviteDrawer.tsx'
import { LinkModal, type MadeLink } from './LinkModal.tsx'

type Listed = Awaited<ReturnType<typeof client.users.list>>
type User = Listed['items'][number]
type Invitation = Listed['invitations'][number]
const ROLES = ['owner', 'marketer', 'sales', 'viewer'] as const

/** Members and open invitations. */
export function UsersPage() {
  const t = useWords('access')
  const users = useQuery(api.users.list.queryOptions({ input: {} }))
  const { may } = useSession()
  const [inviting, setInviting] = useState(false)
  const [made, setMade] = useState<MadeLink | null>(null)
  return (
    <>
      <PageTop title={t('usersTitle')} crumb={t('settings')}>
        {may('users.write') && (
          <Button leftSection={<UserPlus size={15} />} onClick={() => setInviting(true)}>
            {t('invite')}
          </Button>
        )}
      </PageTop>
      <Page narrow>
        {users.isPending && <Skeletons rows={5} height={56} />}
        <ErrorNote error={users.error} retry={users.refetch} />
        {users.data && <Members users={users.data.items} onLink={setMade} />}
        {users.data && users.data.invitations.length > 0 && <Invitations items={users.data.invitations} onLink={setMade} />}
      </Page>
      <InviteDrawer opened={inviting} onClose={() => setInviting(false)} onMade={setMade} />
      <LinkModal link={made} onClose={() => setMade(null)} />
    </>
  )
}

function Members({ users, onLink }: { users: User[]; onLink: (link: MadeLink) => void }) {
  const t = useWords('access')
  const { user: me } = useSession()
  return (
    <Card className="flush">
      <table className="office-table">
        <thead>
          <tr>
            <th>{t('member')}</th>
            <th>{t('role')}</th>
            <th>{t('twoFactor')}</th>
            <th>{t('lastSeen')}</th>
            <th>
              <span className="sr-only">{t('actions', { name: '' })}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id} className={user.active ? '' : 'off'}>
              <td>
                <span className="who">
                  <Avatar name={user.name} size={30} />
                  <span className="who-stack">
                    <span className="row">
                      <b className="clip">{user.name}</b>
                      {user.id === me?.id && <Chip dot={false}>{t('you_')}</Chip>}
                      {!user.active && <Chip tone="red">{t('inactive')}</Chip>}
                    </span>
                    <span className="muted clip">{user.email}</span>
                  </span>
                </span>
              </td>
              <td className="nowrap">{t(`roles.${user.role}`)}</td>
              <td data-label={t('twoFactor')}>
                {user.twoFactor ? <Chip tone="green">{t('on')}</Chip> : <span className="muted">{t('off')}</span>}
              </td>
              <td className="muted" data-label={t('lastSeen')}>
                <Ago at={user.lastSeenAt} />
              </td>
              <td className="end">
                <UserMenu user={user} onLink={onLink} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

function UserMenu({ user, onLink }: { user: User; onLink: (link: MadeLink) => void }) {
  const t = useWords('access')
  const toast = useToasts()
  const reload = () => again(api.users.key())
  const act = (run: () => Promise<unknown>, then: () => void) => run().then(then, toast.failed).finally(reload)
  const { id, name } = user
  const changeRole = (role: User['role']) =>
    act(
      () => client.users.changeRole({ id, role }),
      () =>
        toast.undo(t('roleChanged', { name, role: t(`roles.${role}`) }), () =>
          client.users.changeRole({ id, role: user.role }).finally(reload),
        ),
    )
  const deactivate = () =>
    act(
      () => client.users.deactivate({ id }),
      () => toast.undo(t('deactivated', { name }), () => client.users.reactivate({ id }).finally(reload)),
    )
  const link = () => client.users.resetLink({ id }).then((made) => onLink({ ...made, name, kind: 'reset' }), toast.failed)
  return (
    <Menu position="bottom-end" width={260} shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actions', { name })}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('role')}</Menu.Label>
        {ROLES.map((role) => (
          <Menu.Item key={role} disabled={role === user.role} onClick={() => void changeRole(role)}>
            <span className="choice-text">
              <b>{t(`roles.${role}`)}</b>
              <span className="muted">{t(`roleHelp.${role}`)}</span>
            </span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        {user.active && (
          <Menu.Item leftSection={<KeyRound size={15} />} onClick={() => void link()}>
            {t('resetLink')}
          </Menu.Item>
        )}
        {user.twoFactor && (
          <Menu.Item
            leftSection={<ShieldOff size={15} />}
            onClick={() =>
              void act(
                () => client.users.removeTwoFactor({ id }),
                () => toast.done(t('twoFactorRemoved', { name })),
              )
            }
          >
            {t('removeTwoFactor')}
          </Menu.Item>
        )}
        {user.active ? (
          <Menu.Item color="red" leftSection={<UserMinus size={15} />} onClick={() => void deactivate()}>
            {t('deactivate')}
          </Menu.Item>
        ) : (
          <Menu.Item
            leftSection={<UserCheck size={15} />}
            onClick={() =>
              void act(
                () => client.users.reactivate({ id }),
                () => toast.done(t('reactivated', { name })),
              )
            }
          >
            {t('reactivate')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function Invitations({ items, onLink }: { items: Invitation[]; onLink: (link: MadeLink) => void }) {
  const t = useWords('access')
  const f = useFormats()
  const toast = useToasts()
  const reload = () => again(api.users.key())
  const withdraw = (id: string) =>
    client.users
      .withdraw({ id })
      .then(() => toast.done(t('withdrawn')), toast.failed)
      .finally(reload)
  const renew = ({ name, email, role }: Invitation) =>
    client.users
      .invite({ name, email, role })
      .then((made) => onLink({ ...made, name, kind: 'invite' }), toast.failed)
      .finally(reload)
  return (
    <Card title={t('invitations')} className="flush">
      <table className="office-table">
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td>
                <span className="who-stack">
                  <b>{item.name}</b>
                  <span className="muted">{item.email}</span>
                </span>
              </td>
              <td className="nowrap">{t(`roles.${item.role}`)}</td>
              <td>
                {item.expired ? (
                  <Chip tone="amber">{t('expired')}</Chip>
                ) : (
                  <span className="muted">{t('expires', { when: f.day(item.expiresAt) })}</span>
                )}
              </td>
              <td>
                <span className="row">
                  <Button size="compact-sm" variant="default" onClick={() => void renew(item)}>
                    {t('newLink')}
                  </Button>
                  <Button size="compact-sm" variant="subtle" color="red" onClick={() => void withdraw(item.id)}>
                    {t('withdraw')}
                  </Button>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
