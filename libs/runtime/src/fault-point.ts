/**
 * Named places where a fault test ends the process as a power cut would: between a put, a commit,
 * a publish and a call. `SLIPWAY_FAULT_POINT=name` or `name:n` kills it with SIGKILL at the nth
 * time (default the first) that it comes by; unset, the call does nothing.
 */
const [armedName, count] = (process.env.SLIPWAY_FAULT_POINT ?? "").split(":");
let remaining = Number(count ?? 1);

export function faultPoint(name: string): void {
  if (name !== armedName) return;
  remaining -= 1;
  if (remaining === 0) process.kill(process.pid, "SIGKILL");
}
