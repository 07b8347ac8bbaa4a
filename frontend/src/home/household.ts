/** What applies to the whole household: guest mode, and how long is kept what has no wish of its own. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Hass } from "../hass.ts";
import "../parts/select.ts";
import "../parts/switch.ts";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { Home } from "../types.ts";

@customElement("vr-household")
export class HouseholdCard extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .settings {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 8px 48px;
        margin-block-start: 8px;
      }
      .selects {
        display: grid;
        gap: 8px;
      }
      .card {
        padding: 16px 24px 24px;
      }
      @media (max-width: 600px) {
        .card {
          padding: 16px;
        }
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) defaults!: Home["defaults"];

  override render() {
    const { t } = this.texts;
    return html`<section class="card" aria-labelledby="heading">
      <h3 id="heading">${t("home.household")}</h3>
      <div class="settings">
        <div>
          ${this.guestMode()}
          <p class="secondary small">${t("home.guest_mode_about")}</p>
        </div>
        <div class="selects">${this.select("keep_recordings")} ${this.select("keep_transcripts")}</div>
      </div>
    </section>`;
  }

  private guestMode(): TemplateResult | typeof nothing {
    const entityId = this.defaults.guest_mode;
    if (!entityId) return nothing;
    return html`<vr-switch
      .hass=${this.hass}
      .texts=${this.texts}
      .entityId=${entityId}
      .label=${this.texts.entity("switch", "guest_mode")}
      .about=${this.texts.t("home.household")}
    ></vr-switch>`;
  }

  private select(key: "keep_recordings" | "keep_transcripts"): TemplateResult | typeof nothing {
    const entityId = this.defaults[key];
    if (!entityId) return nothing;
    return html`<vr-select
      .hass=${this.hass}
      .texts=${this.texts}
      .entityId=${entityId}
      .label=${this.texts.entity("select", key)}
      .about=${this.texts.t("home.household")}
    ></vr-select>`;
  }
}
