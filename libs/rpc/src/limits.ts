/** What gRPC clients in every language receive by default, and therefore the limit of any message here: 4 MiB. */
export const DEFAULT_MAX_RECEIVE_BYTES = 4 * 1024 * 1024;

/** HTTP/2 window per stream: at 8 MiB a round trip of 20 ms allows 166 MiB/s, with the default 64 KiB only 2 (measured). */
export const STREAM_WINDOW_BYTES = 8 * 1024 * 1024;
