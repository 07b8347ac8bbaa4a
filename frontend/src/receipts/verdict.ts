/** Say what came of searching again for what was deleted. */

import { mdiAlertCircleOutline, mdiShieldCheckOutline } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../parts/icon.ts";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { Verification } from "../types.ts";
import { verdict } from "./wording.ts";

@customElement("vr-verdict")
export class VerdictText extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .verdict {
        display: flex;
        gap: 12px;
        padding: 12px 16px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--tone) 12%, transparent);
      }
      .verdict > svg {
        color: var(--tone);
      }
      .good {
        --tone: var(--success-color, #2e7d32);
      }
      .bad {
        --tone: var(--error-color, #c62828);
      }
      p + p {
        margin-block-start: 4px;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) verification: Verification | undefined;
  @property({ attribute: false }) failure: unknown;
  @property({ type: Boolean }) isBusy = false;

  override render() {
    return html`<div role="status">${this.told()}</div>`;
  }

  private told() {
    if (this.isBusy) return html`<p class="secondary">${this.texts.t("receipts.verifying")}</p>`;
    if (this.failure) return this.box(false, [this.texts.failure(this.failure)]);
    if (!this.verification) return nothing;
    const { isGood, sentences } = verdict(this.verification, this.texts);
    return this.box(isGood, sentences);
  }

  private box(isGood: boolean, sentences: string[]) {
    return html`<div class="verdict ${isGood ? "good" : "bad"}">
      ${icon(isGood ? mdiShieldCheckOutline : mdiAlertCircleOutline, 24)}
      <div>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-verdict": VerdictText;
  }
}
