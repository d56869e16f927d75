// Why a bundle could not be made or opened at all. What is wrong *inside* one is a problem in the result of `verifyBundle`.

export type EvidenceErrorCode = 'EVIDENCE_INCOMPLETE' | 'EVIDENCE_IN_THE_WAY' | 'NO_BUNDLE';
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;
  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
