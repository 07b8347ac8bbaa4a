/** Say by which ways content can get out past the guards, for whoever wants to know. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { Home } from "../types.ts";

@customElement("vr-ways-out")
export class WaysOut extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      summary {
        cursor: pointer;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      p,
      dl {
        margin-block-start: 8px;
        max-width: 72ch;
      }
      dt {
        margin-block-start: 8px;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) waysOut: Home["ways_out"] = [];

  override render() {
    if (this.waysOut.length === 0) return nothing;
    const { t, known } = this.texts;
    return html`<details class="card">
      <summary>${t("home.ways_out")}</summary>
      <p class="secondary">${t("home.ways_out_about")}</p>
      <dl>
        ${this.waysOut.map(
          ({ way, engines }) => html`<dt>${known(`ways.${way}`, way)}</dt>
            <dd class="secondary">${engines.join(", ")}</dd>`,
        )}
      </dl>
    </details>`;
  }
}
