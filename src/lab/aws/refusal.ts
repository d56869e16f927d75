// A request that AWS would refuse, with AWS's own code for it. Each protocol writes it in its own form.

export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  /** The members of a Route 53 change batch's error, one per problem. */
  readonly messages: readonly string[];

  constructor(code: string, message: string, status = 400, messages: readonly string[] = []) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = status;
    this.messages = messages;
  }
}
