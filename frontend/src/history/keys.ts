/** Where keys lead to in a list. */

/** The row that a key leads to, if it is one that leads somewhere. */
export function leadsTo(
  key: string,
  from: number,
  page: number,
  total: number,
): number | undefined {
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -total,
    End: total,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  return Math.min(Math.max(from + step, 0), Math.max(0, total - 1));
}

/** The second that a key leads to in a recording, forward to the right in every language. */
export function seeksTo(key: string, from: number, seconds: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowRight: 0.5,
    ArrowUp: 0.5,
    ArrowLeft: -0.5,
    ArrowDown: -0.5,
    PageUp: seconds / 4,
    PageDown: -seconds / 4,
    Home: -seconds,
    End: seconds,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  return Math.min(Math.max(from + step, 0), seconds);
}
