// Loaded into a server before its own code, it makes it later by so many milliseconds.
const laterMs = Number(process.env.LATER_MS ?? 0);
const now = Date.now;
Date.now = () => now() + laterMs;
