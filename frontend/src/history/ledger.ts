/** Tell which engine got what of a sentence, and why it was that one. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import "../parts/locality.ts";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { LedgerEntry } from "../types.ts";

@customElement("vr-ledger")
export class Ledger extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      li {
        padding-block: 8px;
      }
      li + li {
        border-block-start: var(--vr-line);
      }
      .name {
        font-weight: var(--ha-font-weight-medium, 500);
        overflow-wrap: anywhere;
      }
      summary {
        width: fit-content;
        cursor: pointer;
        color: var(--primary-text-color);
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      details ul {
        margin-block-start: 4px;
        padding-inline-start: 16px;
        list-style: disc;
      }
      details li {
        padding-block: 2px;
        border: none;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) entries: LedgerEntry[] = [];

  override render() {
    if (this.entries.length === 0) {
      return html`<p class="secondary">${this.texts.t("history.ledger_gone")}</p>`;
    }
    return html`<ul>
      ${this.entries.map((entry) => this.entry(entry))}
    </ul>`;
  }

  private entry(entry: LedgerEntry) {
    const { t, option } = this.texts;
    return html`<li>
      <div class="row">
        <span class="secondary">${option("content", entry.sent)}</span>
        <span class="name">${entry.engine_name ?? entry.engine_id ?? t("history.nobody")}</span>
        ${
          entry.locality
            ? html`<vr-locality .texts=${this.texts} .locality=${entry.locality}></vr-locality>`
            : nothing
        }
      </div>
      <p class="small secondary">
        ${[t(`routes.${entry.route}`), ...this.reasons(entry), ...this.amount(entry)].join(" ")}
      </p>
      ${
        entry.evidence.length
          ? html`<details class="small">
              <summary>${t("history.evidence")}</summary>
              <ul>
                ${entry.evidence.map((sentence) => html`<li>${sentence}</li>`)}
              </ul>
            </details>`
          : nothing
      }
    </li>`;
  }

  private reasons({ reasons }: LedgerEntry): string[] {
    return reasons.map((reason) => this.texts.known(`reasons.${reason}`, ""));
  }

  private amount(entry: LedgerEntry): string[] {
    const { t, number, bytes, seconds } = this.texts;
    if (entry.audio_bytes) {
      const values = { size: bytes(entry.audio_bytes), length: seconds(entry.audio_seconds) };
      return [t("history.amount_audio", values)];
    }
    return entry.characters ? [t("history.amount_text", { count: number(entry.characters) })] : [];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-ledger": Ledger;
  }
}
