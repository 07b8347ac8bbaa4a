/** Say things in the user's language; every text is in the integration's translations. */

import type { Hass } from "./hass.ts";

const COMPONENT = "component.voice_retention";
const CATEGORIES = ["config_panel", "entity", "selector", "exceptions"];

type Values = Record<string, string | number>;

/** What a call to Home Assistant rejects with. */
interface Failure {
  message?: string;
  translation_domain?: string;
  translation_key?: string;
  translation_placeholders?: Record<string, string>;
}

export class Texts {
  constructor(private readonly hass: Hass) {}

  /** Load all texts; before, every text is empty. */
  static async load(hass: Hass): Promise<void> {
    await Promise.all(
      CATEGORIES.map((category) => hass.loadBackendTranslation(category, "voice_retention")),
    );
  }

  /** A text of the panel, such as `home.title`. */
  t = (key: string, values?: Values): string =>
    this.hass.localize(`${COMPONENT}.config_panel.${key}`, values);

  /** A text of the panel, or another one where there is none. */
  known = (key: string, otherwise: string): string => this.t(key) || otherwise;

  /** An option of one of the selectors, such as a locality. */
  option = (selector: string, option: string): string =>
    this.hass.localize(`${COMPONENT}.selector.${selector}.options.${option}`) || option;

  /** The name that an entity of ours has on its device. */
  entity = (platform: string, key: string): string =>
    this.hass.localize(`${COMPONENT}.entity.${platform}.${key}.name`) || key;

  /** What went wrong, as a sentence. */
  failure = (failure: unknown): string => {
    const { message, translation_key, translation_placeholders } = (failure ?? {}) as Failure;
    const text =
      translation_key &&
      this.hass.localize(
        `${COMPONENT}.exceptions.${translation_key}.message`,
        translation_placeholders,
      );
    return text || message || this.t("common.failed");
  };

  number = (value: number, options?: Intl.NumberFormatOptions): string =>
    new Intl.NumberFormat(this.hass.locale.language, options).format(value);

  /** Words with commas between them, as the language has it. */
  list = (words: string[]): string =>
    new Intl.ListFormat(this.hass.locale.language, { type: "unit" }).format(words);

  /** A size with the unit that suits it. */
  bytes = (bytes: number): string => {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
    return this.number(bytes / 1000 ** step, {
      style: "unit",
      unit: units[step] ?? "byte",
      unitDisplay: "short",
      maximumFractionDigits: step > 1 ? 1 : 0,
    });
  };

  seconds = (seconds: number): string =>
    this.number(seconds, {
      style: "unit",
      unit: "second",
      unitDisplay: "short",
      maximumFractionDigits: 1,
    });

  date = (moment: string | Date, options?: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(this.hass.locale.language, {
      ...(options ?? { dateStyle: "medium", timeStyle: "short" }),
      ...this.clock(),
    }).format(new Date(moment));

  /** How long ago or ahead a moment is, with the unit that suits it. */
  relative = (moment: string, now = Date.now()): string => {
    const seconds = (new Date(moment).getTime() - now) / 1000;
    const units: [Intl.RelativeTimeFormatUnit, number][] = [
      ["day", 86400],
      ["hour", 3600],
      ["minute", 60],
    ];
    const [unit, length] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
    return new Intl.RelativeTimeFormat(this.hass.locale.language, { numeric: "auto" }).format(
      Math.trunc(seconds / length),
      unit,
    );
  };

  /** The time zone and the clock that the user chose. */
  private clock(): Intl.DateTimeFormatOptions {
    const { time_format, time_zone } = this.hass.locale;
    return {
      ...(time_zone === "server" ? { timeZone: this.hass.config.time_zone } : {}),
      ...(time_format === "12" || time_format === "24" ? { hour12: time_format === "12" } : {}),
    };
  }
}
