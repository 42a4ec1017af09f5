import { serve } from '#kernel/serve.ts'
import { signalsContract } from './contract.ts'
import { count, list, mute, seen, unmute, unseen } from './service.ts'

export const signalsRoutes = serve(signalsContract, { list, count, seen, unseen, mute, unmute })
