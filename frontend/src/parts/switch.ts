/** One switch of Home Assistant with its name. */

import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base, controls } from "../theme.ts";
import { EntityControl } from "./entity.ts";

@customElement("vr-switch")
export class EntitySwitch extends EntityControl {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      label {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 16px;
        min-height: 40px;
      }
    `,
  ];

  /** What it is about, for whoever cannot see where it stands. */
  @property() about = "";

  override render() {
    return html`<label>
      <span>${this.label}<span class="visually-hidden">, ${this.about}</span></span>
      <input
        type="checkbox"
        role="switch"
        .checked=${this.shown === "on"}
        ?disabled=${this.isUnavailable}
        @change=${this.turn}
      />
    </label>`;
  }

  private turn(event: Event): void {
    const isOn = (event.target as HTMLInputElement).checked;
    void this.choose(isOn ? "on" : "off", () =>
      this.hass.callService("switch", isOn ? "turn_on" : "turn_off", undefined, {
        entity_id: this.entityId,
      }),
    );
  }
}
