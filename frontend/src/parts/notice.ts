/** Say that there is nothing, that something is wrong, or that it takes a moment. */

import { mdiAlertCircleOutline } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import { icon } from "./icon.ts";

@customElement("vr-notice")
export class Notice extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .notice {
        display: flex;
        flex-direction: column;
        align-items: center;
        gap: 12px;
        max-width: 480px;
        margin: 32px auto;
        padding: 0 16px;
        text-align: center;
        text-wrap: pretty;
      }
      .error {
        color: var(--error-color);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  /** What a person is told, in bold. */
  @property() heading = "";
  /** And what that means, or what to do. */
  @property() text = "";
  @property() icon = "";
  /** Whether something went wrong; it can then be tried again, with a `retry` event. */
  @property({ type: Boolean, attribute: "is-error" }) isError = false;

  override render() {
    const picture = this.isError ? mdiAlertCircleOutline : this.icon;
    return html`<div class="notice" role=${this.isError ? "alert" : "note"}>
      ${picture ? html`<span class=${this.isError ? "error" : "secondary"}>${icon(picture, 48)}</span>` : nothing}
      ${this.heading ? html`<h3>${this.heading}</h3>` : nothing}
      ${this.text ? html`<p class="secondary">${this.text}</p>` : nothing}
      ${
        this.isError
          ? html`<button @click=${() => this.dispatchEvent(new Event("retry"))}>
            ${this.texts.t("common.retry")}
          </button>`
          : html`<slot></slot>`
      }
    </div>`;
  }
}
