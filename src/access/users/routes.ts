import { serve } from '#kernel/serve.ts'
import { linksContract, meContract, setupContract, usersContract } from './contract.ts'
import * as users from './service.ts'

export const setupRoutes = serve(setupContract, { status: users.setupStatus, create: users.setup })

export const meRoutes = serve(meContract, { read: users.readMe, update: users.updateMe })

export const usersRoutes = serve(usersContract, {
  colleagues: users.colleagues,
  list: users.listUsers,
  invite: users.invite,
  withdraw: users.withdraw,
  changeRole: users.changeRole,
  deactivate: users.deactivate,
  reactivate: users.reactivate,
  resetLink: users.resetLink,
  removeTwoFactor: users.removeTwoFactor,
})

export const linksRoutes = serve(linksContract, { open: users.openLink, accept: users.acceptLink, forgot: users.forgot })
