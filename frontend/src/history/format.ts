/** Say moments and lengths; a list of many rows cannot make a formatter for each. */

import type { Hass } from "../hass.ts";

const HOUR = 3_600_000;

export class Formats {
  private readonly language: string;
  private readonly clock: Intl.DateTimeFormat;
  private readonly shortDay: Intl.DateTimeFormat;
  private readonly longDay: Intl.DateTimeFormat;
  private readonly dayKey: Intl.DateTimeFormat;
  private readonly ahead: Intl.RelativeTimeFormat;
  private readonly count: Intl.NumberFormat;

  constructor(hass: Hass) {
    const { language, time_format, time_zone } = hass.locale;
    const zone = time_zone === "server" ? { timeZone: hass.config.time_zone } : {};
    const hours =
      time_format === "12" || time_format === "24" ? { hour12: time_format === "12" } : {};
    this.language = language;
    this.clock = new Intl.DateTimeFormat(language, {
      hour: "numeric",
      minute: "2-digit",
      ...zone,
      ...hours,
    });
    this.shortDay = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", ...zone });
    this.longDay = new Intl.DateTimeFormat(language, { dateStyle: "full", ...zone });
    this.dayKey = new Intl.DateTimeFormat("en-CA", { ...zone });
    this.ahead = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this.count = new Intl.NumberFormat(language);
  }

  time = (moment: string): string => this.clock.format(new Date(moment));

  /** A day as YYYY-MM-DD, to be compared. */
  day = (moment: string | Date): string => this.dayKey.format(new Date(moment));

  dayShort = (moment: string): string => this.shortDay.format(new Date(moment));

  /** A day as a heading says it. */
  dayLong = (moment: string, now = new Date()): string => {
    const day = this.day(moment);
    if (day === this.day(now)) return this.capital(this.ahead.format(0, "day"));
    if (day === this.day(new Date(now.getTime() - 24 * HOUR))) {
      return this.capital(this.ahead.format(-1, "day"));
    }
    return this.longDay.format(new Date(moment));
  };

  /** A day of the household, which is no moment. */
  dayOf = (day: string): string =>
    new Intl.DateTimeFormat(this.language, { dateStyle: "full", timeZone: "UTC" }).format(
      new Date(`${day}T00:00:00Z`),
    );

  number = (value: number): string => this.count.format(value);

  /** When something is to happen, roughly. */
  until = (moment: string, now = Date.now()): string => {
    const hours = (Date.parse(moment) - now) / HOUR;
    if (hours >= 48) return this.ahead.format(Math.floor(hours / 24), "day");
    if (hours >= 1) return this.ahead.format(Math.floor(hours), "hour");
    return this.ahead.format(Math.max(0, Math.floor(hours * 60)), "minute");
  };

  private capital(word: string): string {
    return word.charAt(0).toLocaleUpperCase(this.language) + word.slice(1);
  }
}

/** A position in a recording, such as 0:07. */
export function position(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + 0.0001));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
