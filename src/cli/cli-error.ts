// How a command ends when it does not succeed. The exit codes are the same for every command:
// 0 done, or the answer is yes; 1 the answer is no; 2 wrong use; 3 no controller that could answer.

export type ExitCode = 0 | 1 | 2 | 3;
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: Exclude<ExitCode, 0>;
  readonly code: string;
  readonly remedy: string;
  constructor(exit: Exclude<ExitCode, 0>, code: string, message: string, remedy: string) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.remedy = remedy;
  }
}
export const misuse = (code: string, message: string, remedy: string): CliError => new CliError(2, code, message, remedy);
