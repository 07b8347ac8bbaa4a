/** One holding place: what it is, how much voice data it holds, and of whom. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { HeldPlace } from "../types.ts";

@customElement("vr-place")
export class PlaceCard extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .card {
        display: flex;
        flex-direction: column;
        gap: 8px;
        height: 100%;
      }
      .head {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: 16px;
      }
      .count {
        font-size: var(--ha-font-size-2xl, 24px);
        line-height: 1.2;
        font-variant-numeric: tabular-nums;
      }
      p {
        flex: 1 1 auto;
        text-wrap: pretty;
      }
      .failed {
        color: var(--error-color);
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      li {
        padding: 2px 8px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      }
      footer {
        display: flex;
        justify-content: flex-end;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) place!: HeldPlace;

  override render() {
    const { known, number, t } = this.texts;
    const { place, holds, failed, by_satellite } = this.place;
    return html`<article class="card" aria-labelledby="name">
      <div class="head">
        <h3 id="name">${known(`places.${place}`, place)}</h3>
        <span class="count">${holds === null ? "–" : number(holds)}</span>
      </div>
      <p class="secondary">${known(`places_about.${place}`, "")}</p>
      ${
        failed
          ? html`<div class="failed small">${known(`failures.${failed}`, failed)}</div>`
          : nothing
      }
      ${
        by_satellite.length
          ? html`<ul class="small">
            ${by_satellite.map((one) => html`<li>${one.name}: ${number(one.holds)}</li>`)}
          </ul>`
          : nothing
      }
      <footer>
        <button class="danger" aria-describedby="name" @click=${this.purge}>
          ${t("elsewhere.purge")}
        </button>
      </footer>
    </article>`;
  }

  private purge(): void {
    this.dispatchEvent(new Event("purge"));
  }
}
