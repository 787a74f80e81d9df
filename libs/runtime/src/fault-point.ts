/**
 * Named places where a fault test ends or holds the process: between a put, a commit, a publish and a call.
 * `SLIPWAY_FAULT_POINT=name` or `name:n` kills it with SIGKILL, as a power cut would, at the nth time (default the
 * first) that it comes by; `name:n:SIGSTOP` freezes it there until somebody sends SIGCONT. Several, separated by commas,
 * are waited for one after the other. Unset, the call does nothing.
 */
const armed = (process.env.SLIPWAY_FAULT_POINT ?? "").split(",").map((text) => {
  const [name, count = "1", signal = "SIGKILL"] = text.split(":");
  return { name, remaining: Number(count), signal };
});

export function faultPoint(name: string): void {
  const next = armed[0];
  if (next === undefined || name !== next.name) return;
  next.remaining -= 1;
  if (next.remaining > 0) return;
  armed.shift();
  process.kill(process.pid, next.signal);
}
