// What FIS knows in one region, as one immutable value.

export interface Target {
  readonly resourceType: string;
  readonly resourceArns?: readonly string[];
  readonly resourceTags?: Readonly<Record<string, string>>;
  readonly filters?: readonly { readonly path: string; readonly values: readonly string[] }[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly selectionMode: string;
}
export interface Action {
  readonly actionId: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly targets?: Readonly<Record<string, string>>;
  readonly startAfter?: readonly string[];
}
/** What a template and its experiments have in common. */
export interface Plan {
  readonly description: string;
  readonly roleArn: string;
  readonly targets: Readonly<Record<string, Target>>;
  readonly actions: Readonly<Record<string, Action>>;
  readonly stopConditions: readonly { readonly source: string; readonly value?: string }[];
  readonly experimentOptions: { readonly accountTargeting: string; readonly emptyTargetResolutionMode: string };
}
export interface Template extends Plan {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: Readonly<Record<string, string>>;
}
export type ExperimentStatus = 'pending' | 'initiating' | 'running' | 'completed' | 'stopping' | 'stopped' | 'failed';
export type ActionStatus = 'pending' | 'running' | 'completed' | 'cancelled' | 'stopping' | 'stopped' | 'failed' | 'skipped';
export interface ActionState {
  readonly status: ActionStatus;
  readonly reason?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
}
export interface Experiment extends Plan {
  readonly id: string;
  readonly templateId: string;
  readonly status: ExperimentStatus;
  readonly reason?: string;
  readonly error?: { readonly code: string; readonly location: string };
  readonly actionsMode: 'run-all' | 'skip-all';
  readonly states: Readonly<Record<string, ActionState>>;
  /** By target name, once resolved. */
  readonly resolved: Readonly<Record<string, readonly string[]>>;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly tags: Readonly<Record<string, string>>;
}
export interface FisState {
  readonly templates: Readonly<Record<string, Template>>;
  readonly experiments: Readonly<Record<string, Experiment>>;
  /** Client token to what it made, and of what. */
  readonly tokens: Readonly<Record<string, { readonly id: string; readonly of: string }>>;
}

export const ACTIVE: ReadonlySet<ExperimentStatus> = new Set(['pending', 'initiating', 'running', 'stopping']);
