/** Release of the servers; every workspace has the same. */
export const SERVER_VERSION = "0.1.0";
