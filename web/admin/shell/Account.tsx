import { ChevronsUpDown } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Avatar } from '../parts/Avatar.tsx'
import { useSession } from '../session.ts'

// Menus bring the positioning library with them: loaded when first wanted, not with the first page.
const AccountMenu = lazy(() => import('./AccountMenu.tsx').then((m) => ({ default: m.AccountMenu })))

/** Who is signed in; opens what belongs to them. */
export function Account() {
  const { user } = useSession()
  const [wanted, setWanted] = useState(false)
  const [opened, setOpened] = useState(false)
  if (!user) return null
  const open = () => {
    setWanted(true)
    setOpened((was) => !was)
  }
  const target = (
    <button type="button" className="account" aria-haspopup="menu" aria-expanded={opened} onClick={wanted ? undefined : open}>
      <Avatar name={user.name} />
      <span className="clip">{user.name}</span>
      <ChevronsUpDown size={14} aria-hidden className="push" />
    </button>
  )
  if (!wanted) return target
  return (
    <Suspense fallback={target}>
      <AccountMenu opened={opened} onChange={setOpened} target={target} />
    </Suspense>
  )
}
