import type { Content } from "./content.ts";
import type { Facts } from "./facts.ts";
import type { Format } from "./format.ts";

/**
 * Inspects a member of a container. A fault of the member is reported and does not end the container; a Refusal that
 * ends the whole file comes through.
 */
export type Descend = (member: Content, facts: Facts) => Promise<Format>;
