import { type Served, serve } from '#kernel/serve.ts'
import { mailboxContract } from './contract.ts'
import { clear, get, list, read } from './service.ts'

export const mailboxRoutes: Served = serve(mailboxContract, { list, get, read, clear })
