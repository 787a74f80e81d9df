import type { Binding, Interceptor } from "@slipway/rpc";

/** One service, or several that were put together, as a process hosts it. */
export interface HostedApp {
  bindings: readonly Binding[];
  /** Begins the background work. Repeated until it succeeds where a store is away. */
  start(): Promise<void>;
  /** Ends the background work; the engines are closed afterwards. */
  stop(): Promise<void>;
  /** What it waits for, in words; empty when it serves. */
  notReady(): string[];
}

/** An app with what its calls pass through first. */
export interface ServedApp extends HostedApp {
  interceptors: readonly Interceptor[];
}
