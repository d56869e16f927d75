// What a finding may know of the controller that would carry out the plans: a part of its `resus.yaml`, and nothing that is secret in it.

export type ControllerFacts = {
  /** The path of the configuration, as it was given. */
  readonly file: string;
  readonly controlDomain: string;
  /** Where it stands with its journal; absent where nobody has said so. */
  readonly site?: string;
  /** AWS regions in which it assumes a role. */
  readonly roleRegions: readonly string[];
  /** Base URLs by region, where they are not AWS's own. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** How long the credentials of a role are good for, in milliseconds; and the longest that can be configured. */
  readonly sessionMs: number;
  readonly mostSessionMs: number;
  /** With sessions of so many milliseconds: how long it can call, at least, from the moment at which STS answers no more. */
  readonly heldMs: (sessionMs: number) => number;
  /** Keys with a session token stand in the file: they end, and nothing renews them. */
  readonly hasSessionToken: boolean;
};
