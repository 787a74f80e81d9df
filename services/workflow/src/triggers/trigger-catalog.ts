import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import type { Workflow } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { admissionWorkflow } from "../workflows/admission.ts";
import { type Definition, definitionOf } from "../workflows/definition.ts";
import { compileFilter, type EventFilter } from "../workflows/event-filter.ts";

/** Where definitions come from. */
export interface WorkflowSource {
  /** The revision changes with every change of a tenant's definitions; 0: there has never been one. */
  set(tenantUid: string): Promise<{ revision: number }>;
  list(
    tenantUid: string,
    page: { pageSize: number; pageToken: string },
  ): Promise<{ workflows: { workflow: Workflow }[]; nextPageToken: string }>;
}

/** A workflow that an event starts. */
export interface Match {
  workflow: Workflow;
  definition: Definition;
}

interface Listening extends Match {
  triggers: { eventType: string; fits: EventFilter }[];
}

interface TenantListening {
  revision: number;
  workflows: Listening[];
}

const WORKFLOWS_PER_PAGE = 1_000;
const MAX_CACHED_TENANTS = 1_000;

/**
 * What each tenant's workflows listen for, kept in memory with their filters compiled. Each event asks for the revision
 * of the tenant's set, so that what was applied before an event was handled counts, whichever process applied it.
 */
export class TriggerCatalog {
  readonly #source: WorkflowSource;
  readonly #onFailure: (workflow: Workflow, event: Event, error: unknown) => void;
  readonly #admission = listening(admissionWorkflow);
  readonly #tenants = new Map<string, TenantListening>();

  /** `onFailure` is told of filters that fail on an event, which counts as not fitting. */
  constructor(source: WorkflowSource, onFailure: (workflow: Workflow, event: Event, error: unknown) => void) {
    this.#source = source;
    this.#onFailure = onFailure;
  }

  /** The workflows that an event starts, each once, however many of its triggers fit. */
  async matching(event: Event): Promise<Match[]> {
    const own = await this.#workflowsOf(event.tenantUid);
    return [this.#admission, ...own].filter((workflow) => this.#fits(workflow, event));
  }

  #fits({ workflow, triggers }: Listening, event: Event): boolean {
    return triggers.some(({ eventType, fits }) => {
      try {
        return eventType === event.type && fits(event);
      } catch (error) {
        this.#onFailure(workflow, event, error);
        return false;
      }
    });
  }

  async #workflowsOf(tenantUid: string): Promise<Listening[]> {
    const { revision } = await this.#source.set(tenantUid);
    const cached = this.#tenants.get(tenantUid);
    if (cached?.revision === revision) return cached.workflows;
    // Read after the revision: what is newer than it is read once more, never missed.
    const workflows = revision === 0 ? [] : await this.#readAll(tenantUid);
    this.#tenants.delete(tenantUid);
    if (this.#tenants.size >= MAX_CACHED_TENANTS) this.#tenants.delete(this.#tenants.keys().next().value as string);
    this.#tenants.set(tenantUid, { revision, workflows });
    return workflows;
  }

  async #readAll(tenantUid: string): Promise<Listening[]> {
    const all: Listening[] = [];
    let pageToken = "";
    do {
      const page = await this.#source.list(tenantUid, { pageSize: WORKFLOWS_PER_PAGE, pageToken });
      all.push(
        ...page.workflows
          .filter(({ workflow }) => workflow.triggers.length > 0)
          .map(({ workflow }) => listening(workflow)),
      );
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return all;
  }
}

function listening(workflow: Workflow): Listening {
  const triggers = workflow.triggers.map(({ eventType, filter }) => ({ eventType, fits: compiled(filter) }));
  return { workflow, definition: definitionOf(workflow), triggers };
}

/** A filter that an older release accepted and this one does not must not end the consumer: it fails on each event. */
function compiled(filter: string): EventFilter {
  try {
    return compileFilter(filter);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
