/** Choose which recordings are shown. */

import { mdiFilterOffOutline, mdiFilterVariant } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../parts/icon.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Facets } from "../types.ts";
import { type Choice, type ChoiceKey, KEYS, LOCALITIES, OUTCOMES } from "./filter.ts";
import type { Formats } from "./format.ts";

type Options = [value: string, name: string][];

@customElement("vr-filters")
export class Filters extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: contents;
      }
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      select {
        max-width: 200px;
        text-overflow: ellipsis;
      }
      select.chosen {
        border-color: var(--primary-color);
        background: color-mix(in srgb, var(--primary-color) 12%, var(--card-background-color));
      }
      .filters.narrow {
        display: grid;
        grid-template-columns: 1fr 1fr;
        flex: 1 0 100%;
      }
      .narrow select {
        width: 100%;
        max-width: none;
        min-width: 0;
      }
      .count {
        min-width: 20px;
        border-radius: 10px;
        background: var(--primary-color);
        color: var(--text-primary-color, #fff);
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) facets: Facets | undefined;
  @property({ attribute: false }) choice: Choice = {};
  @property({ type: Boolean }) narrow = false;
  @state() private isOpen = false;

  override render() {
    const count = KEYS.filter((key) => this.choice[key]).length;
    if (!this.narrow) return this.all(count);
    return html`<button
        class="plain"
        aria-expanded=${this.isOpen}
        @click=${() => {
          this.isOpen = !this.isOpen;
        }}
      >
        ${icon(mdiFilterVariant)} ${this.texts.t("history.filters")}
        ${count ? html`<span class="count">${count}</span>` : nothing}
      </button>
      ${this.isOpen ? this.all(count) : nothing}`;
  }

  private all(count: number) {
    const { t } = this.texts;
    return html`<div
      class="filters ${this.narrow ? "narrow" : ""}"
      role="group"
      aria-label=${t("history.filters")}
    >
      ${this.select("satellite", t("history.any_satellite"), this.satellites())}
      ${this.select("area", t("history.any_area"), this.areas())}
      ${this.select("day", t("history.any_day"), this.days())}
      ${this.select("engine", t("history.any_engine"), this.engines())}
      ${this.select("locality", t("history.any_locality"), this.named("locality", LOCALITIES))}
      ${this.select("outcome", t("history.any_outcome"), this.named("outcome", OUTCOMES))}
      ${this.select("held", t("history.held_or_not"), [
        ["yes", t("history.held")],
        ["no", t("history.not_held")],
      ])}
      ${
        count
          ? html`<button class="plain" @click=${() => this.tell({})}>
            ${icon(mdiFilterOffOutline)} ${t("history.clear_filters")}
          </button>`
          : nothing
      }
    </div>`;
  }

  private select(key: ChoiceKey, any: string, options: Options) {
    const value = this.choice[key] ?? "";
    // What the address names may be gone from the vault; it is shown as it is named there.
    const isGone = value !== "" && !options.some(([option]) => option === value);
    const shown: Options = isGone ? [...options, [value, value]] : options;
    if (shown.length === 0) return nothing;
    return html`<select
      class=${value ? "chosen" : ""}
      aria-label=${any}
      @change=${(event: Event) => this.chosen(key, event)}
    >
      <option value="" ?selected=${!value}>${any}</option>
      ${shown.map(
        ([option, name]) =>
          html`<option value=${option} ?selected=${option === value}>${name}</option>`,
      )}
    </select>`;
  }

  private chosen(key: ChoiceKey, event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    const { [key]: _, ...others } = this.choice;
    this.tell(value ? ({ ...others, [key]: value } as Choice) : others);
  }

  private tell(choice: Choice): void {
    this.dispatchEvent(new CustomEvent<Choice>("choice", { detail: choice }));
  }

  private satellites(): Options {
    return (this.facets?.satellites ?? []).map(({ key, name }) => [key, name]);
  }

  private areas(): Options {
    return (this.facets?.areas ?? []).map(({ area_id, name }) => [area_id, name]);
  }

  private engines(): Options {
    return (this.facets?.engines ?? []).map(({ engine_id, name }) => [engine_id, name]);
  }

  private days(): Options {
    return (this.facets?.days ?? []).map(({ day, count }) => [
      day,
      `${this.formats.dayOf(day)} (${this.formats.number(count)})`,
    ]);
  }

  private named(selector: string, options: string[]): Options {
    return options.map((option) => [option, this.texts.option(selector, option)]);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-filters": Filters;
  }
}
