// Who reaches whom. A message needs its own direction; whoever wants an answer needs both. What is lost answers nobody and says
// nothing: silence, never a refusal.

/** Blocks and losses are counted, so that faults that overlap may end in any order. */
export class Network {
  readonly #index: ReadonlyMap<string, number>;
  readonly #blocked: Int16Array;
  readonly #lost: Int16Array;
  readonly #size: number;

  constructor(nodes: readonly string[]) {
    this.#index = new Map(nodes.map((node, i) => [node, i]));
    this.#size = nodes.length;
    this.#blocked = new Int16Array(nodes.length * nodes.length);
    this.#lost = new Int16Array(nodes.length);
  }

  /** Throws for a node that was never built. */
  node(name: string): number {
    const index = this.#index.get(name);
    if (index === undefined) throw new Error(`no such place in the network: ${name}`);
    return index;
  }
  block(from: number, to: number, by: 1 | -1): void {
    const at = from * this.#size + to;
    this.#blocked[at] = (this.#blocked[at] ?? 0) + by;
  }
  lose(node: number, by: 1 | -1): void {
    this.#lost[node] = (this.#lost[node] ?? 0) + by;
  }
  isLost(node: number): boolean {
    return (this.#lost[node] ?? 0) > 0;
  }
  canSend(from: number, to: number): boolean {
    if ((this.#lost[from] ?? 0) > 0 || (this.#lost[to] ?? 0) > 0) return false;
    return from === to || (this.#blocked[from * this.#size + to] ?? 0) === 0;
  }
  canTalk(a: number, b: number): boolean {
    return this.canSend(a, b) && this.canSend(b, a);
  }
}
