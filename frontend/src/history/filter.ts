/** What somebody wants to see, as the address of the page says it and as it is asked for. */

import type { Filter, Locality, Outcome } from "../types.ts";

/** What is chosen; every condition that is there must be met. */
export interface Choice {
  satellite?: string;
  area?: string;
  /** YYYY-MM-DD in the household's time zone. */
  day?: string;
  engine?: string;
  locality?: Locality;
  outcome?: Outcome;
  held?: "yes" | "no";
}

export type ChoiceKey = keyof Choice;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const LOCALITIES = ["local", "cloud", "unproven"];
export const OUTCOMES = ["ok", "unrecognised", "blocked", "cancelled", "error"];

/** What an address may say; whatever else it says is nothing to choose. */
const ALLOWED: Record<ChoiceKey, (value: string) => boolean> = {
  satellite: (value) => value !== "",
  area: (value) => value !== "",
  day: (value) => DAY.test(value) && !Number.isNaN(Date.parse(value)),
  engine: (value) => value !== "",
  locality: (value) => LOCALITIES.includes(value),
  outcome: (value) => OUTCOMES.includes(value),
  held: (value) => value === "yes" || value === "no",
};

export const KEYS = Object.keys(ALLOWED) as ChoiceKey[];

export function choiceOf(query: string): Choice {
  const given = new URLSearchParams(query);
  const pairs = KEYS.map((key) => [key, given.get(key)] as const).filter(
    ([key, value]) => value !== null && ALLOWED[key](value),
  );
  return Object.fromEntries(pairs);
}

/** Which recording an address opens. */
export function recordingOf(query: string): string {
  return new URLSearchParams(query).get("recording") ?? "";
}

/** The query of an address that says the same, and which recording is open. */
export function queryOf(choice: Choice, recording?: string): string {
  const said = new URLSearchParams();
  for (const key of KEYS) {
    const value = choice[key];
    if (value) said.set(key, value);
  }
  if (recording) said.set("recording", recording);
  const query = said.toString();
  return query && `?${query}`;
}

export function filterOf(choice: Choice, timeZone: string): Filter {
  const { satellite, area, day, engine, locality, outcome, held } = choice;
  return {
    ...(satellite && { satellites: [satellite] }),
    ...(area && { areas: [area] }),
    ...(day && {
      start: midnight(day, timeZone).toISOString(),
      end: midnight(dayAfter(day), timeZone).toISOString(),
    }),
    ...(engine && { engine }),
    ...(locality && { locality }),
    ...(outcome && { outcome }),
    ...(held && { held: held === "yes" }),
  };
}

/** When a day begins somewhere; where the clock is put forward at midnight, a little later. */
export function midnight(day: string, timeZone: string): Date {
  const wall = Date.parse(`${day}T00:00:00Z`);
  let guess = wall - offset(wall, timeZone);
  // The clock may be changed between there and Greenwich.
  guess = wall - offset(guess, timeZone);
  return new Date(guess);
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

/** How far the clocks of a time zone are ahead of Greenwich at a moment. */
function offset(moment: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(moment);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000;
}
