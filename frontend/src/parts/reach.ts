/** Name what may hold copies that nobody can delete from here, and what to do about each kind. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { OutOfReach } from "../types.ts";

@customElement("vr-reach")
export class Reach extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      section + section {
        margin-block-start: 16px;
      }
      ul {
        margin-block-start: 8px;
      }
      li {
        padding-block: 8px;
        border-block-start: var(--vr-line);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) items: OutOfReach[] = [];

  override render() {
    const kinds = [...new Set(this.items.map((item) => item.kind))];
    return kinds.map((kind) => this.group(kind));
  }

  private group(kind: string) {
    const { known } = this.texts;
    const items = this.items.filter((item) => item.kind === kind);
    return html`<section>
      <h3>${known(`reach.${kind}`, kind)}</h3>
      <p class="secondary small">${known(`reach_advice.${kind}`, "")}</p>
      <ul>
        ${items.map((item) => this.item(item))}
      </ul>
    </section>`;
  }

  private item(item: OutOfReach) {
    const facts = [this.detail(item), this.when(item), ...this.amount(item), ...this.held(item)];
    const known = facts.filter(Boolean);
    return html`<li>
      <div>${this.name(item)}</div>
      ${known.length ? html`<div class="secondary small">${known.join(" · ")}</div>` : nothing}
    </li>`;
  }

  /** A backup that is being made has no name yet, and what could not be listed has none at all. */
  private name({ key, name }: OutOfReach): string {
    return key === name ? this.texts.known(`reach_names.${key}`, name) : name;
  }

  private detail({ kind, detail }: OutOfReach): string {
    if (!detail) return "";
    return kind === "engine" ? this.texts.option("locality", detail) : detail;
  }

  private when({ since, until }: OutOfReach): string {
    const day: Intl.DateTimeFormatOptions = { dateStyle: "medium" };
    const days = [since, until].filter((moment) => moment !== null);
    return [...new Set(days.map((moment) => this.texts.date(moment, day)))].join(" – ");
  }

  private amount({ amount }: OutOfReach): string[] {
    const { t, number, bytes, seconds } = this.texts;
    const words: Record<string, (count: number) => string> = {
      sentences: (count) => t("common.sentences", { count: number(count) }),
      characters: (count) => t("common.characters", { count: number(count) }),
      bytes,
      seconds,
    };
    return Object.entries(amount).map(([unit, count]) => words[unit]?.(count) ?? "");
  }

  private held({ holds }: OutOfReach): string[] {
    return Object.entries(holds).map(([thing, answer]) =>
      this.texts.known(`reach_holds.${thing}_${answer}`, ""),
    );
  }
}
