/** The stages of the default policy, in the order in which a version passes them. */
export const STAGES: readonly string[] = ["development", "testing", "production", "archived"];

/** The stage that a version enters when it is published. */
export const FIRST_STAGE = "development";
