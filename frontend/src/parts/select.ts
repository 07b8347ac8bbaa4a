/** One select of Home Assistant with its name. */

import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base, controls } from "../theme.ts";
import { EntityControl } from "./entity.ts";

@customElement("vr-select")
export class EntitySelect extends EntityControl {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      label {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 16px;
        min-height: 40px;
      }
      select {
        flex: 0 1 auto;
        min-width: 0;
      }
    `,
  ];

  @property() about = "";
  /** The entity that an option "default" leads to. */
  @property({ attribute: "default-entity-id" }) defaultEntityId = "";

  override render() {
    const options = (this.entity?.attributes.options ?? []) as string[];
    return html`<label>
      <span>${this.label}<span class="visually-hidden">, ${this.about}</span></span>
      <select ?disabled=${this.isUnavailable} @change=${this.selected}>
        ${
          this.isUnavailable
            ? html`<option selected>–</option>`
            : options.map(
                (option) =>
                  html`<option value=${option} ?selected=${option === this.shown}>
                  ${this.name(option)}
                </option>`,
              )
        }
      </select>
    </label>`;
  }

  override updated(): void {
    // What a person has touched no longer follows its options.
    const select = this.renderRoot.querySelector("select");
    if (select && !this.isUnavailable && this.shown) select.value = this.shown;
  }

  private name(option: string): string {
    const { entity } = this;
    if (!entity) return option;
    const name = this.hass.formatEntityState(entity, option);
    const standard = this.hass.states[this.defaultEntityId];
    return option === "default" && standard
      ? `${name} (${this.hass.formatEntityState(standard)})`
      : name;
  }

  private selected(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    void this.choose(value, () =>
      this.hass.callService(
        "select",
        "select_option",
        { option: value },
        {
          entity_id: this.entityId,
        },
      ),
    );
  }
}
