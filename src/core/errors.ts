// Why a request was not accepted. Every refusal says what happened, to what, and what to do next.

export type Refusal = { readonly code: string; readonly message: string; readonly remedy: string };

export const refusal = (code: string, message: string, remedy: string): { readonly ok: false; readonly error: Refusal } => ({
  ok: false,
  error: { code, message, remedy },
});
