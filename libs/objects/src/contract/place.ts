import type { ObjectStore } from "../object-store.ts";

/** One empty place for objects, on which any number of instances of an adapter can be opened. */
export interface Place {
  open(): Promise<ObjectStore>;
  /** How another process opens an instance on this place: `open` of the module, called with the argument. */
  opener: { moduleUrl: string; argument: string };
  /** Removes the place and all in it; all instances are closed by then. */
  remove(): Promise<void>;
}

/** What a module named in `opener.moduleUrl` exports. */
export interface OpenerModule {
  open(argument: string): Promise<ObjectStore>;
}

/** Gives the current test two stores on one place; they are one instance or two. */
export type Stores = () => { one: ObjectStore; other: ObjectStore };
