// What was really executed, and what is to be throttled: the lab's own account of the mutations that clients sent it.

export interface Tally {
  /** Called once for each mutation that passed its checks, at the moment it takes effect. */
  count(operation: string, resource: string): void;
  /** By `Operation resource`. */
  executions(): Record<string, number>;
  throttle(operation: string, count: number): void;
  /** True when this call is to be refused; each true uses up one. */
  takeThrottle(operation: string): boolean;
}

export function makeTally(): Tally {
  const counts = new Map<string, number>();
  const throttled = new Map<string, number>();
  return {
    count(operation, resource) {
      const key = `${operation} ${resource}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    executions: () => Object.fromEntries(counts),
    throttle(operation, count) {
      throttled.set(operation, count);
    },
    takeThrottle(operation) {
      const left = throttled.get(operation) ?? 0;
      if (left > 0) throttled.set(operation, left - 1);
      return left > 0;
    },
  };
}
