// Sign-in, passwords and the second factor: better-auth's paths under /api/auth, asked as every other path is.
import { ask } from '../api.ts'

async function post(path: string, body: object): Promise<{ twoFactorRedirect?: boolean; totpURI?: string; backupCodes?: string[] }> {
  const request = new Request(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const response = await ask(request)
  return (await response.json()) as { twoFactorRedirect?: boolean; totpURI?: string; backupCodes?: string[] }
}

/** True when a code is asked for before there is a session. */
export const signIn = async (email: string, password: string): Promise<boolean> =>
  (await post('/sign-in/email', { email, password })).twoFactorRedirect === true

export const verifyTotp = (code: string, trustDevice = false) => post('/two-factor/verify-totp', { code, trustDevice })
export const verifyBackupCode = (code: string, trustDevice = false) => post('/two-factor/verify-backup-code', { code, trustDevice })
export const enableTwoFactor = (password: string) => post('/two-factor/enable', { password })
export const disableTwoFactor = (password: string) => post('/two-factor/disable', { password })
export const makeBackupCodes = (password: string) => post('/two-factor/generate-backup-codes', { password })
export const changePassword = (currentPassword: string, newPassword: string) =>
  post('/change-password', { currentPassword, newPassword, revokeOtherSessions: true })
