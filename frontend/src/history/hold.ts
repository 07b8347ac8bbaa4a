/** Ask until when recordings are to be held, whatever their retention says. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Api } from "../api.ts";
import "../parts/dialog.ts";
import type { Dialog } from "../parts/dialog.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Recording } from "../types.ts";

const DAY = 86_400_000;

/** As many days as recordings are usually held at first. */
const USUAL = 30;

@customElement("vr-hold")
export class HoldDialog extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      label {
        display: grid;
        gap: 4px;
        margin-block: 16px;
        width: fit-content;
      }
      .error {
        color: var(--error-color);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  @state() private ids: string[] = [];
  @state() private day = "";
  @state() private failure: unknown;
  @state() private isBusy = false;
  @query("vr-dialog") private dialog!: Dialog;

  async ask(ids: string[]): Promise<void> {
    this.ids = ids;
    this.failure = undefined;
    this.day = dayIn(USUAL);
    await this.updateComplete;
    await this.dialog.show();
  }

  override render() {
    const { t } = this.texts;
    return html`<vr-dialog .heading=${t("history.hold_title")} .closeLabel=${t("common.close")}>
      <p>${t("history.hold_about")}</p>
      ${this.ids.length > 1 ? html`<p>${this.count()}</p>` : nothing}
      <label>
        ${t("history.hold_until")}
        <input
          type="date"
          required
          min=${dayIn(1)}
          .value=${this.day}
          @input=${(event: InputEvent) => {
            this.day = (event.target as HTMLInputElement).value;
          }}
        />
      </label>
      ${
        this.failure
          ? html`<p class="error" role="alert">${this.texts.failure(this.failure)}</p>`
          : nothing
      }
      <button slot="actions" class="plain" @click=${() => this.dialog.close()}>
        ${t("common.cancel")}
      </button>
      <button slot="actions" ?disabled=${this.isBusy || !this.day} @click=${this.hold}>
        ${t("history.hold_do")}
      </button>
    </vr-dialog>`;
  }

  private count(): string {
    return this.texts.t("history.chosen", { count: this.texts.number(this.ids.length) });
  }

  private async hold(): Promise<void> {
    this.isBusy = true;
    this.failure = undefined;
    try {
      // Until the end of that day, where the user is.
      const until = new Date(`${this.day}T23:59:59`).toISOString();
      const { recordings } = await this.api.hold(this.ids, until);
      this.dialog.close();
      this.dispatchEvent(new CustomEvent<Recording[]>("held", { detail: recordings }));
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isBusy = false;
    }
  }
}

/** The day in so many days, as a field for a date has it. */
function dayIn(days: number): string {
  const date = new Date(Date.now() + days * DAY);
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-hold": HoldDialog;
  }
}
